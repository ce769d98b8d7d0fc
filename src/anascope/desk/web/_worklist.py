"""The worklist as a page: what is asked for stands in its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.web._choices import ATTENTION, attention_word, pattern_choices
from anascope.desk.web._page import page
from anascope.desk.web._serving import serving
from anascope.desk.web._visitor import Asking
from anascope.desk.worklist import (
    Filter,
    Sort,
    State,
    batches,
    count_unread,
    progress,
    worklist,
)
from anascope.errors import InputError, did_you_mean
from anascope.reading import NOT_EVALUABLE, UNDECIDED
from anascope.words import NEGATIVE, intensity_levels

router = APIRouter()
_AT_ONCE = 50
_COLUMNS = (
    (Sort.NAME, "Specimen"),
    (Sort.STATE, "State"),
    (Sort.ATTENTION, "Attention"),
    (Sort.PATTERN, "Pattern"),
    (Sort.PROBABILITY, "Probability"),
    (Sort.INTENSITY, "Intensity"),
    (Sort.CELLS, "Cells"),
    (Sort.CHANGED, "Changed"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, as text; empty is for any."""

    search: str = ""
    state: str = ""
    attention: str = ""
    pattern: str = ""
    intensity: str = ""
    batch: str = ""
    sort: str = Sort.ATTENTION.value
    down: str = ""
    after: str = ""

    def filter(self) -> Filter:
        """Return which specimens that is.

        Raises:
            InputError: if there is no such state, attention or batch.
        """
        reasons = {word: reason for reason, word in ATTENTION.items()}
        state = _one_of("state", self.state, {choice.value: choice for choice in State})
        batch = None
        if self.batch:
            if not self.batch.isascii() or not self.batch.isdigit() or len(self.batch) > 18:
                raise InputError("batch", f"'{self.batch[:20]}'", "its number")
            batch = int(self.batch)
        return Filter(
            state=state,
            attention=_one_of("attention", self.attention, reasons),
            batch=batch,
            pattern=self.pattern or None,
            intensity=self.intensity or None,
            search=self.search,
        )

    def order(self) -> tuple[Sort, bool]:
        """Return what it is sorted by, and whether downwards."""
        sort = _one_of("sort", self.sort, {choice.value: choice for choice in Sort})
        return sort or Sort.ATTENTION, self.down == "1"

    def address(self, path: str = "/", **changed: str) -> str:
        """Return the address that asks for the same, but for what is changed."""
        values = {name: getattr(self, name) for name in Asked.__dataclass_fields__}
        values = {"after": ""} | values | changed
        return f"{path}?{urlencode({name: text for name, text in values.items() if text})}"


def asked(
    search: str = "",
    state: str = "",
    attention: str = "",
    pattern: str = "",
    intensity: str = "",
    batch: str = "",
    sort: str = Sort.ATTENTION.value,
    down: Annotated[str, Query(max_length=1)] = "",
    after: str = "",
) -> Asked:
    """Return what an address asks for."""
    return Asked(search, state, attention, pattern, intensity, batch, sort, down, after)


Wanted = Annotated[Asked, Depends(asked)]


@router.get("/")
def show_worklist(request: Request, asking: Asking, wanted: Wanted) -> Response:
    """Show a page of the worklist."""
    desk = serving(request)
    database = desk.database
    filtered = wanted.filter()
    sort, down = wanted.order()
    found = worklist(
        database,
        filtered,
        sort=sort,
        descending=down,
        after=wanted.after or None,
        limit=_AT_ONCE,
    )
    folders = batches(database)
    whole = progress(database, Filter(batch=filtered.batch))
    return page(
        "worklist.html.j2",
        asking,
        asked=wanted,
        rows=found.rows,
        columns=[_column(sort, title, wanted) for sort, title in _COLUMNS],
        following=wanted.address(after=found.after) if found.after else "",
        first=wanted.address(after="") if wanted.after else "",
        table=wanted.address("/worklist.csv", after=""),
        progress=whole,
        waiting=[
            (attention_word(reason), whole.by_attention[reason], reason) for reason in ATTENTION
        ],
        states=list(State),
        attentions=list(ATTENTION.values()),
        patterns=[UNDECIDED, NOT_EVALUABLE, NEGATIVE, *(name for name, _ in pattern_choices())],
        intensities=intensity_levels(),
        batches=folders,
        not_read=count_unread(database),
        watched=desk.watched,
        attention_word=attention_word,
    )


def _column(sort: Sort, title: str, wanted: Asked) -> dict[str, Any]:
    current, down = wanted.order()
    turned = "1" if current is sort and not down else ""
    return {
        "title": title,
        "address": wanted.address(sort=sort.value, down=turned, after=""),
        "sorted": ("descending" if down else "ascending") if current is sort else "",
    }


def _one_of(where: str, text: str, known: dict[str, Any]) -> Any:
    if not text:
        return None
    if text not in known:
        raise InputError(where, f"'{text[:40]}'", did_you_mean(text[:40], list(known)))
    return known[text]
