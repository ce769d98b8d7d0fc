"""What readers send of a specimen: a result, a signature, or that they look at it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.review import (
    Conflict,
    Finding,
    SpecimenView,
    begin,
    correct,
    sign,
    view,
)
from anascope.desk.store import Database
from anascope.desk.web._errors import status_of
from anascope.desk.web._forms import Entered, finding_of
from anascope.desk.web._page import to
from anascope.desk.web._serving import serving
from anascope.desk.web._specimen import specimen_page
from anascope.desk.web._visitor import Sending, Visitor
from anascope.desk.worklist import Attention
from anascope.errors import InputError

router = APIRouter(prefix="/specimens/{specimen}")
Texts = Annotated[list[str], Form()]
Text = Annotated[str, Form()]


@router.post("/begin")
def send_begin(
    request: Request, asking: Sending, specimen: int, seen: Annotated[int, Form()]
) -> dict[str, int]:
    """Show others that a specimen is being looked at; return its version then."""
    begun = begin(serving(request).database, specimen, by=asking.user, seen=seen)
    return {"version": begun.version}


@router.post("/result")
def send_result(
    request: Request,
    asking: Sending,
    specimen: int,
    seen: Annotated[int, Form()],
    action: Text = "save",
    verdict: Text = "",
    pattern: Texts = [],  # noqa: B006 - FastAPI makes a new one for each request
    intensity: Text = "",
    titre: Text = "",
    comment: Text = "",
    reason: Text = "",
    out: Texts = [],  # noqa: B006
    renamed: Texts = [],  # noqa: B006
) -> Response:
    """Write a result, or sign it; what cannot be is told above the form, which stays as it was."""
    entered = Entered(
        verdict,
        tuple(pattern),
        intensity,
        titre,
        comment,
        reason,
        tuple(out),
        tuple(renamed),
    )
    desk = serving(request)
    database = desk.database
    found = view(database, specimen)
    try:
        if action == "sign":
            _sign(database, found, entered, seen, asking)
            return to(f"/specimens/{specimen}?done=signed")
        _save(database, found, entered, seen, asking)
        return to(f"/specimens/{specimen}?done=saved")
    except InputError as error:
        # The version that they see from now on is the new one, with all that was changed in it.
        found = view(database, specimen) if isinstance(error, Conflict) else found
        status = status_of(error)
        return specimen_page(desk, found, asking, entered=entered, line=str(error), status=status)


def _save(
    database: Database, found: SpecimenView, entered: Entered, seen: int, asking: Visitor
) -> None:
    finding = finding_of(entered, found.read)
    if found.version == seen and _is_latest(found, finding):
        where = f"specimen '{found.name}'"
        raise InputError(where, "the result as it is already", "a change, or a signature")
    correct(database, found.id, finding, seen=seen, by=asking.user, reason=entered.reason)


def _sign(
    database: Database, found: SpecimenView, entered: Entered, seen: int, asking: Visitor
) -> None:
    """Sign the latest version as it is; with a change a new one, written in the same moment."""
    finding: Finding | None = finding_of(entered, found.read)
    if found.version == seen and finding is not None and _is_latest(found, finding):
        finding = None
    sign(database, found.id, seen=seen, by=asking.user, finding=finding, reason=entered.reason)


def _is_latest(found: SpecimenView, finding: Finding) -> bool:
    """Tell whether a finding is the latest version, and that is about what is read now."""
    latest = found.latest
    anew = found.attention is Attention.READ_ANEW
    return latest is not None and latest.finding == finding and not anew
