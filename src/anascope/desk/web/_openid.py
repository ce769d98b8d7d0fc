"""Logging in by a provider: there, and back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.accounts import LogInRefused
from anascope.desk.openid import Provider, ProviderFault, begin_log_in, finish_log_in
from anascope.desk.web._back import local_path
from anascope.desk.web._errors import status_of
from anascope.desk.web._log_in import Next, address_of, log_in_page, logged_in
from anascope.desk.web._page import to
from anascope.desk.web._serving import serving
from anascope.errors import InputError

router = APIRouter()


@router.get("/log-in/provider")
def ask_provider(request: Request, next: Next = "") -> Response:
    """Send a browser to the provider."""
    try:
        return to(
            begin_log_in(
                serving(request).database,
                _provider(request),
                browser=request.state.browser,
                address=address_of(request),
                back=local_path(next),
            )
        )
    except InputError as error:
        return _refused(request, error, next)


@router.get("/log-in/callback")
def provider_answers(request: Request) -> Response:
    """Log somebody in whom the provider has sent back."""
    try:
        done, back = finish_log_in(
            serving(request).database,
            _provider(request),
            request.query_params,
            browser=request.state.browser,
            address=address_of(request),
        )
    except InputError as error:
        return _refused(request, error, "")
    return logged_in(request, done, back)


@router.get("/log-out/provider")
def leave_provider(request: Request) -> Response:
    """Send a browser to where the provider ends its own session."""
    try:
        address = _provider(request).address_to_leave()
        if address is None:
            raise ProviderFault("log-out", "the provider has no page for it", "to log out there")
    except InputError as error:
        return _refused(request, error, "")
    return to(address)


def _provider(request: Request) -> Provider:
    provider = serving(request).provider
    if provider is None:
        raise LogInRefused("log-in", "no provider is set up", "name and password")
    return provider


def _refused(request: Request, error: InputError, back: str) -> Response:
    return log_in_page(request, back=back, line=str(error), status=status_of(error))
