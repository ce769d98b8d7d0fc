"""What describes a cohort beside its pixels: the files of its folder, and ``cohort.json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from anascope.files import sha256_of, to_json
from anascope.records import FieldRecord
from anascope.settings import Description

FIELDS = "fields.parquet"
CELLS = "cells.parquet"
IMAGES = "images"
_CONTENT = ("field", "patient", "specimen", "pattern", "intensity", "pixels_sha256", "mask_sha256")
_LATER_CONTENT = ("instances_sha256", "other_patterns")  # not in what says nothing of them
_CELL_CONTENT = ("field", "cell", "kind", "phase", "chromatin")


class CohortInfo(Description):
    """The content of ``cohort.json``.

    Attributes:
        name: Name of the cohort.
        source: The source from which it was imported.
        source_format: The importer that read it.
        fingerprint: SHA-256 of the content (see :func:`fingerprint_of`).
        counts: Numbers of fields, patients and so on.
        left_out: One line for each item that the import left out.
        written_by: Version of anascope that wrote it.
        warnings: One line for each thing that the import accepted but that somebody should look at.
        tables_sha256: SHA-256 of the files of the tables, by name; None where an earlier version
            wrote the cohort.
        cells_sha256: SHA-256 of the statements in the table of cells (see :func:`cells_hash`); None
            if there is no such table, or an earlier version wrote the cohort.
        instances_hashed: Whether the table of fields has hashes of single cells; not where an
            earlier version wrote the cohort.
        gap: Number of fields that folds leave out by default on each side of a border between two
            specimens, because borders are only approximate if specimens are recovered, not
            published.
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
    cells_sha256: str | None = None
    instances_hashed: bool = False
    gap: int = Field(default=0, ge=0)
    format: Literal["anascope-cohort"] = "anascope-cohort"
    version: Literal[1] = 1


def fingerprint_of(records: Sequence[FieldRecord], cells_sha256: str | None = None) -> str:
    """Return the SHA-256 of everything that training on these fields could depend on.

    That is, per field in the order of names: name, patient, specimen, labels, and the hashes
    of pixels, mask and single cells, and what is said of the cells. Where and how they are stored
    does not matter. A cohort of sera with one pattern each in which nobody told or described cells
    has the fingerprint that earlier versions gave it.

    Args:
        records: The fields.
        cells_sha256: What :func:`cells_hash` returned for the table of cells, if there is one.
    """
    content: list[dict[str, str | None]] = []
    for record in sorted(records, key=lambda record: record.field):
        values = {key: getattr(record, key) for key in _CONTENT}
        for key in _LATER_CONTENT:
            if getattr(record, key) is not None:
                values[key] = getattr(record, key)
        content.append(values)
    if cells_sha256 is not None:
        content.append({"cells_sha256": cells_sha256})
    return sha256_of(to_json(content).encode())


def cells_hash(cells: pd.DataFrame) -> str:
    """Return the SHA-256 of what a table of cells says that training could depend on.

    That is, per cell in the order of fields and cells: both names, its kind, phase and chromatin.
    """
    rows = cells.reindex(columns=list(_CELL_CONTENT)).astype(object)
    content = rows.where(rows.notna(), None).to_numpy().tolist()
    content.sort(key=lambda row: row[:2])
    return sha256_of(to_json(content).encode())
