"""Where somebody goes after a log-in: a page of the desk, whatever an address asks for."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

_MOST = 2000  # letters; a worklist with all of its filters has some hundred
_NOT_AFTER_LOG_IN = ("/log-in", "/log-out", "/static")


def local_path(text: str) -> str:
    """Return a path of the desk as it is, and ``/`` for all else.

    Browsers take a backslash for a slash, and leave out tabs and new lines.

    >>> local_path("/?state=new"), local_path("//evil.example"), local_path("/\\\\evil.example")
    ('/?state=new', '/', '/')
    """
    printable = all(" " < letter <= "~" and letter != "\\" for letter in text)
    if not text.startswith("/") or text.startswith("//") or not printable or len(text) > _MOST:
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith(_NOT_AFTER_LOG_IN):
        return "/"
    return text


def log_in_address(request: Request) -> str:
    """Return the address of the log-in that leads back to the page that was asked for."""
    path = request.url.path
    asked = f"{path}?{request.url.query}" if request.url.query else path
    back = local_path(asked) if request.method == "GET" else "/"
    return "/log-in" if back == "/" else f"/log-in?{urlencode({'next': back})}"
