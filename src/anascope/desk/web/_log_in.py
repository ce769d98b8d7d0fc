"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.accounts import (
    LogInRefused,
    NotAllowed,
    Origin,
    change_password,
    log_in,
    log_out,
)
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


@router.get("/log-in")
def show_log_in(request: Request) -> Response:
    """Show the form; whoever is logged in already sees the worklist."""
    try:
        visitor(request)
    except NeedsLogIn:
        return _form(request)
    return to("/")


@router.post("/log-in")
def send_log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
) -> Response:
    """Log somebody in; the browser gets a new session, whatever it had before."""
    desk = serving(request)
    address = request.client.host if request.client else "unknown"
    try:
        check_token(form_token, browser_token(request))
        done = log_in(desk.database, name, password, address=address)
    except (LogInRefused, NotAllowed) as error:
        return _form(request, name=name, line=str(error), status=status_of(error))
    session, _ = cookie_names(desk.secure)
    _end(request)
    answer = to("/")
    answer.set_cookie(session, done.token, httponly=True, samesite="lax", secure=desk.secure)
    return answer


@router.post("/log-out", dependencies=[Depends(visitor)])
def send_log_out(request: Request, asking: Sending) -> Response:
    """End the session."""
    _end(request)
    answer = to("/log-in")
    answer.delete_cookie(cookie_names(serving(request).secure)[0])
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


def _form(request: Request, *, name: str = "", line: str = "", status: int = 200) -> Response:
    token = browser_token(request)
    return page("log_in.html.j2", None, status=status, form_token=token, name=name, line=line)


def _end(request: Request) -> None:
    desk = serving(request)
    token = request.cookies.get(cookie_names(desk.secure)[0], "")
    if token:
        log_out(desk.database, token)
