"""Findings about what is no longer as the import wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from anascope.cohorts.sources import Finding, Kind, Severity
from anascope.errors import InputError
from anascope.own_tables import file_sha256
from anascope.records import FieldRecord

IMPORTED = "what the import wrote"


def changed(where: str | Path, found: str, expected: str = IMPORTED) -> Finding:
    """Return the finding that something was changed since the import."""
    return Finding(Kind.CHANGED, Severity.ERROR, str(where), found, expected)


def other_pixels(record: FieldRecord) -> Finding:
    """Return the finding that the pixels of a field are others."""
    return changed(named(record), "other pixels than those that were imported")


def other_mask(record: FieldRecord) -> Finding:
    """Return the finding that the mask of a field is another."""
    return changed(f"{named(record)}, mask", "another mask than the one that was imported")


def other_instances(record: FieldRecord) -> Finding:
    """Return the finding that the single cells of a field are others."""
    return changed(f"{named(record)}, instances", "other cells than those that were imported")


def named(record: FieldRecord) -> str:
    """Return how findings call a field."""
    return f"field '{record.field}' (image {record.image})"


def table_file_findings(path: Path, known: str | None) -> Iterator[Finding]:
    """Yield a finding if a file is not the one whose SHA-256 is ``known``, or is not there."""
    try:
        if file_sha256(path) != known:
            yield changed(path, "another table than the one that was imported")
    except InputError as error:
        yield Finding.of(error, Kind.CHANGED)
