"""What went wrong, as an answer: one line, on a page where a person asks."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.accounts import LogInRefused, NotAllowed, TooManyAttempts
from anascope.desk.openid import ProviderFault
from anascope.desk.review import Conflict, ImageChanged, NotOnWorklist
from anascope.desk.store import DatabaseFault
from anascope.desk.web._back import log_in_address
from anascope.desk.web._page import page, text, to, wants_page
from anascope.desk.web._visitor import NeedsLogIn, visitor
from anascope.errors import InputError, WriteError

_STATUS: tuple[tuple[type[InputError], HTTPStatus], ...] = (
    (TooManyAttempts, HTTPStatus.TOO_MANY_REQUESTS),
    (LogInRefused, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotOnWorklist, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (ImageChanged, HTTPStatus.CONFLICT),
    (ProviderFault, HTTPStatus.BAD_GATEWAY),
    (DatabaseFault, HTTPStatus.SERVICE_UNAVAILABLE),
    (WriteError, HTTPStatus.SERVICE_UNAVAILABLE),
    (InputError, HTTPStatus.BAD_REQUEST),
)


def status_of(error: InputError) -> HTTPStatus:
    """Return the status of an answer that says an error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def add_error_pages(app: FastAPI) -> None:
    """Let an application say what went wrong."""
    app.add_exception_handler(NeedsLogIn, _log_in)
    app.add_exception_handler(InputError, _input)
    app.add_exception_handler(RequestValidationError, _form)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _defect)


def _log_in(request: Request, error: Exception) -> Response:
    if wants_page(request):
        return to(log_in_address(request))
    return text("Nobody is logged in.", HTTPStatus.UNAUTHORIZED)


def _input(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)
    return _refusal(request, str(error), status_of(error))


def _form(request: Request, error: Exception) -> Response:
    return _refusal(request, "Something in the address or the form is missing or no number.", 400)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    line = "There is no such page." if error.status_code == 404 else str(error.detail)
    return _refusal(request, line, error.status_code)


def _defect(request: Request, error: Exception) -> Response:
    return text("A defect of anascope: what it is stands where the desk was started.", 500)


def _refusal(request: Request, line: str, status: int) -> Response:
    if not wants_page(request):
        return text(line, status)
    try:
        asking = visitor(request)
    except (NeedsLogIn, InputError):
        asking = None
    return page("told.html.j2", asking, status=status, title=HTTPStatus(status).phrase, line=line)
