"""Adds to the trail."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert
from sqlmodel import Session, col, select

from anascope._version import __version__
from anascope.desk.audit._entry import BEGINNING, HASHED, Change, as_text, hash_of
from anascope.desk.store import EntryRow


def append(session: Session, changes: Sequence[Change], *, who: str, at: str) -> list[int]:
    """Write changes down, in the transaction that makes them: both are kept, or none.

    Args:
        session: Of :meth:`anascope.desk.store.Database.writing`, which lets nobody else write.
        changes: What was done, in this order.
        who: Name of the user.
        at: When (:func:`anascope.desk.store.as_stamp`).

    Returns:
        The number of the entry of each.
    """
    last = session.exec(
        select(EntryRow.seq, EntryRow.hash).order_by(col(EntryRow.seq).desc()).limit(1)
    ).first()
    seq, previous = last or (0, BEGINNING)
    rows: list[dict[str, int | str]] = []
    for change in changes:
        seq += 1
        values: dict[str, int | str] = {
            "seq": seq,
            "at": at,
            "who": who,
            "what": str(change.what),
            "subject": change.subject,
            "before": change.before,
            "after": change.after,
            "software": f"anascope {__version__}",
            "model": change.model,
            "images": as_text(change.images),
            "previous": previous,
        }
        previous = hash_of([values[name] for name in HASHED])
        rows.append({**values, "hash": previous})
    if rows:
        session.execute(insert(EntryRow), rows)
    return list(range(seq - len(rows) + 1, seq + 1))
