"""What tested pictures say together of the estimate of the pixel size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from anascope.reading.scale import LARGEST_ERROR
from benchmarks.accuracy._shared import interval

FEWEST_CELLS = 5
"""Cells that must be found with the size known: with fewer, an evaluable picture is flagged."""
NEAR = 0.3
"""Relative error up to which an estimate is near."""


def summary(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what rows say, a picture each.

    Shares are means over fields with their 95% intervals. What no estimate is given of is counted
    as not near, whether it would be or not.
    """
    off = rows["error"].abs()
    given = rows["said_error"] <= LARGEST_ERROR
    found: dict[str, Any] = {
        "pictures": len(rows),
        "median_error": float(off.median()),
        "bias": float(rows["error"].median()),
        "within_30_percent": _by_field(rows, given & (off <= NEAR)),
        "without_an_estimate": float((~given).mean()),
        "given": _given(rows[given]) if given.any() else None,
        # How often a size that is said, right or wrong by that much, is said to be wrong.
        "contradicted": {
            str(name).removeprefix("contradicts_"): float(values.fillna(False).astype(bool).mean())
            for name, values in rows.filter(like="contradicts_").items()
        },
    }
    read = rows[given & (rows["cells"] >= FEWEST_CELLS)]
    if len(read):
        found["read"] = _read(read)
    return found


def grouped(rows: pd.DataFrame, *names: str) -> dict[str, Any]:
    """Return a summary of each group."""
    return {
        ", ".join(str(value) for value in key): summary(group)
        for key, group in rows.groupby(list(names))
    }


def _given(rows: pd.DataFrame) -> dict[str, Any]:
    """Return how far off estimates are that are given, and whether their errors say so."""
    off = np.log2(rows["error"] + 1).abs() / np.log2(rows["said_error"] + 1)
    return {
        "median_error": float(rows["error"].abs().median()),
        "within_30_percent": _by_field(rows, rows["error"].abs() <= NEAR),
        "within_two_said_errors": float((off <= 2).mean()),
        "median_said_error": float(rows["said_error"].median()),
    }


def _read(rows: pd.DataFrame) -> dict[str, Any]:
    # A size that is said is compared with an estimate, too: without that is what reading costs.
    seconds = 1 + rows["estimate_seconds"] / (rows["read_seconds"] - rows["estimate_seconds"])
    return {
        "pictures": len(rows),
        "same_name": _by_field(rows, rows["same_name"]),
        "same_likeliest": _by_field(rows, rows["same_likeliest"]),
        "median_cost": float(seconds.median()),
        "largest_cost": float(seconds.max()),
    }


def _by_field(rows: pd.DataFrame, values: pd.Series[Any]) -> dict[str, float]:
    return interval(values.astype(float).groupby([rows["source"], rows["number"]]).mean())
