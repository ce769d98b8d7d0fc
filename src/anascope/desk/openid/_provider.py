"""The provider: what it says of itself, its keys, and what it answers for a code."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from threading import Lock
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from httpx2 import HTTPError, InvalidURL, Response, create_ssl_context
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import ValidationError

from anascope.desk.openid._settings import OpenIDSettings, is_safe
from anascope.desk.openid._token import checked_claims
from anascope.errors import InputError, one_line
from anascope.settings import Description

_WAIT = 10  # seconds for an answer
_KEPT = datetime.timedelta(hours=1)
_ANEW = datetime.timedelta(minutes=1)  # tokens that nobody signed must not make us ask without end
_DESCRIPTION = ".well-known/openid-configuration"
_KINDS = ("RSA", "EC", "OKP")  # public keys alone
_SIZE = 1_000_000  # bytes of an answer


class ProviderFault(InputError):
    """The provider cannot be reached, or answers with what it must not."""


class Endpoints(Description):
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    endpoints: Endpoints
    keys: KeySet
    at: datetime.datetime


class Provider:
    """A provider of log-ins. Several threads may use one; it is asked nothing before the first
    log-in.

    Attributes:
        settings: What the laboratory says of it.

    Args:
        settings: What the laboratory says of it.
        secret: The client's secret; None if it has none.
        clock: Tells the time.
    """

    def __init__(
        self,
        settings: OpenIDSettings,
        secret: str | None,
        *,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self.settings = settings
        self._secret = secret
        self._clock = clock
        self._known: _Known | None = None
        self._lock = Lock()

    def address_to_ask(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return the address at which a browser asks the provider for a code.

        Raises:
            ProviderFault: if the provider cannot be reached, or says what it must not.
        """
        endpoint = self._knows().endpoints.authorization_endpoint
        with self._client() as client:
            url, _ = client.create_authorization_url(
                endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    def address_to_leave(self) -> str | None:
        """Return the address at which a browser logs out of the provider; None if it has none."""
        endpoint = self._knows().endpoints.end_session_endpoint
        if endpoint is None:
            return None
        back = f"{self.settings.address}/log-in"
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return str(add_params_to_uri(endpoint, asked.items()))

    def says_who_answers(self) -> bool:
        """Tell whether the provider names itself when it sends a browser back (RFC 9207)."""
        return self._knows().endpoints.authorization_response_iss_parameter_supported

    def claims(self, code: str, *, nonce: str, verifier: str) -> Mapping[str, Any]:
        """Return what the provider says of somebody, for a code that their browser has brought.

        Args:
            code: The code; the provider takes it once.
            nonce, verifier: Those of this log-in.

        Raises:
            ProviderFault: if the provider cannot be reached, refuses the code, or has sent a token
                that is not its own, not for this desk, not of this log-in, or too old.
        """
        known = self._knows()
        with self._client(known.endpoints) as client, self._faults("token"):
            token = client.fetch_token(
                known.endpoints.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
            )
            id_token, access_token = token.get("id_token"), token.get("access_token")
            if not isinstance(id_token, str):
                raise ProviderFault(self._name("token"), "no ID token", "one of OpenID Connect")
            claims = self._checked(id_token, access_token, nonce)
            endpoint = known.endpoints.userinfo_endpoint
            if self.settings.userinfo and endpoint is not None:
                further = _json(client.request("GET", endpoint))
                if further.get("sub") != claims["sub"]:
                    found = "is about somebody else than the ID token"
                    raise ProviderFault(self._name("user info"), found, "the same 'sub'")
                claims = {**further, **claims}
        return claims

    def _checked(self, id_token: str, access_token: object, nonce: str) -> dict[str, Any]:
        now = int(self._clock().timestamp())
        settings = self.settings

        def check(keys: KeySet) -> dict[str, Any]:
            return checked_claims(
                id_token,
                keys,
                issuer=settings.issuer,
                client_id=settings.client_id,
                nonce=nonce,
                access_token=access_token if isinstance(access_token, str) else None,
                now=now,
            )

        known = self._knows()
        try:
            return check(known.keys)
        except (JoseError, ValueError):
            # It may have new keys. Whatever else was wrong with the token is so again.
            anew = self._knows(older_than=_ANEW)
            if anew is known:
                raise
            return check(anew.keys)

    def _knows(self, older_than: datetime.timedelta = _KEPT) -> _Known:
        """Return what the provider says of itself; it is asked anew if that is older."""
        with self._lock:
            now = self._clock()
            if self._known is None or now - self._known.at > older_than:
                self._known = self._asked(now)
            return self._known

    def _asked(self, now: datetime.datetime) -> _Known:
        issuer = self.settings.issuer
        url = f"{issuer.rstrip('/')}/{_DESCRIPTION}"
        with self._client() as client:
            with self._faults("description"):
                found = Endpoints.model_validate(
                    _json(client.request("GET", url, withhold_token=True))
                )
            if found.issuer != issuer:
                where = f"provider {issuer}, description"
                raise ProviderFault(where, f"is of '{one_line(found.issuer)}'", f"'{issuer}'")
            for name, value in found:
                if name.endswith(("_endpoint", "_uri")) and value and not is_safe(value):
                    where = f"provider {issuer}, {name}"
                    raise ProviderFault(where, f"'{one_line(value)}'", "one that begins with https")
            with self._faults("keys"):
                keys = _keys(_json(client.request("GET", found.jwks_uri, withhold_token=True)))
        return _Known(found, keys, now)

    def _client(self, endpoints: Endpoints | None = None) -> Any:
        known = () if endpoints is None else endpoints.token_endpoint_auth_methods_supported
        post = "client_secret_basic" not in known and "client_secret_post" in known
        method = "client_secret_post" if post else "client_secret_basic"
        return OAuth2Client(
            self.settings.client_id,
            self._secret,
            token_endpoint_auth_method="none" if self._secret is None else method,
            scope=" ".join(self.settings.scopes),
            redirect_uri=self.settings.callback,
            code_challenge_method="S256",
            timeout=_WAIT,
            verify=_certificates(),
            follow_redirects=False,
        )

    def _name(self, what: str) -> str:
        return f"provider {self.settings.issuer}, {what}"

    @contextmanager
    def _faults(self, what: str) -> Iterator[None]:
        """Say in a line what the provider does wrong; nothing of a secret or token is in it."""
        where, expected = self._name(what), "a provider of OpenID Connect that answers"
        try:
            yield
        except OAuthError as error:
            code = one_line(str(error.error))[:60]
            raise ProviderFault(where, f"refused ('{code}')", "a code that is new") from None
        except HTTPError as error:
            found = f"cannot be had ({type(error).__name__})"
            raise ProviderFault(where, found, expected) from None
        except JoseError as error:
            found = f"not accepted ({one_line(error.error)}: {one_line(error.description)[:80]})"
            raise ProviderFault(where, found, "one for this desk and this log-in") from None
        except (ValidationError, InvalidURL, ValueError, TypeError, KeyError) as error:
            found = f"cannot be understood ({type(error).__name__})"
            raise ProviderFault(where, found, expected) from None


@cache
def _certificates() -> SSLContext:
    """Return whose certificates are trusted; reading them takes its time."""
    return create_ssl_context()


def _json(response: Response) -> dict[str, Any]:
    response.raise_for_status()
    if len(response.content) > _SIZE:
        raise ValueError
    found = response.json()
    if not isinstance(found, dict):
        raise ValueError
    return found


def _keys(found: dict[str, Any]) -> KeySet:
    """Return the keys that can have signed a token; others need not be understood."""
    keys = [
        key for key in found["keys"] if key.get("kty") in _KINDS and key.get("use", "sig") == "sig"
    ]
    if not keys:
        raise ValueError
    return KeySet.import_key_set({"keys": keys})
