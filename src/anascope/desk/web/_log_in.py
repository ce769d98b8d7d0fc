"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.accounts import (
    LogIn,
    LogInRefused,
    NotAllowed,
    Origin,
    change_password,
    log_in,
    log_out,
)
from anascope.desk.web._back import local_path
from anascope.desk.web._errors import status_of
from anascope.desk.web._page import page, to
from anascope.desk.web._serving import serving
from anascope.desk.web._visitor import (
    Asking,
    NeedsLogIn,
    Sending,
    browser_token,
    check_token,
    cookie_names,
    visitor,
)
from anascope.errors import InputError

router = APIRouter()
Next = Annotated[str, Query()]
Left = Annotated[str, Query()]


@router.get("/log-in")
def show_log_in(request: Request, next: Next = "", left: Left = "") -> Response:
    """Show the form; whoever is logged in already sees the page that they came for."""
    try:
        visitor(request)
    except NeedsLogIn:
        return log_in_page(request, back=next, left=bool(left))
    return to(local_path(next))


@router.post("/log-in")
def send_log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Log somebody in; the browser gets a new session, whatever it had before."""
    desk = serving(request)
    try:
        if not desk.passwords:
            raise NotAllowed("log-in", "no passwords are taken here", "the log-in by the provider")
        check_token(form_token, browser_token(request))
        done = log_in(desk.database, name, password, address=address_of(request))
    except (LogInRefused, NotAllowed) as error:
        return log_in_page(request, name=name, back=next, line=str(error), status=status_of(error))
    return logged_in(request, done, next)


@router.post("/log-out", dependencies=[Depends(visitor)])
def send_log_out(request: Request, asking: Sending) -> Response:
    """End the session; who came by a provider is shown where to leave that, too."""
    desk = serving(request)
    issuer = log_out(desk.database, asking.token)
    known = desk.provider is not None and desk.provider.settings.issuer == issuer
    answer = to("/log-in?left=provider" if known else "/log-in")
    answer.delete_cookie(
        cookie_names(desk.secure)[0], httponly=True, samesite="lax", secure=desk.secure
    )
    return answer


@router.get("/password")
def show_password(asking: Asking) -> Response:
    """Show the form for another password."""
    return page("password.html.j2", asking, line="")


@router.post("/password")
def send_password(
    request: Request,
    asking: Sending,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change the own password, which ends all sessions of that name."""
    user = asking.user
    try:
        if user.origin is not Origin.ACCOUNT:
            raise NotAllowed(f"user '{user.name}'", "has no password", "an account")
        if new != again:
            raise InputError("password", "two different new ones", "the same one twice")
        database = serving(request).database
        change_password(database, user.name, new, by=user, old=old)
    except InputError as error:
        return page("password.html.j2", asking, status=status_of(error), line=str(error))
    return to("/log-in")


def log_in_page(
    request: Request,
    *,
    name: str = "",
    back: str = "",
    line: str = "",
    left: bool = False,
    status: int = 200,
) -> Response:
    """Return the page on which people log in.

    Args:
        request: The request.
        name: What they typed for their name.
        back: The page that they came for.
        line: Why they were refused.
        left: Whether they have just left the desk, and may want to leave the provider.
        status: Of the answer.
    """
    desk = serving(request)
    back = local_path(back)
    return page(
        "log_in.html.j2",
        None,
        status=status,
        form_token=browser_token(request),
        name=name,
        back="" if back == "/" else back,
        line=line,
        left=left and desk.provider is not None,
        provider=None if desk.provider is None else desk.provider.settings.title,
        passwords=desk.passwords,
    )


def logged_in(request: Request, done: LogIn, back: str) -> Response:
    """Return the answer for somebody who has just logged in; their session before that ends."""
    desk = serving(request)
    name, _ = cookie_names(desk.secure)
    before = request.cookies.get(name, "")
    if before:
        log_out(desk.database, before)
    answer = to(local_path(back))
    answer.set_cookie(name, done.token, httponly=True, samesite="lax", secure=desk.secure)
    return answer


def address_of(request: Request) -> str:
    """Return where a browser is."""
    return request.client.host if request.client else "unknown"
