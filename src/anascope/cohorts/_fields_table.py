"""The table of fields: records to Parquet and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from anascope.errors import InputError
from anascope.files import replacing
from anascope.own_tables import arrow_table
from anascope.records import FieldRecord, Window

OTHER_PATTERNS = "other_patterns"
"""The column, of fields and of cells, of what a serum shows beside its main pattern."""


def _always(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


_WINDOW = [_always(name, pa.int32()) for name in ("y", "x", "height", "width")]
_SCHEMA = pa.schema(
    [
        _always("field", pa.large_string()),
        pa.field("patient", pa.large_string()),
        pa.field("specimen", pa.large_string()),
        pa.field("pattern", pa.large_string()),
        pa.field("intensity", pa.large_string()),
        _always("image", pa.large_string()),
        _always("has_mask", pa.bool_()),
        pa.field("pixel_size_um", pa.float64()),
        _always("full_scale", pa.int32()),
        _always("source_image", pa.large_string()),
        pa.field("source_mask", pa.large_string()),
        _always("pixels_sha256", pa.large_string()),
        pa.field("mask_sha256", pa.large_string()),
        pa.field("instances_sha256", pa.large_string()),
        pa.field(OTHER_PATTERNS, pa.large_string()),
        *_WINDOW,
    ]
)
"""Columns are the attributes of :class:`FieldRecord`, windows spread; null is "not said"."""
_LATER = ("instances_sha256", OTHER_PATTERNS)
"""Columns that tables of earlier versions lack."""


def table_from_records(records: Sequence[FieldRecord]) -> pd.DataFrame:
    """Return the records as a table, windows spread into columns y, x, height, width."""
    return pd.DataFrame(map(_row, records), columns=_SCHEMA.names)


def write_fields(path: Path, records: Sequence[FieldRecord]) -> None:
    """Write the records as a Parquet table of the columns of :func:`table_from_records`."""
    table = pa.Table.from_pylist([_row(record) for record in records], _SCHEMA)
    with replacing(path) as temporary:
        parquet.write_table(table, temporary)


def read_fields(path: Path) -> list[FieldRecord]:
    """Return the records that :func:`write_fields` wrote.

    Raises:
        InputError: if ``path`` is not such a table.
    """
    table = arrow_table(path, [name for name in _SCHEMA.names if name not in _LATER])
    for name in _LATER:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(len(table), pa.large_string()))
    try:
        rows = table.select(_SCHEMA.names).cast(_SCHEMA).to_pylist()
    except Exception as error:  # whatever pyarrow makes of values and types that do not fit
        raise InputError(path, f"a bad value ({error})", "a table as the import wrote it") from None
    return [_record(row) for row in rows]


def has_column(path: Path, name: str) -> bool:
    """Tell whether ``path`` is a Parquet table with a column of that name."""
    try:
        return path.is_file() and name in parquet.read_schema(path).names
    except Exception:  # whatever a damaged file makes of pyarrow; who reads it is told
        return False


def _row(record: FieldRecord) -> dict[str, Any]:
    row = asdict(record)
    row.update(row.pop("window"))
    return row


def _record(row: dict[str, Any]) -> FieldRecord:
    window = Window(*(row.pop(side.name) for side in _WINDOW))
    return FieldRecord(window=window, **row)
