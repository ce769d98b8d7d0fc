"""A table: what its columns and cells hold, before anybody writes it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from anascope.metrics import Interval

Cell = str | int | float | Interval | None

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Table:
    """A table of a report; rows are led by their first cell.

    Attributes:
        name: Names its file and its place in the report: letters, digits, ``.``, ``_``, ``-``.
        title: What it shows, in a line; plain text.
        columns: Heads of the columns, each another; plain text.
        rows: One cell a column. None and NaN mean that there is no value.
        note: Stands below: how it was counted. May hold ``code`` and **bold**.
        digits: Decimals of numbers that are not whole; one for all, or one a column.
        summary: How many of the last rows sum up the others; they are set apart.

    Raises:
        ValueError: if name, rows, digits or summary do not fit together.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    digits: int | tuple[int, ...] = 3
    summary: int = 0

    def __post_init__(self) -> None:
        check_name(self.name)
        if not self.columns or len(set(self.columns)) < len(self.columns):
            raise ValueError(f"table {self.name}: columns need names of their own")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.name}, row {number}: {len(row)} cells, "
                    f"{len(self.columns)} columns"
                )
        if isinstance(self.digits, tuple) and len(self.digits) != len(self.columns):
            raise ValueError(f"table {self.name}: digits for {len(self.digits)} columns")
        if not 0 <= self.summary <= len(self.rows):
            raise ValueError(f"table {self.name}: {self.summary} summary rows")

    def digits_of(self, column: int) -> int:
        """Return the decimals of one column, by its index."""
        return self.digits[column] if isinstance(self.digits, tuple) else self.digits

    def cells(self, column: int) -> list[Cell]:
        """Return what stands in one column, by its index."""
        return [row[column] for row in self.rows]

    def is_numeric(self, column: int) -> bool:
        """Whether a column holds numbers or intervals, and nothing else but missing cells."""
        present = [cell for cell in self.cells(column) if not is_missing(cell)]
        return bool(present) and not any(isinstance(cell, str) for cell in present)

    def has_intervals(self, column: int) -> bool:
        """Whether a column holds an interval."""
        return any(isinstance(cell, Interval) for cell in self.cells(column))


def is_missing(cell: Cell) -> bool:
    """Whether there is nothing to tell: None, NaN, or an interval around NaN."""
    value = cell.estimate if isinstance(cell, Interval) else cell
    return value is None or (not isinstance(value, str) and math.isnan(value))


def check_name(name: str) -> None:
    """Refuse what cannot name a file and a place in a page.

    Raises:
        ValueError: if ``name`` is not made of letters, digits, ``.``, ``_`` and ``-``.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"'{name}' is no name: letters, digits, '.', '_' and '-' are")
