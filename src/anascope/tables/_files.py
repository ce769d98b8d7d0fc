"""Files of tables into rows of text: CSV, Excel, Parquet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from anascope.csv_text import without_mark
from anascope.errors import InputError
from anascope.extras import needed
from anascope.regular_files import read_regular
from anascope.tables._parquet import check_parquet
from anascope.tables._sizes import EXPECTED
from anascope.tables._workbook import workbook_rows

TEXT_SUFFIXES = frozenset({".csv", ".tsv"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xls"})
"""Endings under which tables are looked for; a file that is named may have any."""

_MOST_BYTES = 200_000_000

_DELIMITERS = (",", ";", "\t", "|")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls
_INDEX = re.compile(r"__index_level_\d+__")  # how pandas stores the index of a table

Lines = list[tuple[int, list[str]]]


def read_cells(path: Path, where: str, wanted: set[str]) -> Lines:
    """Return the rows of a table that are not blank, the header first, each with its number.

    Args:
        path: The file.
        where: What to name in messages.
        wanted: Columns (lower case) that the table may have: they tell what separates cells.

    Returns:
        Numbers of rows, from 1, and the text of their cells, without blanks around it.

    Raises:
        InputError: if the file cannot be read, or claims to be larger than any table of images.
    """
    content = read_regular(path, where, EXPECTED, most=_MOST_BYTES)
    if content.startswith(_WORKBOOKS):
        return _numbered(workbook_rows(content, where))
    if content.startswith(b"PAR1"):
        return _numbered(_parquet_rows(content, where))
    return _text_lines(content, where, wanted)


def _numbered(rows: Iterable[Iterable[Any]]) -> Lines:
    texts = ([_as_text(value) for value in row] for row in rows)
    return [(number, row) for number, row in enumerate(texts, start=1) if any(row)]


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _text_lines(content: bytes, where: str, wanted: set[str]) -> Lines:
    text = _decoded(content)
    if "\0" in text:
        raise InputError(where, "no text", EXPECTED)
    # Some tables end their lines in a lone carriage return.
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text, wanted))
    try:
        lines = [
            (reader.line_num, [without_mark(cell.strip()).strip() for cell in cells])
            for cells in reader
        ]
    except csv.Error as error:
        raise InputError(f"{where}, row {reader.line_num}", str(error), "a CSV table") from None
    return [(number, cells) for number, cells in lines if any(cells)]


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str, wanted: set[str]) -> str:
    """Return the delimiter that finds most of the wanted columns in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def columns_known(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"').lower() for name in first.split(delimiter)]
        return len(wanted & set(names)), len(names)

    return max(_DELIMITERS, key=columns_known)


def _parquet_rows(content: bytes, where: str) -> list[list[Any]]:
    _, pd = (
        needed(
            library,
            where,
            extra="parquet",
            found=f"a Parquet table, and {library} is not installed",
            otherwise="the table as CSV",
        )
        for library in ("pyarrow", "pandas")
    )
    try:
        check_parquet(content, where)
        table = pd.read_parquet(io.BytesIO(content), dtype_backend="numpy_nullable")
        table = table[[name for name in table.columns if not _INDEX.fullmatch(str(name))]]
        plain = table.astype(object).where(table.notna(), None)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged file makes of its reader
        raise InputError(where, f"cannot be read ({error})", "a Parquet table") from None
    return [list(table.columns), *map(list, plain.itertuples(index=False, name=None))]
