"""Ratios of counts, and means of what is defined."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ratio(part: float, whole: float) -> float:
    """Return ``part / whole``, or NaN if ``whole`` is 0."""
    return float(part) / float(whole) if whole else float("nan")


def ratios(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    """Return ``part / whole`` element by element, NaN where ``whole`` is 0."""
    numerator, denominator = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    quotients = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=quotients, where=denominator != 0)
    return quotients


def mean_of_defined(values: ArrayLike) -> float:
    """Return the mean of the values that are not NaN, or NaN if there is none."""
    array = np.asarray(values, np.float64)
    defined = array[~np.isnan(array)]
    return float(defined.mean()) if defined.size else float("nan")
