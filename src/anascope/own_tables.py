"""Tables that anascope wrote and reads back: what is damaged is named in a line."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import compute, parquet

from anascope.errors import InputError
from anascope.regular_files import read_regular

_PARQUET, _CSV = "a Parquet table", "a CSV table"
_MOST_BYTES = 8 * 2**30


class Column(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBERS = "numbers"
    WHOLE = "whole numbers"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file of ours.

    Raises:
        InputError: if there is no such file, or it cannot be read.
    """
    return hashlib.sha256(_content(path, "a file")).hexdigest()


def check_sha256(path: Path, known: str) -> None:
    """Check that a file is the one that was written.

    Raises:
        InputError: if it is missing, or its SHA-256 is not ``known``.
    """
    if file_sha256(path) != known:
        raise InputError(path, "a file that was changed", "the file as it was written")


def arrow_table(path: Path, needed: Sequence[str]) -> pa.Table:
    """Return the Parquet table ``path``, every column of which stands there once.

    Raises:
        InputError: if it is none, or a column of ``needed`` is missing.
    """
    content = _content(path, _PARQUET)
    try:
        table = parquet.read_table(pa.BufferReader(content))
        table.validate(full=True)
    except Exception as error:  # whatever a damaged file makes of pyarrow
        raise InputError(path, f"cannot be read ({error})", _PARQUET) from None
    _check_names(path, table.column_names, needed)
    return table


def read_parquet(
    path: Path, needed: Mapping[str, Column], *, may_be_missing: Mapping[str, Column] | None = None
) -> pd.DataFrame:
    """Return a Parquet table, every row of which says what it must.

    Args:
        path: The table.
        needed: Columns that must be there, with a value in every row.
        may_be_missing: Columns that must be there, in which values may be missing.

    Raises:
        InputError: if it is no Parquet table, or a column is missing, of another kind, or lacks a
            value that it must have.
    """
    optional = dict(may_be_missing or {})
    table = arrow_table(path, [*needed, *optional])
    for name, kind in {**needed, **optional}.items():
        _check_column(path, name, table.column(name), kind, whole=name in needed)
    try:
        frame: pd.DataFrame = pd.read_parquet(io.BytesIO(_content(path, _PARQUET)))
    except Exception as error:  # what a file says of indices and types for pandas may be damaged
        raise InputError(path, f"cannot be read ({error})", _PARQUET) from None
    _check_names(path, list(map(str, frame.columns)), [*needed, *optional])
    return frame


def read_csv(path: Path, needed: Sequence[str]) -> pd.DataFrame:
    """Return a CSV table of numbers.

    Args:
        path: The table.
        needed: Columns that must be there.

    Raises:
        InputError: if it is none, has no rows, or something in it is no number; a number may be
            missing.
    """
    content = _content(path, _CSV)
    try:
        # Ends of lines in names and of files are those of the writer: nothing is guessed.
        table = pd.read_csv(io.BytesIO(content))
    except Exception as error:  # pandas raises many kinds
        raise InputError(path, f"cannot be read ({error})", _CSV) from None
    _check_names(path, list(map(str, table.columns)), needed)
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name]) or table[name].dtype == bool:
            raise InputError(f"{path}, column {name}", "something else", Column.NUMBERS.value)
    if table.empty:
        raise InputError(path, "no rows", "at least one")
    return table


def _content(path: Path, expected: str) -> bytes:
    return read_regular(path, str(path), expected, most=_MOST_BYTES)


def _check_names(path: Path, names: Sequence[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        expected = f"columns {', '.join(needed)}"
        raise InputError(path, f"no column {', '.join(missing)}", expected)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(path, f"column {twice[0]} twice", "every column once")


def _check_column(
    path: Path, name: str, column: pa.ChunkedArray, kind: Column, *, whole: bool
) -> None:
    where = f"{path}, column {name}"
    value_type = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not _IS[kind](value_type) and not (pa.types.is_null(value_type) and not whole):
        raise InputError(where, f"values of type {value_type}", kind.value)
    if not whole:
        return
    missing = column.null_count
    if pa.types.is_floating(value_type):
        missing += compute.sum(compute.is_nan(column)).as_py() or 0
    if missing:
        raise InputError(where, f"no value in {missing} of {len(column)} rows", kind.value)


_IS = {
    Column.TEXT: lambda kind: (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    ),
    Column.NUMBERS: lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind),
    Column.WHOLE: pa.types.is_integer,
}
