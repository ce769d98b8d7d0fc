"""Proves the trail whole, and that what was read, found and signed is as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from anascope.desk.audit._entry import BEGINNING, HASHED, hash_of
from anascope.desk.audit._rows import wrong_row
from anascope.desk.store import Database, EntryRow
from anascope.errors import InputError, one_line

_AT_ONCE = 1000
_COLUMNS = [getattr(EntryRow, name) for name in (*HASHED, "hash")]


@dataclass(frozen=True, slots=True)
class Noted:
    """The end of the trail as somebody has noted it down, such as on paper.

    Attributes:
        seq: Number of the last entry; 0 of a trail without one.
        hash: Its hash.
    """

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def from_text(cls, text: str) -> Noted:
        """Return what :meth:`__str__` gave.

        Raises:
            InputError: if the text is none.
        """
        found = re.fullmatch(r"\s*([0-9]{1,18}):([0-9a-f]{64})\s*", text)
        if found is None:
            raise InputError("noted", f"'{text}'", "NUMBER:HASH, as verify printed it")
        return cls(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class TrailCheck:
    """What became of a check.

    Attributes:
        entries: How many entries are whole, from the first on.
        end: The last of them, to be noted down.
        broken: The first thing that is not as it was written, in one line; None if all is whole.
    """

    entries: int
    end: Noted
    broken: str | None


def verify(database: Database, *, noted: Noted | None = None) -> TrailCheck:
    """Check every entry of the trail, and every reading, result and signature against it.

    Whoever can write to the database itself can make a whole new trail, or cut off its end
    together with what that tells of. That is found only beside an end that was noted elsewhere.

    Args:
        database: The desk's.
        noted: An end of the trail that somebody noted earlier.

    Raises:
        InputError: if the database is locked, or so damaged that nothing can be read.
    """
    with database.reading() as session:
        end, broken = Noted(0, BEGINNING), None
        passed = noted is None or noted == end
        for row in _entries(session):
            if isinstance(row, str):
                broken = row
                break
            broken = _wrong(row, end)
            if broken is not None:
                break
            end = Noted(row[0], row[-1])
            passed = passed or end == noted
        if broken is None and not passed:
            broken = f"the trail does not hold entry {noted}, which was noted"
        if broken is None:
            broken = wrong_row(session)
    return TrailCheck(end.seq, end, None if broken is None else one_line(broken))


def _wrong(row: tuple[Any, ...], end: Noted) -> str | None:
    """Return what is wrong with an entry that should follow ``end``."""
    seq, at, who, what, subject, *_, previous, own = row
    if seq != end.seq + 1:
        return f"entry {end.seq + 1}: is missing; entry {seq} follows {end.seq or 'the beginning'}"
    try:
        fits = hash_of(row[:-1]) == own
    except TypeError:  # something else than text and numbers
        fits = False
    if not fits:
        return f"entry {seq} ({what}, {subject}, by {who}, {at}): is not as it was written"
    if previous != end.hash:
        return f"entry {seq} ({what}, {subject}, by {who}, {at}): entry {end.seq} was another one"
    return None


def _entries(session: Session) -> Iterator[tuple[Any, ...] | str]:
    """Yield the entries in order; if one cannot be read, what to say of it, as the last."""
    last = None
    while True:
        query = select(*_COLUMNS).order_by(col(EntryRow.seq)).limit(_AT_ONCE)
        if last is not None:
            query = query.where(col(EntryRow.seq) > last)
        try:
            rows = session.execute(query).all()
        except DBAPIError as error:  # bytes that are no text
            if getattr(error.orig, "sqlite_errorname", None):
                raise
            yield from _one_by_one(session, last)
            return
        yield from map(tuple, rows)
        if not rows:
            return
        last = rows[-1][0]


def _one_by_one(session: Session, last: int | None) -> Iterator[tuple[Any, ...] | str]:
    numbers = select(col(EntryRow.seq)).order_by(col(EntryRow.seq))
    if last is not None:
        numbers = numbers.where(col(EntryRow.seq) > last)
    for seq in session.scalars(numbers.limit(_AT_ONCE)):
        try:
            yield tuple(session.execute(select(*_COLUMNS).where(col(EntryRow.seq) == seq)).one())
        except DBAPIError:
            yield f"entry {seq}: cannot be read: is not as it was written"
            return
