"""A provider of OpenID Connect in this process, which can be told to answer wrongly."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.unit.desk.made_up import Clock

CLIENT, SECRET = "desk", "s3cret of the desk"
ANN = {"sub": "u-1", "preferred_username": "a.lee", "name": "Dr Ann Lee", "groups": ["readers"]}

Claims = dict[str, Any]


@dataclass
class Asked:
    """What a browser has asked for, until its code is given back."""

    nonce: str
    challenge: str
    redirect_uri: str


@cache
def own_key() -> RSAKey:
    """Return the key of providers; the same for all tests, as making one takes its time."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


@dataclass
class MadeUpProvider:
    """A provider, and what it is told to do.

    Attributes:
        clock: The time of its tokens.
        person: Who logs in: the claims.
        wrong: Changes claims of the next tokens.
        signed: Signs the next tokens otherwise; takes the claims.
        metadata: What its description says beside what it must.
        userinfo: What its user info says.
        requests: What it was asked, path and form.
    """

    clock: Clock
    person: Claims = field(default_factory=lambda: dict(ANN))
    wrong: Callable[[Claims], Claims] = lambda claims: claims
    signed: Callable[[Claims], str] | None = None
    metadata: Claims = field(default_factory=dict)
    userinfo: Claims = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: own_key())
    public_client: bool = False

    def __post_init__(self) -> None:
        self._asked: dict[str, Asked] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self.description),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
            Route("/userinfo", self.who),
        ]

    async def description(self, request: Request) -> Response:
        self.requests.append((request.url.path, {}))
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/leave?realm=a",
            # What a careless provider says; the desk has its own list.
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return JSONResponse(found | self.metadata)

    async def keys(self, request: Request) -> Response:
        self.requests.append((request.url.path, {}))
        unknown = {"kty": "later", "kid": "of a later kind"}
        own = KeySet([self.key]).as_dict(private=False)["keys"]
        return JSONResponse({"keys": [*own, unknown]})

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self._asked[code] = Asked(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        form = {key: each[0] for key, each in parse_qs((await request.body()).decode()).items()}
        self.requests.append((request.url.path, form))
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._asked.pop(form["code"], None)  # a code counts once
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or asked.challenge != challenge
            or form["redirect_uri"] != asked.redirect_uri
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.clock().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = self.wrong(claims | {"nonce": asked.nonce} | self.person)
        id_token = self.sign(claims) if self.signed is None else self.signed(claims)
        answer = {"access_token": "an access token", "token_type": "Bearer", "id_token": id_token}
        return JSONResponse(answer)

    async def who(self, request: Request) -> Response:
        if request.headers["authorization"] != "Bearer an access token":
            return Response(status_code=401)
        return JSONResponse({"sub": self.person["sub"]} | self.userinfo)

    def sign(self, claims: Claims, **header: str) -> str:
        """Return a token that is signed as it should be."""
        head = {"alg": "RS256", "kid": str(self.key.kid)} | header
        return jwt.encode(head, claims, self.key)

    def sign_as_none(self, claims: Claims) -> str:
        """Return a token without a signature."""
        registry = JWSRegistry(algorithms=["none"])
        key = OctKey.generate_key()
        return jwt.encode({"alg": "none"}, claims, key, registry=registry)

    def sign_with_public_key(self, claims: Claims) -> str:
        """Return a token that is signed with what everybody knows of the key."""
        known = OctKey.import_key(self.key.as_pem(private=False))
        registry = JWSRegistry(algorithms=["HS256"])
        return jwt.encode(
            {"alg": "HS256", "kid": str(self.key.kid)}, claims, known, registry=registry
        )

    def sign_with_secret(self, claims: Claims) -> str:
        """Return a token that is signed with the client's secret."""
        registry = JWSRegistry(algorithms=["HS256"])
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), registry=registry)

    def sign_with_another_key(self, claims: Claims) -> str:
        """Return a token of somebody who has a key of their own, and names it as this one."""
        other = RSAKey.generate_key(2048)
        return jwt.encode({"alg": "RS256", "kid": str(self.key.kid)}, claims, other)

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        if self.public_client:
            return "authorization" not in request.headers and form["client_id"] == CLIENT
        methods = self.metadata.get("token_endpoint_auth_methods_supported")
        if methods == ["client_secret_post"]:
            return form.get("client_secret") == SECRET
        kind, _, word = request.headers.get("authorization", "").partition(" ")
        name, _, secret = base64.b64decode(word).decode().partition(":")
        return (kind, unquote(name), unquote(secret)) == ("Basic", CLIENT, SECRET)


class Server:
    """Serves a provider at an address of this machine.

    Attributes:
        provider: The one that answers; each test has its own.
        address: Where it answers.
    """

    provider: MadeUpProvider
    address: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Starlette(routes=self.provider.routes())(scope, receive, send)


@contextmanager
def started() -> Iterator[Server]:
    """Give a server of a provider that runs meanwhile."""
    app = Server()
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    app.address = f"http://127.0.0.1:{port}"
    try:
        yield app
    finally:
        server.should_exit = True
        thread.join()
