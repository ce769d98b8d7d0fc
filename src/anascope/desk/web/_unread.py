"""Images that could not be read, as a page: the latest first."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.web._page import page
from anascope.desk.web._serving import serving
from anascope.desk.web._visitor import Asking
from anascope.desk.worklist import count_unread, unread

router = APIRouter()
_AT_ONCE = 100
_MOST = 2**62


@router.get("/not-read")
def show_unread(request: Request, asking: Asking, after: int = 0) -> Response:
    """Show which images could not be read, and why."""
    database = serving(request).database
    after = max(0, min(after, _MOST))
    shown = unread(database, after=after, limit=_AT_ONCE)
    count = count_unread(database)
    more = f"/not-read?after={after + len(shown)}" if shown and after + len(shown) < count else ""
    return page("unread.html.j2", asking, images=shown, count=count, more=more)
