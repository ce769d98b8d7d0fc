"""The table of cells, read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from anascope.cohorts._changes import table_file_findings
from anascope.own_tables import Column, read_parquet

_NEEDED = {
    "field": Column.TEXT,
    "cell": Column.TEXT,
    "kind": Column.TEXT,
    **dict.fromkeys(("min_y", "min_x", "max_y", "max_x"), Column.WHOLE),
}
_LABELS = dict.fromkeys(("pattern", "intensity"), Column.TEXT)


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
    return read_parquet(path, _NEEDED, may_be_missing=_LABELS)
