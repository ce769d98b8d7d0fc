"""Who asks, and whether a form is one of ours."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from starlette.requests import Request

from anascope.desk.accounts import NotAllowed, User, local_user, user_of
from anascope.desk.web._serving import Serving, serving


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who may see the desk.

    Attributes:
        user: Who.
        token: Of their session; empty of the local user.
        form_token: What each of their forms says, and no page elsewhere knows.
    """

    user: User
    token: str
    form_token: str


class NeedsLogIn(Exception):
    """Nobody is logged in, or no more."""


def cookie_names(secure: bool) -> tuple[str, str]:
    """Return the names of the session's cookie and of the browser's.

    Over TLS a browser takes cookies with this prefix from this very host alone.
    """
    prefix = "__Host-" if secure else ""
    return f"{prefix}anascope_session", f"{prefix}anascope_browser"


def form_token_of(secret: str) -> str:
    """Return the token of forms that belongs to a session or a browser."""
    return hmac.new(secret.encode("utf-8", "replace"), b"form", "sha256").hexdigest()


def browser_token(request: Request) -> str:
    """Return the token of forms before anybody has logged in."""
    return form_token_of(request.state.browser)


def visitor(request: Request) -> Visitor:
    """Return who asks.

    Raises:
        NeedsLogIn: if nobody is logged in.
    """
    desk = serving(request)
    local = _local(desk)
    if local is not None:
        return Visitor(local, "", browser_token(request))
    token = request.cookies.get(cookie_names(desk.secure)[0], "")
    user = user_of(desk.database, token) if token else None
    if user is None:
        raise NeedsLogIn
    return Visitor(user, token, form_token_of(token))


def form_visitor(
    asking: Annotated[Visitor, Depends(visitor)], form_token: Annotated[str, Form()] = ""
) -> Visitor:
    """Return who has sent a form of ours.

    Raises:
        NeedsLogIn: if nobody is logged in.
        NotAllowed: if another page than ours has sent it.
    """
    check_token(form_token, asking.form_token)
    return asking


def check_token(given: str, expected: str) -> None:
    """Check that a form is one that this browser was given.

    Raises:
        NotAllowed: if it is not.
    """
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        wanted = "one of this page: load the page again, and send it again"
        raise NotAllowed("form", "not one that the desk gave to this browser", wanted)


def _local(desk: Serving) -> User | None:
    return local_user(desk.database) if desk.loopback and desk.provider is None else None


Asking = Annotated[Visitor, Depends(visitor)]
Sending = Annotated[Visitor, Depends(form_visitor)]
