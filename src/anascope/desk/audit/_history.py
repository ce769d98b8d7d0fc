"""Shows the trail."""

from __future__ import annotations

import json

from sqlmodel import Session, col, select

from anascope.desk.audit._entry import Entry
from anascope.desk.store import EntryRow
from anascope.errors import InputError


def history(
    session: Session, subject: str | None = None, *, before: int | None = None, limit: int = 100
) -> list[Entry]:
    """Return entries, the latest first.

    Args:
        session: Of the desk's database.
        subject: What they are about, such as ``specimen 12``; None for all.
        before: Only those with a smaller number: to page on from the last one that was shown.
        limit: How many at most.

    Raises:
        InputError: if one was changed into something that is no entry.
    """
    query = select(EntryRow).order_by(col(EntryRow.seq).desc()).limit(limit)
    if subject is not None:
        query = query.where(EntryRow.subject == subject)
    if before is not None:
        query = query.where(EntryRow.seq < before)
    return [_entry(row) for row in session.exec(query)]


def _entry(row: EntryRow) -> Entry:
    try:
        images = tuple(map(str, json.loads(row.images)))
    except (ValueError, TypeError):
        where, expected = f"entry {row.seq} of the trail", "it whole: see anascope desk verify"
        raise InputError(where, "no hashes of images", expected) from None
    return Entry(
        seq=row.seq,
        at=row.at,
        who=row.who,
        what=row.what,
        subject=row.subject,
        before=row.before,
        after=row.after,
        software=row.software,
        model=row.model,
        images=images,
        hash=row.hash,
    )
