"""What describes a cohort beside its pixels: the files of its folder, and ``cohort.json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from anascope.files import sha256_of, to_json
from anascope.records import FieldRecord
from anascope.settings import Description

FIELDS = "fields.parquet"
CELLS = "cells.parquet"
IMAGES = "images"
_CONTENT = ("field", "patient", "specimen", "pattern", "intensity", "pixels_sha256", "mask_sha256")


class CohortInfo(Description):
    """What ``cohort.json`` says.

    Attributes:
        name: Name of the cohort.
        source: Where it was imported from.
        source_format: The importer that read it.
        fingerprint: SHA-256 of the content (see :func:`fingerprint_of`).
        counts: Numbers of fields, patients and so on.
        left_out: One line for each item that the import left out.
        written_by: Version of anascope that wrote it.
        warnings: One line for each thing that the import took in but somebody should look at.
        tables_sha256: SHA-256 of the files of the tables, by name; None where an earlier version
            wrote the cohort.
        format: Always ``anascope-cohort``.
        version: Version of the folder's layout.
    """

    name: str
    source: str
    source_format: str
    fingerprint: str
    counts: dict[str, Any]
    left_out: list[str]
    written_by: str
    warnings: list[str] = Field(default_factory=list)
    tables_sha256: dict[str, str] | None = None
    format: Literal["anascope-cohort"] = "anascope-cohort"
    version: Literal[1] = 1


def fingerprint_of(records: Sequence[FieldRecord]) -> str:
    """Return the SHA-256 of everything that training on these fields could depend on.

    That is, per field in the order of names: name, patient, specimen, labels, and the hashes
    of pixels and mask. Where and how they are stored does not matter.
    """
    content = [
        {key: getattr(record, key) for key in _CONTENT}
        for record in sorted(records, key=lambda record: record.field)
    ]
    return sha256_of(to_json(content).encode())
