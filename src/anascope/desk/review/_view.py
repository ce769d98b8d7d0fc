"""All that is known of a specimen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from anascope.desk.accounts import shown_name
from anascope.desk.review._conflict import specimen_row
from anascope.desk.review._finding import Finding
from anascope.desk.review._records import (
    reading_of,
    result_in,
    results_of,
    signature_in,
    signatures_of,
)
from anascope.desk.review._site import signatures_required
from anascope.desk.store import BatchRow, Database, SpecimenRow
from anascope.desk.worklist import Attention, ReadSpecimen, State, path_of


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature.

    Attributes:
        by, at: Who signed, and when, UTC.
        images: SHA-256 of the images as they were then, in the order of the fields.
        display: What a provider of log-ins called who signed, or empty.
    """

    by: str
    at: str
    images: tuple[str, ...]
    display: str = ""

    @property
    def shown(self) -> str:
        """Who signed, as people are shown it."""
        return shown_name(self.by, self.display)


@dataclass(frozen=True, slots=True)
class Result:
    """A version of the result.

    Attributes:
        number: From 1.
        finding: What was found.
        reason: Why a signed result was changed, or empty.
        by, at: Who wrote it, and when, UTC.
        reading: Number of the reading that it is about.
        signatures: The signatures under it.
    """

    number: int
    finding: Finding
    reason: str
    by: str
    at: str
    reading: int
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class SpecimenView:
    """A specimen.

    Attributes:
        id: Its number.
        name: Its name.
        state: What has become of it.
        attention: Why it is to be looked at.
        version: What :func:`correct` and :func:`sign` are to be told.
        folder: The folder of results that it is from; paths in ``read`` begin there.
        reading: Number of the latest reading.
        read: What that says.
        results: All versions, the first first.
        signed: Number of the version that counts as signed, or 0.
        signatures_required: How many signatures a result needs.
    """

    id: int
    name: str
    state: State
    attention: Attention
    version: int
    folder: Path
    reading: int
    read: ReadSpecimen
    results: tuple[Result, ...]
    signed: int
    signatures_required: int

    @property
    def latest(self) -> Result | None:
        """The latest version, or None if there is none yet."""
        return self.results[-1] if self.results else None

    @property
    def signed_result(self) -> Result | None:
        """The version that counts as signed, or None; a later one may be in review."""
        return self.results[self.signed - 1] if self.signed else None


def view(database: Database, specimen: int) -> SpecimenView:
    """Return all that is known of a specimen.

    Args:
        database: The desk's.
        specimen: Its number.

    Raises:
        InputError: if there is none of that number.
    """
    with database.reading() as session:
        return view_of(session, specimen_row(session, specimen))


def view_of(session: Session, row: SpecimenRow) -> SpecimenView:
    """Return all that is known of the specimen of a row."""
    read, _ = reading_of(session, row, row.reading_number)
    signatures: dict[int, list[Signature]] = {}
    for signed in signatures_of(session, row):
        signature = signature_in(signed)
        own = signatures.setdefault(signed.result_number, [])
        own.append(Signature(signature.by, signature.at, signature.images, signature.display))
    results = []
    for result in results_of(session, row):
        written = result_in(result)
        results.append(
            Result(
                number=result.number,
                finding=written.finding,
                reason=written.reason,
                by=written.by,
                at=written.at,
                reading=result.reading_number,
                signatures=tuple(signatures.get(result.number, ())),
            )
        )
    return SpecimenView(
        id=row.id or 0,
        name=row.name,
        state=State(row.state),
        attention=Attention(row.attention),
        version=row.version,
        folder=path_of(session.get_one(BatchRow, row.batch_id).folder),
        reading=row.reading_number,
        read=read,
        results=tuple(results),
        signed=row.signed_number,
        signatures_required=signatures_required(session),
    )
