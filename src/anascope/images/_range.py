"""The range of a field's signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DARK, BRIGHT = 5.0, 99.5
"""Percentiles of a field that stand for its range of signal."""


def signal_range(signal: NDArray[np.uint8] | NDArray[np.float16]) -> NDArray[np.float64]:
    """Return the 5th and the 99.5th percentile of a field as :func:`at_scale` gives it.

    They are linear between neighbours in rank, as in ``numpy.percentile``. 8-bit fields are
    counted level by level, which gives the same numbers in a quarter of the time.

    Args:
        signal: Axes (y, x); uint8 of which 255 counts as 1, or 0 to 1.

    Returns:
        Two numbers of 0 to 1.
    """
    if signal.dtype != np.uint8:
        percentiles: NDArray[np.float64] = np.percentile(signal.astype(np.float32), (DARK, BRIGHT))
        return percentiles
    ranked = np.cumsum(np.bincount(signal.ravel(), minlength=256))
    last = signal.size - 1
    return np.array([_level(ranked, last, percent) for percent in (DARK, BRIGHT)])


def _level(ranked: NDArray[np.intp], last: int, percent: float) -> float:
    """Return a percentile from how many pixels are at each level or under it."""
    position = last * (percent / 100)
    below = int(position)
    low, high = (
        np.float32(np.searchsorted(ranked, min(rank, last), side="right")) / np.float32(255)
        for rank in (below, below + 1)
    )
    share = position - below
    step = float(high - low)
    return float(low) + step * share if share < 0.5 else float(high) - step * (1 - share)
