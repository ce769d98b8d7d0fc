"""One specimen as a page: what was read of it, what was found, and the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.review import SpecimenView, proposed, view
from anascope.desk.store import Database
from anascope.desk.web._choices import attention_word, pattern_choices
from anascope.desk.web._fields import in_order, stored_field
from anascope.desk.web._forms import Entered, entered_of
from anascope.desk.web._page import page
from anascope.desk.web._pictures import AT_ONCE
from anascope.desk.web._serving import Serving, serving
from anascope.desk.web._shares import bars_of
from anascope.desk.web._visitor import Asking, Visitor
from anascope.desk.worklist import Attention, Filter, ReadField, following, worklist
from anascope.errors import InputError
from anascope.reading import CellReading
from anascope.reading.results import (
    TILE,
    flag_line,
    intensity_word,
    pattern_word,
    percent,
    why_not_of,
)
from anascope.words import intensity_levels

router = APIRouter()
_PATTERNS = 4  # that a result may have


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A cell on the page.

    Attributes:
        cell: What was read of it.
        row: Where its row of pictures begins, in the order of the cells.
        left: Pixels from the row's left side to its picture.
        wide: Pixels of the row.
    """

    cell: CellReading
    row: int
    left: int
    wide: int


@dataclass(frozen=True, slots=True)
class FieldPart:
    """A field on the page.

    Attributes:
        number: From 1.
        field: What was read of it.
        cells: Those that are shown.
        further: How many more it has.
        heat: Whether there may be a heat map.
        wrong: Why its cells cannot be shown, or empty.
        flags: What may be wrong with it, a line each.
        why_not: Why it is not evaluable, or empty.
    """

    number: int
    field: ReadField
    cells: tuple[CellPicture, ...]
    further: int
    heat: bool
    wrong: str
    flags: tuple[str, ...]
    why_not: str


@router.get("/specimens/{specimen}")
def show_specimen(
    request: Request,
    asking: Asking,
    specimen: int,
    cells: Annotated[str, Query(max_length=3)] = "",
    done: Annotated[str, Query(max_length=6)] = "",
) -> Response:
    """Show a specimen."""
    desk = serving(request)
    found = view(desk.database, specimen)
    notice = {"saved": "The result is written.", "signed": "The signature is given."}.get(done, "")
    return specimen_page(desk, found, asking, notice=notice, all_cells=cells == "all")


def specimen_page(
    desk: Serving,
    found: SpecimenView,
    asking: Visitor,
    *,
    entered: Entered | None = None,
    line: str = "",
    notice: str = "",
    status: int = 200,
    all_cells: bool = False,
) -> Response:
    """Return the page of a specimen.

    Args:
        desk: How it is served.
        found: The specimen as it is now.
        asking: Who sees it.
        entered: What somebody has typed, who is told why it was refused; None for what is known.
        line: Why it was refused.
        notice: What was done.
        status: Of the answer.
        all_cells: Whether all cells are shown.
    """
    database, latest, read = desk.database, found.latest, found.read
    suggested = proposed(read) if latest is None else latest.finding
    entered = entered or entered_of(suggested, read)
    decision = read.specimen.decision
    fields = [_part(found, number, entered, all_cells) for number in range(1, len(read.fields) + 1)]
    return page(
        "specimen.html.j2",
        asking,
        status=status,
        specimen=found,
        attention=attention_word(found.attention),
        decision=decision,
        pattern_word=pattern_word,
        intensity_word=intensity_word,
        percent=percent,
        bars=bars_of(decision),
        fields=fields,
        entered=entered,
        chosen=(*entered.patterns, *("",) * _PATTERNS)[:_PATTERNS],
        patterns=pattern_choices(),
        levels=intensity_levels(),
        line=line,
        said=notice,
        tile=TILE,
        all_cells=all_cells,
        candidates=_candidates(found),
        nearest=desk.references.nearest(found),
        next=_next(database, found),
        before=following(database, found.id, back=True),
    )


def _part(found: SpecimenView, number: int, entered: Entered, all_cells: bool) -> FieldPart:
    field = found.read.fields[number - 1]
    wrong, shown, count = "", [], 0
    try:
        stored = stored_field(found, field)
    except InputError as error:
        wrong = str(error)
    else:
        cells = in_order(stored)
        count = len(cells)
        changed = {int(key.partition(":")[2]) for key in entered.out if _is_of(key, number)}
        for index, cell in enumerate(cells):
            if all_cells or index < AT_ONCE or cell.cell in changed:
                row = index - index % AT_ONCE
                wide = TILE * min(AT_ONCE, count - row)
                shown.append(CellPicture(cell, row, TILE * (index - row), wide))
    summary = field.summary
    return FieldPart(
        number=number,
        field=field,
        cells=tuple(shown),
        further=count - len(shown),
        heat=not wrong and summary.decision is not None,
        wrong=wrong,
        flags=tuple(flag_line(flag) for flag in summary.quality),
        why_not=why_not_of(summary.evaluability),
    )


def _is_of(key: str, number: int) -> bool:
    field, _, cell = key.partition(":")
    return field == str(number) and cell.isascii() and cell.isdigit() and len(cell) < 10


def _candidates(found: SpecimenView) -> list[str]:
    """Return the patterns that reference pictures are shown of, the likeliest first."""
    decision = found.read.specimen.decision
    if decision is None:
        return []
    shown = [*decision.pattern_set] or ([decision.likeliest] if decision.likeliest else [])
    return sorted(shown, key=lambda name: -decision.patterns.get(name, 0))[:_PATTERNS]


def _next(database: Database, found: SpecimenView) -> int | None:
    """Return the specimen to look at next: where this one is done, the first that is not."""
    if found.attention is not Attention.DONE:
        after = following(database, found.id)
        return None if after is None else after.id
    for row in worklist(database, Filter(), limit=2).rows:
        if row.id != found.id and row.attention is not Attention.DONE:
            return row.id
    return None
