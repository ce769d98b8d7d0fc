"""The rows of a table, by the names of its columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf, nan
from pathlib import Path
from typing import TypeVar

from anascope.errors import InputError, did_you_mean
from anascope.images import spelled
from anascope.tables._files import read_cells
from anascope.tables._sizes import MOST_COLUMNS, MOST_ROWS

_K = TypeVar("_K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table.

    Attributes:
        where: The file and the row as an editor or a spreadsheet counts it, for messages.
        values: Text by column (lower case), without blanks around it; empty if nothing is said.
    """

    where: str
    values: dict[str, str]

    def __getitem__(self, column: str) -> str | None:
        """Return what the row says in ``column``, or None if it, or the table, says nothing."""
        return self.values.get(column) or None

    def micrometres(self, column: str) -> float | None:
        """Return a length over 0, with a decimal point or comma, or None if nothing is said.

        Raises:
            InputError: if it is no such number.
        """
        text = self[column]
        if text is None:
            return None
        try:
            length = float(text.replace(",", "."))
        except ValueError:
            length = nan
        if not 0 < length < inf:
            found = f"{column} '{spelled(text)}'"
            raise InputError(self.where, found, "micrometres, a number over 0 such as 0.33")
        return length


def read_table(
    path: Path,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    other_columns: bool = False,
) -> list[TableRow | InputError]:
    """Return the rows of a table, each with the text of the requested columns.

    The kind of the file is taken from its content: CSV (comma, semicolon, tab or bar; UTF-8,
    UTF-16 or Windows-1252; any line ends), the first sheet of an Excel workbook, or Parquet. The
    first row that is not blank names the columns; names are compared without case and without
    blanks around them. Numbers become text without a fraction that says nothing: 7.0 in a column
    of numbers is "7". In CSV the mark that keeps a text from being a formula is taken off again
    (:func:`~anascope.csv_text.without_mark`).

    Args:
        path: The file.
        required: Columns (lower case) that must be there.
        optional: Columns (lower case) that may be there.
        other_columns: Whether to pass over columns of other names instead of refusing them.

    Returns:
        The rows that are not blank, in order; an error in place of one of another length.

    Raises:
        InputError: if the file cannot be read, is larger than any table of images, has other
        columns than requested, or has no rows.
    """
    where = spelled(path)
    lines = read_cells(path, where, {*required, *optional})
    if not lines:
        raise InputError(where, "an empty table", f"columns {', '.join((*required, *optional))}")
    (_, header), *rows = lines
    while not header[-1]:  # spreadsheets leave delimiters at the ends of lines
        header.pop()
    if len(rows) > MOST_ROWS or len(header) > MOST_COLUMNS:
        found = f"{len(rows)} rows of {len(header)} columns"
        raise InputError(where, found, f"at most {MOST_ROWS} rows of {MOST_COLUMNS}")
    names = [name.lower() for name in header]
    columns = _columns(where, names, required, optional, other_columns)
    if not rows:
        raise InputError(where, "a header without rows", "a row for each image")
    return [_row(f"{where}, row {number}", cells, columns, len(names)) for number, cells in rows]


def refuse_second(
    first_rows: dict[_K, str], key: _K, where: str, found: str, expected: str
) -> None:
    """Note which row names something, and refuse the second one that does.

    Args:
        first_rows: The first row by key; it is added to.
        key: What the row names.
        where: The row that names it now.
        found: The key in words, for the message.
        expected: What the table should have, for the message.

    Raises:
        InputError: if a row has named it before.
    """
    if key in first_rows:
        raise InputError(where, f"{found} a second time (first in {first_rows[key]})", expected)
    first_rows[key] = where


def _row(
    where: str, cells: list[str], columns: dict[str, int], expected: int
) -> TableRow | InputError:
    if len(cells) < expected or any(cells[expected:]):
        return InputError(where, f"{len(cells)} cells", f"{expected}, as the header has")
    return TableRow(where, {name: cells[index] for name, index in columns.items()})


def _columns(
    where: str,
    header: list[str],
    required: Sequence[str],
    optional: Sequence[str],
    other_columns: bool,
) -> dict[str, int]:
    """Return the index of each wanted column."""
    wanted = (*required, *optional)
    indices: dict[str, int] = {}
    for index, name in enumerate(header):
        if name not in wanted:
            if other_columns:
                continue
            found = f"unknown column '{spelled(name)}'" if name else "a column without a name"
            raise InputError(where, found, did_you_mean(name, wanted))
        if name in indices:
            raise InputError(where, f"two columns '{name}'", "each column once")
        indices[name] = index
    missing = [name for name in required if name not in indices]
    if missing:
        found = f"columns {spelled(', '.join(filter(None, header))) or 'of no name'}"
        raise InputError(where, found, f"also a column {', '.join(missing)}")
    return indices
