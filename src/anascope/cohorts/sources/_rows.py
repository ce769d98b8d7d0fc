"""Tables as text: CSV with commas, semicolons or tabs, and Parquet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.errors import InputError, did_you_mean

PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})
_DELIMITERS = (",", ";", "\t")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_INDEX = re.compile(r"__index_level_\d+__")  # how pandas stores the index of a table


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        where: The file and the row, for messages. A header counts as row 1.
        values: Text by column (lower case), without blanks around it; empty if nothing is said.
    """

    where: str
    values: dict[str, str]

    def __getitem__(self, column: str) -> str | None:
        """Return what the row says in ``column``, or None if it, or the table, says nothing."""
        return self.values.get(column) or None


def read_rows(
    path: Path,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    other_columns: bool = False,
) -> list[Row | InputError]:
    """Return the rows of a table, each with the text of the columns asked for.

    Names of columns are compared without case and without blanks around them. Numbers become
    text without a fraction that says nothing: 7.0 in a column of numbers is "7".

    Args:
        path: A CSV file (comma, semicolon or tab; UTF-8, UTF-16 or Latin-1; any line ends) or
            a Parquet file.
        required: Columns (lower case) that must be there.
        optional: Columns (lower case) that may be there.
        other_columns: Whether to pass over columns of other names instead of refusing them.

    Returns:
        The rows that are not blank, in order; an error in place of one of another length.

    Raises:
        InputError: if the file cannot be read, or its columns are not the ones asked for.
    """
    if path.suffix.lower() in PARQUET_SUFFIXES:
        header, lines = _read_parquet(path)
    else:
        header, lines = _read_text(path, {*required, *optional})
    columns = _columns(path, header, required, optional, other_columns)
    return [_row(path, number, cells, columns, len(header)) for number, cells in lines]


def _row(
    path: Path, number: int, cells: list[str], columns: dict[str, int], expected: int
) -> Row | InputError:
    where = f"{path}, row {number}"
    if len(cells) < expected or any(cells[expected:]):
        return InputError(where, f"{len(cells)} cells", f"{expected}, as the header has")
    return Row(where, {name: cells[place] for name, place in columns.items()})


def _columns(
    path: Path,
    header: list[str],
    required: Sequence[str],
    optional: Sequence[str],
    other_columns: bool,
) -> dict[str, int]:
    """Return the place of each wanted column."""
    wanted = (*required, *optional)
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        if name not in wanted:
            if other_columns:
                continue
            found = f"unknown column '{name}'" if name else "a column without a name"
            raise InputError(path, found, did_you_mean(name, wanted))
        if name in places:
            raise InputError(path, f"two columns '{name}'", "each column once")
        places[name] = place
    missing = [name for name in required if name not in places]
    if missing:
        raise InputError(
            path,
            f"columns {', '.join(filter(None, header)) or 'of no name'}",
            f"also a column {', '.join(missing)}",
        )
    return places


def _read_text(path: Path, wanted: set[str]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    text = _text_of(path)
    delimiter = _delimiter(text, wanted)
    lines = []
    # Some tables end their lines in a lone carriage return.
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                lines.append((reader.line_num, stripped))
    except csv.Error as error:
        raise InputError(f"{path}, row {reader.line_num}", str(error), "a CSV table") from None
    if not lines:
        raise InputError(path, "an empty table", f"columns {', '.join(sorted(wanted))}")
    (_, header), *rows = lines
    while header and not header[-1]:  # spreadsheets leave delimiters at the ends of lines
        header.pop()
    return [name.lower() for name in header], iter(rows)


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "a table") from None
    if content.startswith(_UTF16):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise InputError(path, "no text", "a table saved as CSV or Parquet")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _delimiter(text: str, wanted: set[str]) -> str:
    """Return the delimiter that finds most of the wanted columns in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def known(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"').lower() for name in first.split(delimiter)]
        return len(wanted & set(names)), len(names)

    return max(_DELIMITERS, key=known)


def _read_parquet(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    try:
        table = pd.read_parquet(path, dtype_backend="numpy_nullable")
    except (OSError, ValueError) as error:
        raise InputError(path, f"cannot be read ({error})", "a Parquet table") from None
    names = [name for name in table.columns if not _INDEX.fullmatch(str(name))]
    plain = table[names].astype(object)
    rows = ([_as_text(value) for value in row] for row in plain.itertuples(index=False, name=None))
    lines = ((number, row) for number, row in enumerate(rows, start=2) if any(row))
    return [str(name).strip().lower() for name in names], lines


def _as_text(value: Any) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
