"""Answers: pages made of templates, and what they all show."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from anascope._version import __version__
from anascope.desk.accounts import Origin
from anascope.desk.web._visitor import Visitor
from anascope.documents import rendered
from anascope.words import RESEARCH_USE


def page(
    template: str, asking: Visitor | None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page.

    Args:
        template: Its template's file name.
        asking: Who sees it; None before they have logged in.
        status: Of the answer.
        values: What the template shows.
    """
    shared = {
        "user": None if asking is None else asking.user,
        "user_name": "" if asking is None else asking.user.display or asking.user.name,
        "may_log_out": asking is not None and asking.user.origin is not Origin.LOCAL,
        "has_password": asking is not None and asking.user.origin is Origin.ACCOUNT,
        "form_token": "" if asking is None else asking.form_token,
        "notice": RESEARCH_USE,
        "software": f"anascope {__version__}",
    }
    return HTMLResponse(rendered("anascope.desk.web", template, **(shared | values)), status)


def to(path: str) -> RedirectResponse:
    """Return the answer to a form: that the browser shows another page."""
    return RedirectResponse(path, 303)


def wants_page(request: Request) -> bool:
    """Tell whether a person asks, and not a picture or a program."""
    return "text/html" in request.headers.get("accept", "")


def text(line: str, status: int) -> Response:
    """Return a line of text."""
    return Response(f"{line}\n", status, media_type="text/plain; charset=utf-8")
