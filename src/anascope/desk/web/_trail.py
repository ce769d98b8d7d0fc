"""The trail as pages, the latest entry first."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.audit import history, subject_of
from anascope.desk.review import view
from anascope.desk.web._page import page
from anascope.desk.web._serving import serving
from anascope.desk.web._visitor import Asking

router = APIRouter()
_AT_ONCE = 50


@router.get("/trail")
def show_trail(request: Request, asking: Asking, before: int | None = None) -> Response:
    """Show all that was done at the desk."""
    return _trail(request, asking, "Trail", None, before, "/trail")


@router.get("/specimens/{specimen}/trail")
def show_specimen_trail(
    request: Request, asking: Asking, specimen: int, before: int | None = None
) -> Response:
    """Show all that was done to a specimen."""
    name = view(serving(request).database, specimen).name
    address = f"/specimens/{specimen}/trail"
    return _trail(request, asking, f"Trail of {name}", specimen, before, address)


def _trail(
    request: Request,
    asking: Asking,
    title: str,
    specimen: int | None,
    before: int | None,
    address: str,
) -> Response:
    subject = None if specimen is None else subject_of(specimen)
    last = None if before is None else max(min(before, 2**62), 0)
    with serving(request).database.reading() as session:
        entries = history(session, subject, before=last, limit=_AT_ONCE + 1)
    shown = entries[:_AT_ONCE]
    more = f"{address}?before={shown[-1].seq}" if len(entries) > _AT_ONCE else ""
    return page("trail.html.j2", asking, title=title, entries=shown, more=more, specimen=specimen)
