"""The table of cells: records to Parquet, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path

import pandas as pd

from anascope.cohorts._changes import table_file_findings
from anascope.cohorts.sources import CELL_COLUMNS, MEASURED_COLUMNS
from anascope.errors import InputError
from anascope.own_tables import Column, read_parquet
from anascope.records import CellRecord
from anascope.words import chromatin_named, phase_named

_COLUMNS = (*CELL_COLUMNS, *MEASURED_COLUMNS)
_NEEDED = {
    "field": Column.TEXT,
    "cell": Column.TEXT,
    "kind": Column.TEXT,
    **dict.fromkeys(("min_y", "min_x", "max_y", "max_x"), Column.WHOLE),
}
_LABELS = dict.fromkeys(("pattern", "intensity"), Column.TEXT)
_WORDS: dict[str, Callable[[str], str]] = {"phase": phase_named, "chromatin": chromatin_named}
"""Columns that may be missing, and what their words are looked up by."""


def table_from_cells(cells: Sequence[CellRecord]) -> pd.DataFrame:
    """Return the cells as a table, without the measurements that the source says of no cell."""
    table = pd.DataFrame(map(attrgetter(*_COLUMNS), cells), columns=list(_COLUMNS))
    unsaid = [name for name in MEASURED_COLUMNS if table[name].isna().all()]
    return table.drop(columns=unsaid)


def read_cells(path: Path, known: str | None) -> pd.DataFrame:
    """Return the table of cells of a cohort.

    Args:
        path: The table.
        known: SHA-256 of the file that the import wrote; None if it did not say.

    Raises:
        InputError: if the file is another, or no such table.
    """
    if known is not None:
        for finding in table_file_findings(path, known):
            raise finding.as_error()
    table = read_parquet(path, _NEEDED, may_be_missing=_LABELS)
    for column, named in _WORDS.items():
        if column in table.columns:
            _check_words(f"{path}, column {column}", table[column], named)
    return table


class CellsByField:
    """The cells of a cohort, found by their field.

    Args:
        table: Of a cohort; None if it has none.
    """

    def __init__(self, table: pd.DataFrame | None) -> None:
        self._columns = [name for name in _COLUMNS if table is not None and name in table.columns]
        self._rows = pd.DataFrame()
        self._places = {}
        if table is not None:
            rows = table[self._columns]
            self._rows = rows.astype(object).where(rows.notna(), None)
            self._places = rows.groupby("field", sort=False).indices

    def of(self, field: str) -> tuple[CellRecord, ...]:
        """Return the cells of a field in the order of the table."""
        if field not in self._places:
            return ()
        rows = self._rows.iloc[self._places[field]].itertuples(index=False)
        return tuple(CellRecord(**dict(zip(self._columns, row, strict=True))) for row in rows)


def _check_words(where: str, values: pd.Series, named: Callable[[str], str]) -> None:
    for value in values.dropna().unique():
        try:
            known = isinstance(value, str) and named(value) == value
        except InputError as error:
            raise InputError(where, error.found, error.expected) from None
        if not known:
            raise InputError(where, f"'{value}'", "a word as the import writes it")
