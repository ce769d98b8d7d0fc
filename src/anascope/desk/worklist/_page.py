"""One page of the worklist after the other, each as fast as the first."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlmodel import Session, col

from anascope.desk.store import Database, SpecimenRow, is_storable
from anascope.desk.worklist._query import Filter, Sort, keys_of
from anascope.desk.worklist._state import Attention, State
from anascope.errors import InputError

LARGEST = 500
"""Specimens that a page holds at most."""


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A specimen on the worklist.

    Attributes:
        id: Its number, by which all else of it is had.
        name: Its name.
        batch: Number of the folder of results that it is from.
        state: What has become of it.
        attention: Why it is to be looked at.
        pattern, intensity: As its latest result says, or, before there is one, as it was read.
        probability: Of the reading, or None.
        cells, fields, flagged: How many cells and fields it has, and fields with a quality flag.
        version: Changes with all that happens to it; who changes it says which they saw.
        results, signatures: How many versions of its result there are, and how many signatures
            the latest has.
        changed_at: When something last happened to it, UTC.
    """

    id: int
    name: str
    batch: int
    state: State
    attention: Attention
    pattern: str
    intensity: str
    probability: float | None
    cells: int
    fields: int
    flagged: int
    version: int
    results: int
    signatures: int
    changed_at: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        rows: Its specimens.
        after: What asks for the next page; None if this is the last.
    """

    rows: tuple[WorklistRow, ...]
    after: str | None


def worklist(
    database: Database,
    wanted: Filter | None = None,
    *,
    sort: Sort = Sort.ATTENTION,
    descending: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of the worklist.

    Pages follow each other by the last specimen of the one before: what is put in or changes
    meanwhile shifts none.

    Args:
        database: The desk's.
        wanted: Which specimens; all if None.
        sort, descending: In which order. By attention, the most urgent come first.
        after: Of the page before; None for the first one.
        limit: How many specimens, 1 to :data:`LARGEST`.

    Raises:
        InputError: if ``after`` is none of this order, or ``limit`` is out of its bounds.
    """
    if not 1 <= limit <= LARGEST:
        raise InputError("limit", f"{limit}", f"1 to {LARGEST}")
    keys = keys_of(sort)
    conditions = (wanted or Filter()).conditions()
    if after is not None:
        conditions.append(_beyond(keys, _position(after, sort, descending, len(keys)), descending))
    order = [key.desc() if descending else key.asc() for key in keys]
    with database.reading() as session:
        # First the numbers alone, which an index has; the rows themselves only of one page.
        numbers = list(
            session.execute(
                select(col(SpecimenRow.id)).where(*conditions).order_by(*order).limit(limit + 1)
            ).scalars()
        )
        rows = _rows(session, numbers[:limit])
        last = None
        if len(numbers) > limit:
            values = session.execute(select(*keys).where(col(SpecimenRow.id) == rows[-1].id)).one()
            last = _as_after(sort, descending, list(values))
    return Page(tuple(rows), last)


def following(
    database: Database, specimen: int, wanted: Filter | None = None, *, back: bool = False
) -> WorklistRow | None:
    """Return the specimen that stands after one on the worklist, by attention.

    Args:
        database: The desk's.
        specimen: Number of the one; it need not be of those that are wanted.
        wanted: Which specimens; all if None.
        back: Whether the one before is asked for.

    Returns:
        None if there is none.
    """
    if not is_storable(specimen):
        return None
    keys = keys_of(Sort.ATTENTION)
    with database.reading() as session:
        position = session.execute(select(*keys).where(col(SpecimenRow.id) == specimen)).first()
        if position is None:
            return None
        found = session.execute(
            select(col(SpecimenRow.id))
            .where(*(wanted or Filter()).conditions(), _beyond(keys, list(position), back))
            .order_by(*(key.desc() if back else key.asc() for key in keys))
            .limit(1)
        ).scalar()
        return None if found is None else _rows(session, [found])[0]


def _rows(session: Session, numbers: list[int]) -> list[WorklistRow]:
    query = select(SpecimenRow).where(col(SpecimenRow.id).in_(numbers))
    found = {row.id: _shown(row) for row in session.execute(query).scalars()}
    return [found[number] for number in numbers]


def _shown(row: SpecimenRow) -> WorklistRow:
    return WorklistRow(
        id=row.id or 0,
        name=row.name,
        batch=row.batch_id,
        state=State(row.state),
        attention=Attention(row.attention),
        pattern=row.pattern,
        intensity=row.intensity,
        probability=row.probability,
        cells=row.cells,
        fields=row.fields,
        flagged=row.flagged,
        version=row.version,
        results=row.result_number,
        signatures=row.signatures,
        changed_at=row.changed_at,
    )


def _beyond(keys: list[Any], position: list[Any], descending: bool) -> ColumnElement[bool]:
    """Return that a row stands after a place: greater in the first key in which they differ."""
    alternatives = []
    for number, (key, value) in enumerate(zip(keys, position, strict=True)):
        same = [
            column == literal(old) for column, old in zip(keys[:number], position, strict=False)
        ]
        further = key < literal(value) if descending else key > literal(value)
        alternatives.append(and_(*same, further))
    first = keys[0] <= literal(position[0]) if descending else keys[0] >= literal(position[0])
    return and_(first, or_(*alternatives))  # the first lets an index begin at the place


def _as_after(sort: Sort, descending: bool, values: list[Any]) -> str:
    text = json.dumps([sort.value, descending, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def _position(after: str, sort: Sort, descending: bool, length: int) -> list[Any]:
    refusal = InputError(
        "after", "not the end of a page in this order", "what the page before gave"
    )
    try:
        padded = after + "=" * (-len(after) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, binascii.Error, RecursionError):
        raise refusal from None
    if not isinstance(values, list) or values[:2] != [sort.value, descending]:
        raise refusal
    position = values[2:]
    kinds = [_KINDS.get(sort, (str,)), (str,), (int,)][-length:]
    if len(position) != length or not all(
        isinstance(value, kind) and not isinstance(value, bool)
        for value, kind in zip(position, kinds, strict=True)
    ):
        raise refusal
    if not all(map(is_storable, position)):
        raise refusal
    return position


_KINDS: dict[Sort, tuple[type, ...]] = {
    Sort.ATTENTION: (int,),
    Sort.CELLS: (int,),
    Sort.PROBABILITY: (int, float),
}
"""What the first key of an order is, where it is no text."""
