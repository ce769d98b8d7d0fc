"""From patches to fields to specimens: what belongs together is decided together."""

from __future__ import annotations

import pandas as pd

_COUNTS = ("tp", "fp", "fn", "tn")


def to_fields(patches: pd.DataFrame) -> pd.DataFrame:
    """Return one row a field: mean probabilities, summed counts, first labels.

    Args:
        patches: One row a patch, with ``field``, ``specimen``, ``patient``, ``pattern``,
            ``intensity``, counts ``tp fp fn tn`` and probabilities ``p_*``.
    """
    return _together(patches, "field")


def to_specimens(fields: pd.DataFrame) -> pd.DataFrame:
    """Return one row a specimen: mean probabilities over its fields, summed counts, labels."""
    return _together(fields, "specimen")


def _together(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    kept = [
        column
        for column in ("field", "specimen", "patient", "pattern", "intensity")
        if column != unit and not (unit == "specimen" and column == "field")
    ]
    probabilities = [column for column in table.columns if str(column).startswith("p_")]
    rules = (
        dict.fromkeys(kept, "first")
        | dict.fromkeys(_COUNTS, "sum")
        | dict.fromkeys(probabilities, "mean")
    )
    return table.groupby(unit, sort=True, as_index=False).agg(rules)
