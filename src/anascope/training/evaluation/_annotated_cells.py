"""The annotated cells of a field."""

from __future__ import annotations

import pandas as pd

from anascope.cohorts import Cohort
from anascope.records import FieldRecord


def annotated(cohort: Cohort, record: FieldRecord) -> pd.DataFrame:
    """Return the cells of a field, including mitotic ones, without artefacts."""
    table = cohort.cells()
    if table is None:
        raise ValueError(f"{cohort.path} has no table of cells")
    cells = table[(table["field"] == record.field) & table["kind"].isin(["cell", "mitotic_cell"])]
    return cells.reset_index(drop=True)
