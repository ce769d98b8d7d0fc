"""Readings that nobody read, with images that are there, put into a desk."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import select

from anascope.desk.store import BatchRow, Database, as_stamp
from anascope.desk.worklist import Filter, ReadField, ReadSpecimen, add_readings, worklist
from anascope.files import sha256_of
from anascope.reading import Decision, Evaluability, FieldSummary, Provenance, SpecimenReading
from tests.unit.reading.results.conftest import BLURRED, made_up_decision

MODEL = "m" * 64


@dataclass
class Clock:
    """Tells the time that it is set to."""

    now: datetime.datetime = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += datetime.timedelta(**by)


def made_up_read(
    name: str,
    folder: Path,
    decision: Decision | None = None,
    *,
    evaluable: bool = True,
    flagged: bool = False,
    fields: int = 2,
    write: bool = True,
) -> ReadSpecimen:
    """Return a reading of a specimen; its images are written into ``folder``."""
    decision = (decision or made_up_decision()) if evaluable else None
    read = []
    for number in range(1, fields + 1):
        image = folder / f"{name}-{number}.tif"
        content = f"{name} {number}".encode()
        if write:
            image.write_bytes(content)
        provenance = Provenance(
            file=image.as_uri(),
            sha256=sha256_of(content),
            page=1,
            pages=1,
            channel=None,
            channel_asked=None,
            full_scale=255,
            full_scale_from="file",
            brightest=None,
            pixel_size_from="file",
            specimen=f"name:{name}",
            model=MODEL,
        )
        summary = FieldSummary(
            field=f"F-{number}",
            specimen=name,
            source=str(image),
            provenance=provenance,
            height=120,
            width=160,
            pixel_size_um=0.3,
            evaluability=Evaluability(evaluable),
            decision=decision,
            mitotic_figures=1 if evaluable else None,
            quality=(BLURRED,) if flagged and number == 1 else (),
        )
        read.append(ReadField(summary, f"specimens/{name}/F-{number}", 12))
    specimen = SpecimenReading(
        specimen=name,
        decision=decision,
        fields=tuple(field.name for field in read),
        not_evaluable={},
        cells=12 * fields,
        mitotic_figures=fields if evaluable else None,
        flagged=int(flagged),
    )
    return ReadSpecimen(specimen, f"specimens/{name}", tuple(read))


def put_in(
    database: Database, specimens: Sequence[ReadSpecimen], folder: str = "file:///a"
) -> None:
    """Put readings into a desk, as an import does."""
    at = as_stamp(database.clock())
    with database.writing() as session:
        batch = session.exec(select(BatchRow).where(BatchRow.folder == folder)).first()
        if batch is None:
            batch = BatchRow(folder=folder, imported_at=at)
            session.add(batch)
            session.flush()
        add_readings(session, batch, specimens, who="test", at=at)


def number_of(database: Database, name: str) -> int:
    """Return the number of a specimen."""
    rows = worklist(database, Filter(search=name)).rows
    return next(row.id for row in rows if row.name == name)


def moved(read: ReadSpecimen, folder: Path) -> ReadSpecimen:
    """Return a reading whose images were moved into another folder."""
    fields = []
    for field in read.fields:
        assert field.image is not None
        assert field.summary.provenance is not None
        there = folder / field.image.name
        there.write_bytes(field.image.read_bytes())
        field.image.unlink()
        provenance = replace(field.summary.provenance, file=there.as_uri())
        summary = replace(field.summary, provenance=provenance, source=str(there))
        fields.append(replace(field, summary=summary))
    return replace(read, fields=tuple(fields))
