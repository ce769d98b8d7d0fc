"""What every request passes: refusals that need no database, and headers of every answer."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = "/static/"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_FORM = "application/x-www-form-urlencoded"
_LARGEST = 256 * 1024  # bytes of a form; a comment of 4,000 letters needs 36 kB at most
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_SECURE = {"Strict-Transport-Security": "max-age=31536000"}


class Guard:
    """Stands before the application.

    It refuses pages that are not asked for by TLS where they should be, names of this machine that
    are not its own (a page elsewhere could otherwise have its own name resolved to this machine,
    and read the desk), forms sent by pages elsewhere, and bodies that are too large or no form. It
    gives each browser a cookie by which its forms are known, and each answer its security headers.

    Attributes:
        app: The application.

    Args:
        app: The application.
        loopback: Whether only this machine can reach it.
        secure: Whether it is served over TLS.
        cookie: Name of the browser's cookie.
    """

    def __init__(self, app: ASGIApp, *, loopback: bool, secure: bool, cookie: str) -> None:
        self.app = app
        self._loopback = loopback
        self._secure = secure
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        browser = known or secrets.token_urlsafe(32)
        scope.setdefault("state", {})["browser"] = browser
        page = not scope["path"].startswith(STATIC)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), page, "" if known else browser)
            await send(message)

        refusal = self._refusal(scope, headers, page)
        if refusal is None and scope["method"] == "POST":
            body = await _body(receive)
            if body is None:
                refusal = PlainTextResponse(f"A form has at most {_LARGEST} bytes.", 413)
            else:
                receive = _replayed(body)
        await (refusal or self.app)(scope, receive, answer)

    def _refusal(self, scope: Scope, headers: Headers, page: bool) -> PlainTextResponse | None:
        if self._loopback:
            host = urlsplit(f"//{headers.get('host', '')}").hostname
            if host not in _LOOPBACK:
                return PlainTextResponse("The desk answers to localhost alone.", 421)
            if any(name in headers for name in _FORWARDED):
                # Everybody whom it lets in would come from this machine.
                return PlainTextResponse("The desk is served to this machine, not by a proxy.", 403)
        elif self._secure and scope["scheme"] != "https" and page:
            # Cookies would not be sent over it, and whatever is typed could be read on the way.
            line = "The desk answers to https alone; a proxy says so by X-Forwarded-Proto."
            return PlainTextResponse(line, 403)
        if scope["method"] != "POST":
            return None
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return PlainTextResponse("This form comes from another site.", 403)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            return PlainTextResponse("The desk takes forms, and no files.", 415)
        return None

    def _add_headers(self, headers: MutableHeaders, page: bool, browser: str) -> None:
        for name, value in (_HEADERS | (_SECURE if self._secure else {})).items():
            headers.setdefault(name, value)
        # Nothing about a patient stays in a browser; what is not about any is asked for anew.
        headers["Cache-Control"] = "no-store" if page else "no-cache"
        if page and browser:
            secure = "; Secure" if self._secure else ""
            cookie = f"{self._cookie}={browser}; HttpOnly; Path=/; SameSite=Lax{secure}"
            headers.append("Set-Cookie", cookie)


async def _body(receive: Receive) -> bytes | None:
    """Return a whole body; None if it is too large, or the browser is gone."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > _LARGEST:
            return None
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _replayed(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
