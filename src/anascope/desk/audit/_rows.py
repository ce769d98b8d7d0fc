"""What readings, results and signatures are, as the trail says it, and whether they still are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, SQLModel, col

from anascope.desk.audit._entry import What, as_text
from anascope.desk.store import EntryRow, ReadingRow, ResultRow, SignatureRow, SpecimenRow
from anascope.files import sha256_of

_AT_ONCE = 1000
_WRITTEN: dict[What, type[ReadingRow] | type[ResultRow] | type[SignatureRow]] = {
    What.READING: ReadingRow,
    What.RESULT: ResultRow,
    What.SIGNATURE: SignatureRow,
}
"""What kind of entry tells of a new row of which table."""


def subject_of(specimen_id: int) -> str:
    """Return what the trail calls a specimen."""
    return f"specimen {specimen_id}"


def told_of(row: SQLModel) -> str:
    """Return what the trail says of a new row: all that it holds, of a reading its hash."""
    values = row.model_dump(exclude={"id", "seq"})
    if isinstance(row, ReadingRow):
        content = values.pop("content").encode("utf-8", "surrogatepass")
        values["content_sha256"] = sha256_of(content)
    return as_text(values)


def wrong_row(session: Session) -> str | None:
    """Return the first row that is not as the trail says, in words; None if all are."""
    for what, table in _WRITTEN.items():
        wrong = _lost(session, what, table) or _changed(session, what, table)
        if wrong is not None:
            return wrong
    return _wrong_specimen(session)


def _lost(session: Session, what: What, table: type[Any]) -> str | None:
    lost = session.execute(
        select(col(EntryRow.seq), col(EntryRow.subject))
        .outerjoin(table, table.seq == col(EntryRow.seq))
        .where(col(EntryRow.what) == str(what), table.id.is_(None))
        .order_by(col(EntryRow.seq))
        .limit(1)
    ).first()
    return (
        None if lost is None else f"entry {lost[0]} ({what}, {lost[1]}): what it tells of is gone"
    )


def _changed(session: Session, what: What, table: type[Any]) -> str | None:
    last = 0
    while True:
        rows = session.execute(
            select(table, EntryRow)
            .outerjoin(EntryRow, table.seq == col(EntryRow.seq))
            .where(table.id > last)
            .order_by(table.id)
            .limit(_AT_ONCE)
        ).all()
        for row, entry in rows:
            last = row.id
            if entry is None or entry.what != what or not _tells(entry, row):
                where = f"{table.__tablename__} {row.id} ({subject_of(row.specimen_id)})"
                return f"{where}: is not as entry {row.seq} of the trail says"
        session.expunge_all()  # memory does not grow with the desk
        if not rows:
            return None


def _tells(entry: EntryRow, row: Any) -> bool:
    return entry.subject == subject_of(row.specimen_id) and entry.after == told_of(row)


def _wrong_specimen(session: Session) -> str | None:
    """Return the first specimen on the worklist that is not as its results and signatures say."""

    def of(counted: Any, table: type[Any]) -> Any:
        own: Select[Any] = select(func.coalesce(counted, 0))
        return own.where(table.specimen_id == SpecimenRow.id)

    given = of(func.count(), SignatureRow).where(
        col(SignatureRow.result_number) == SpecimenRow.result_number
    )
    signed = of(func.count(), SignatureRow).where(
        col(SignatureRow.result_number) == SpecimenRow.signed_number
    )
    wrong = session.execute(
        select(col(SpecimenRow.id), col(SpecimenRow.name))
        .where(
            or_(
                of(func.max(ReadingRow.number), ReadingRow).scalar_subquery()
                != SpecimenRow.reading_number,
                of(func.max(ResultRow.number), ResultRow).scalar_subquery()
                != SpecimenRow.result_number,
                given.scalar_subquery() != SpecimenRow.signatures,
                (col(SpecimenRow.signed_number) > 0) & (signed.scalar_subquery() == 0),
                (col(SpecimenRow.state) == "signed")
                != (
                    (col(SpecimenRow.signed_number) > 0)
                    & (col(SpecimenRow.signed_number) == SpecimenRow.result_number)
                ),
            )
        )
        .order_by(col(SpecimenRow.id))
        .limit(1)
    ).first()
    if wrong is None:
        return None
    where = f"{subject_of(wrong[0])} ('{wrong[1]}')"
    return f"{where}: its state is not as its results and signatures say"
