"""Results as files: a table of the worklist, one specimen as JSON, a signed one as PDF."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from anascope.csv_text import marked
from anascope.desk.review import Result, SpecimenView, view
from anascope.desk.store import Database
from anascope.desk.web._choices import attention_word
from anascope.desk.web._document import write_signed
from anascope.desk.web._serving import serving
from anascope.desk.web._visitor import Asking
from anascope.desk.web._worklist import Wanted
from anascope.desk.worklist import LARGEST, Filter, Sort, WorklistRow, worklist
from anascope.errors import InputError
from anascope.settings import as_plain
from anascope.words import pattern_named

router = APIRouter()
_COLUMNS = (
    "specimen",
    "folder",
    "state",
    "look_at",
    "read_pattern",
    "read_intensity",
    "version",
    "result",
    "patterns",
    "icap_codes",
    "intensity",
    "titre",
    "comment",
    "written_by",
    "signed_by",
    "signed_at",
)


@router.get("/worklist.csv")
def table(request: Request, asking: Asking, wanted: Wanted) -> Response:
    """Return the specimens that are asked for as a table, in the order of the page."""
    filtered, (sort, down) = wanted.filter(), wanted.order()
    lines = _lines(serving(request).database, filtered, sort, down)
    return _attached(StreamingResponse(lines, media_type="text/csv; charset=utf-8"), "worklist.csv")


@router.get("/specimens/{specimen}.json")
def as_json(request: Request, asking: Asking, specimen: int) -> Response:
    """Return all that is known of a specimen."""
    found = view(serving(request).database, specimen)
    values = {"format": "anascope-desk-specimen"} | as_plain(found)
    values["attention"] = attention_word(found.attention)
    return _attached(JSONResponse(values), f"{found.name}.json")


@router.get("/specimens/{specimen}.pdf")
def as_pdf(request: Request, asking: Asking, specimen: int) -> Response:
    """Return the signed result of a specimen as a document."""
    found = view(serving(request).database, specimen)
    if found.signed_result is None:
        raise InputError(f"specimen '{found.name}'", "is not signed", "a signed result")
    with tempfile.TemporaryDirectory(prefix="anascope-") as folder:
        path = Path(folder) / "signed.pdf"
        write_signed(found, path)
        content = path.read_bytes()
    return _attached(Response(content, media_type="application/pdf"), f"{found.name}.pdf")


def _attached(response: Response, name: str) -> Response:
    encoded = quote(name, safe="", errors="replace")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{encoded}"
    return response


def _lines(database: Database, wanted: Filter, sort: Sort, down: bool) -> Iterator[str]:
    yield _line(_COLUMNS)
    after: str | None = None
    while True:
        found = worklist(database, wanted, sort=sort, descending=down, after=after, limit=LARGEST)
        for row in found.rows:
            yield _line(_values(view(database, row.id), row))
        after = found.after
        if after is None:
            return


def _line(values: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(marked(value) for value in values)
    return text.getvalue()


def _values(found: SpecimenView, row: WorklistRow) -> tuple[str, ...]:
    """Return a line: the signed version where there is one, else the latest."""
    decision = found.read.specimen.decision
    shown = found.signed_result or found.latest
    return (
        found.name,
        str(found.folder),
        found.state.value,
        attention_word(row.attention),
        "" if decision is None else decision.pattern or "",
        "" if decision is None else decision.intensity or "",
        *_result(shown),
    )


def _result(result: Result | None) -> tuple[str, ...]:
    if result is None:
        return ("",) * 10
    finding = result.finding
    codes = [code for name in finding.patterns for code in pattern_named(name).codes]
    return (
        str(result.number),
        finding.verdict.value,
        "; ".join(finding.patterns),
        "; ".join(codes),
        finding.intensity or "",
        f"1:{finding.titre}" if finding.titre else "",
        finding.comment,
        result.by,
        "; ".join(signature.by for signature in result.signatures),
        "; ".join(signature.at for signature in result.signatures),
    )
