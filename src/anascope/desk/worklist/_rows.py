"""Rows of readings: put into the database, and shown on the worklist."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from anascope.desk.audit import Change, What, append, subject_of, told_of
from anascope.desk.store import BatchRow, ReadingRow, ResultRow, SpecimenRow
from anascope.desk.worklist._reading import ReadSpecimen, as_content
from anascope.desk.worklist._state import State, attention_of, word_of

_SORTED = 200  # letters of a name that are sorted by and searched
_DIGITS = 12  # of a number in a name, so that all numbers sort as numbers


@dataclass
class Added:
    """What became of specimens that were brought in: how many of each kind."""

    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0

    def add(self, other: Added) -> None:
        """Count others, too."""
        self.new += other.new
        self.changed += other.changed
        self.moved += other.moved
        self.unchanged += other.unchanged


def add_readings(
    session: Session, batch: BatchRow, specimens: Iterable[ReadSpecimen], *, who: str, at: str
) -> Added:
    """Bring specimens into the database; what is there already, and is the same, stays.

    Args:
        session: Of :meth:`anascope.desk.store.Database.writing`.
        batch: The folder of results that they are from.
        specimens: What was read; all are in memory together.
        who, at: Who brings them in, and when.
    """
    read = {specimen.specimen.specimen: specimen for specimen in specimens}
    query = select(SpecimenRow).where(
        SpecimenRow.batch_id == batch.id, col(SpecimenRow.name).in_(read)
    )
    known = {row.name: row for row in session.exec(query)}
    new = {name: _new_row(batch, read[name], at) for name in read if name not in known}
    session.add_all(new.values())
    session.flush()  # they get their numbers
    done = Added(new=len(new))
    readings, changes = [], []
    for name, specimen in read.items():
        row = new.get(name) or known[name]
        reading = ReadingRow(
            specimen_id=row.id or 0,
            number=1,
            content=as_content(specimen),
            essence_sha256=specimen.essence_sha256,
            seq=0,
        )
        before = "" if name in new else _read_anew(session, row, specimen, reading, at, done)
        if before is None:
            continue
        readings.append(reading)
        content = told_of(reading)
        subject = subject_of(reading.specimen_id)
        changes.append(
            Change(What.READING, subject, before, content, specimen.model, specimen.images)
        )
    for reading, seq in zip(readings, append(session, changes, who=who, at=at), strict=True):
        reading.seq = seq
    session.add_all(readings)
    session.flush()
    return done


def _read_anew(
    session: Session,
    row: SpecimenRow,
    read: ReadSpecimen,
    reading: ReadingRow,
    at: str,
    done: Added,
) -> str | None:
    """Make the row of a specimen, and its new reading, say what was read now.

    Returns:
        What the trail says of the reading until now; None if it is still the same.
    """
    last = latest_reading(session, row)
    if last.content == reading.content:
        done.unchanged += 1
        return None
    if last.essence_sha256 == reading.essence_sha256:
        done.moved += 1
    else:
        done.changed += 1
    row.reading_number = reading.number = last.number + 1
    row.version += 1
    row.changed_at = at
    show_on_worklist(session, row, read, reading.essence_sha256)
    return told_of(last)


def latest_reading(session: Session, row: SpecimenRow) -> ReadingRow:
    """Return what was last read of a specimen."""
    return session.exec(
        select(ReadingRow).where(
            ReadingRow.specimen_id == row.id, ReadingRow.number == row.reading_number
        )
    ).one()


def show_on_worklist(
    session: Session, row: SpecimenRow, read: ReadSpecimen, essence_sha256: str
) -> None:
    """Make the row of the worklist say what the latest reading and the state say.

    Pattern and intensity are those of the latest result, where there is one, and stay.

    Args:
        session: Of a transaction that writes.
        row: The row, with its state and its numbers as they are to be.
        read: The latest reading.
        essence_sha256: Its essence.
    """
    decision = read.specimen.decision
    row.probability = None if decision is None else decision.probability
    row.cells, row.flagged = read.specimen.cells, read.specimen.flagged
    row.fields = len(read.fields)
    if not row.result_number:
        row.pattern, row.intensity = word_of(read)
    anew = row.result_number > 0 and _essence_of_result(session, row) != essence_sha256
    row.attention = int(attention_of(read, State(row.state), read_anew=anew))


def _essence_of_result(session: Session, row: SpecimenRow) -> str | None:
    """Return the essence of the reading on which the latest result was written."""
    result = session.exec(
        select(ResultRow).where(
            ResultRow.specimen_id == row.id, ResultRow.number == row.result_number
        )
    ).one()
    return session.exec(
        select(ReadingRow.essence_sha256).where(
            ReadingRow.specimen_id == row.id, ReadingRow.number == result.reading_number
        )
    ).first()


def _new_row(batch: BatchRow, read: ReadSpecimen, at: str) -> SpecimenRow:
    name = read.specimen.specimen
    decision = read.specimen.decision
    pattern, intensity = word_of(read)
    return SpecimenRow(
        batch_id=batch.id or 0,
        name=name,
        name_folded=name.casefold()[:_SORTED],
        name_key=natural_key(name)[:_SORTED],
        state=State.NEW.value,
        attention=int(attention_of(read, State.NEW)),
        pattern=pattern,
        intensity=intensity,
        probability=None if decision is None else decision.probability,
        cells=read.specimen.cells,
        fields=len(read.fields),
        flagged=read.specimen.flagged,
        version=1,
        reading_number=1,
        result_number=0,
        signed_number=0,
        signatures=0,
        changed_at=at,
    )


def natural_key(name: str) -> str:
    """Return what sorts as people sort names: 2 before 10, whatever the case.

    >>> natural_key("Plate 2-B10")
    'plate 000000000002-b000000000010'
    """
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(_DIGITS), name.casefold())
