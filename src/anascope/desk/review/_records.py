"""Versions and signatures, as the database holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError
from sqlmodel import Session, col, select

from anascope.desk.review._finding import Finding
from anascope.desk.store import ReadingRow, ResultRow, SignatureRow, SpecimenRow
from anascope.desk.worklist import ReadSpecimen, reading_from_text
from anascope.errors import InputError
from anascope.settings import adapter

_Written = TypeVar("_Written")


@dataclass(frozen=True, slots=True)
class WrittenResult:
    """What a row of results holds.

    Attributes:
        finding: What was found.
        reason: Why a signed result was changed, or empty.
        by, at: Who wrote it, and when.
    """

    finding: Finding
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class WrittenSignature:
    """What a row of signatures holds.

    Attributes:
        by, at: Who signed, and when.
        result_sha256: Hash of the version as it was signed.
        reading_number: The reading that the images were checked against.
        images: Their hashes.
        display: What a provider of log-ins called who signed, or empty.
    """

    by: str
    at: str
    result_sha256: str
    reading_number: int
    images: tuple[str, ...]
    display: str = ""


def as_content(written: WrittenResult | WrittenSignature) -> str:
    """Return it as text."""
    return adapter(type(written)).dump_json(written).decode("utf-8")


def result_in(row: ResultRow) -> WrittenResult:
    """Return what a row of results holds.

    Raises:
        InputError: if it was changed into something else.
    """
    return _held(WrittenResult, row)


def signature_in(row: SignatureRow) -> WrittenSignature:
    """Return what a row of signatures holds.

    Raises:
        InputError: if it was changed into something else.
    """
    return _held(WrittenSignature, row)


def _held(kind: type[_Written], row: ResultRow | SignatureRow) -> _Written:
    try:
        found: _Written = adapter(kind).validate_json(row.content)
    except ValidationError as error:
        where = f"{row.__tablename__} {row.id} of specimen {row.specimen_id}"
        expected = "what was written: see anascope desk verify"
        raise InputError(where, f"{error.error_count()} wrong values", expected) from None
    return found


def results_of(session: Session, row: SpecimenRow) -> list[ResultRow]:
    """Return the versions of a specimen, the first first."""
    query = select(ResultRow).where(ResultRow.specimen_id == row.id)
    return list(session.exec(query.order_by(col(ResultRow.number))))


def signatures_of(session: Session, row: SpecimenRow) -> list[SignatureRow]:
    """Return all signatures of a specimen, the first first."""
    query = select(SignatureRow).where(SignatureRow.specimen_id == row.id)
    return list(
        session.exec(query.order_by(col(SignatureRow.result_number), col(SignatureRow.place)))
    )


def reading_of(session: Session, row: SpecimenRow, number: int) -> tuple[ReadSpecimen, ReadingRow]:
    """Return a reading of a specimen, with its row."""
    query = select(ReadingRow).where(ReadingRow.specimen_id == row.id, ReadingRow.number == number)
    found = session.exec(query).one()
    return reading_from_text(found.content), found
