"""Bootstrap over units: patients are drawn again with replacement, with all that is theirs.

Patches of one field and fields of one patient are alike; drawing them one by one would make
intervals too narrow. So the patient is what is drawn (the cluster bootstrap; Davison and
Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).

Every measure here is a function of sums over patients, so a resample is a vector of how often
each patient was drawn, and the sums of all resamples are one matrix product. Two trainings
that were tested on the same patients are compared on the same resamples, which is what makes
the comparison paired.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.metrics._interval import Interval

Floats = NDArray[np.float64]
Value = Callable[[Floats], Floats]
"""A measure as a function of sums: from ``(..., m)`` to ``(...)``; NaN where undefined."""

RESAMPLES = 2000
LEVEL = 0.95
SEED = 12357
_CELLS = 20_000_000  # numbers held at once


class Bootstrap:
    """Resamples of a number of units.

    Args:
        units: How many there are.
        resamples: How often they are drawn again.
        level: Of the intervals, in (0, 1); they are percentile intervals.
        seed: Of the draws.
    """

    def __init__(
        self, units: int, *, resamples: int = RESAMPLES, level: float = LEVEL, seed: int = SEED
    ) -> None:
        if units < 1:
            raise ValueError(f"units must be at least 1; found {units}")
        draws = np.random.default_rng(seed).integers(0, units, (resamples, units))
        self._counts = np.zeros((resamples, units), np.float64)
        np.add.at(self._counts, (np.arange(resamples)[:, np.newaxis], draws), 1.0)
        self._level = level
        self.units = units

    def distribution(self, sums: Floats, value: Value) -> Floats:
        """Return the measure of every resample, shape ``(resamples,)``.

        Args:
            sums: What each unit adds, shape ``(units, m)``.
            value: The measure.
        """
        if len(sums) != self.units:
            raise ValueError(f"sums must be ({self.units}, m); found {sums.shape}")
        at_once = max(1, _CELLS // max(1, sums.shape[1]))
        parts = [
            value(self._counts[start : start + at_once] @ sums)
            for start in range(0, len(self._counts), at_once)
        ]
        return np.concatenate(parts)

    def interval(self, sums: Floats, value: Value) -> Interval:
        """Return the measure of all units with its interval."""
        return self._interval(float(value(sums.sum(axis=0))), self.distribution(sums, value))

    def from_distribution(self, estimate: float, distribution: Floats) -> Interval:
        """Return an estimate with the interval of a distribution that was put together.

        For differences and means of measures: subtract or average what :meth:`distribution`
        gives, and the estimates likewise.
        """
        return self._interval(estimate, distribution)

    def _interval(self, estimate: float, distribution: NDArray[Any]) -> Interval:
        known = distribution[~np.isnan(distribution)]
        if np.isnan(estimate) or known.size == 0:
            return Interval(float("nan"), float("nan"), float("nan"))
        tail = (1 - self._level) / 2
        low, high = np.quantile(known, (tail, 1 - tail))
        return Interval(estimate, float(low), float(high))
