"""The table of fields: records to Parquet and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.errors import InputError
from anascope.records import FieldRecord, Window

_RECORD = tuple(field.name for field in fields(FieldRecord) if field.name != "window")
_WINDOW = tuple(field.name for field in fields(Window))
# Stated, because a column in which nothing is said would otherwise have no type at all.
_TYPES = (
    dict.fromkeys(_RECORD, "string")
    | {"has_mask": "bool", "pixel_size_um": "float64", "full_scale": "int32"}
    | dict.fromkeys(_WINDOW, "int32")
)
_MAY_BE_MISSING = {
    "patient",
    "specimen",
    "pattern",
    "intensity",
    "pixel_size_um",
    "source_mask",
    "mask_sha256",
}


def table_from_records(records: Sequence[FieldRecord]) -> pd.DataFrame:
    """Return the records as a table, windows spread into columns y, x, height, width."""
    return pd.DataFrame([_row(record) for record in records], columns=[*_RECORD, *_WINDOW])


def write_fields(path: Path, records: Sequence[FieldRecord]) -> None:
    """Write the records as a Parquet table of the columns of :func:`table_from_records`."""
    table_from_records(records).astype(_TYPES).to_parquet(path, index=False)


def read_fields(path: Path) -> list[FieldRecord]:
    """Return the records that :func:`write_fields` wrote.

    Raises:
        InputError: if ``path`` is not such a table.
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputError(path, f"cannot be read ({error})", "a Parquet table") from None
    missing = [name for name in (*_RECORD, *_WINDOW) if name not in table.columns]
    if missing:
        raise InputError(path, f"no column {', '.join(missing)}", f"columns {', '.join(_RECORD)}")
    try:
        return records_from_table(table)
    except (TypeError, ValueError) as error:
        raise InputError(path, f"a bad value ({error})", "a table as the import wrote it") from None


def records_from_table(table: pd.DataFrame) -> list[FieldRecord]:
    """Return the records that :func:`table_from_records` spread.

    Raises:
        ValueError: if a value is missing that every field has, or is not of its type.
    """
    plain = table.astype(object).where(table.notna(), None)
    return [_record(row) for row in plain.to_dict("records")]


def _row(record: FieldRecord) -> dict[str, Any]:
    row = asdict(record)
    row.update(row.pop("window"))
    return row


def _record(row: dict[Any, Any]) -> FieldRecord:
    for name in (*_RECORD, *_WINDOW):
        if row[name] is None and name not in _MAY_BE_MISSING:
            raise ValueError(f"no {name} for field '{row['field']}'")
    values: dict[str, Any] = {
        name: None if row[name] is None else str(row[name]) for name in _RECORD
    }
    values["has_mask"] = bool(row["has_mask"])
    values["full_scale"] = int(row["full_scale"])
    if row["pixel_size_um"] is not None:
        values["pixel_size_um"] = float(row["pixel_size_um"])
    return FieldRecord(window=Window(*(int(row[name]) for name in _WINDOW)), **values)
