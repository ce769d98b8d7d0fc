"""Intervals over patients, from the measure of all patients but one.

Patches of one field and fields of one patient are alike; counting each as a witness of its own
would make intervals too narrow. So a patient is left out with all that is theirs (the jackknife).
Every measure here is a function of sums over patients, so that what is left is the sum of all
less the patient's own.

How far the measure moves gives its variance. From that follows how many patients of plain right
and wrong answers would say as much; the interval is that of Clopper and Pearson for so many
(Korn and Graubard, Survey Methodology 24, 1998). It cannot leave the bounds of a measure, and is
wider on the side that has more room.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from anascope.metrics._sums import Floats, share

Value = Callable[[Floats], Floats]
"""A measure as a function of sums: from ``(..., m)`` to ``(...)``; NaN where undefined."""

LEVEL = 0.95
_TAIL = (1 - LEVEL) / 2
_SAME = 1e-12  # measures that differ by less differ by rounding


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval; NaN where it is not defined.

    Attributes:
        estimate: The estimate from the whole sample.
        low: Lower end.
        high: Upper end.
    """

    estimate: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether zero is outside; False where an end is not defined."""
        return self.low > 0 or self.high < 0

    @property
    def defined(self) -> bool:
        """Whether estimate and both ends are numbers."""
        return not any(math.isnan(value) for value in (self.estimate, self.low, self.high))


@dataclass(frozen=True, slots=True)
class Jackknife:
    """A measure over all patients, and over all but each of them.

    Differences and means of measures over the same patients are again of this kind, which is
    what makes a comparison paired.

    Attributes:
        estimate: Over all patients; NaN where undefined.
        without: Over all but the patient at that index, ``(patients,)``; NaN where undefined.
        counted: Whether that patient adds anything, ``(patients,)``.
    """

    estimate: float
    without: Floats
    counted: NDArray[np.bool_]

    @classmethod
    def of(cls, sums: Floats, value: Value) -> Self:
        """Compute a measure from the contributions of patients, ``(patients, m)``."""
        total = sums.sum(axis=0)
        return cls(float(value(total)), value(total - sums), np.asarray(sums.any(axis=1)))

    @classmethod
    def of_values(cls, values: Floats) -> Self:
        """Compute the mean of values, one a patient; NaN values are left out."""
        counted = ~np.isnan(values)
        return cls.of(np.stack([np.where(counted, values, 0.0), counted], axis=1), share)

    @classmethod
    def mean(cls, measured: Sequence[Self]) -> Self:
        """Average measures over the same patients."""
        return cls(
            float(np.mean([measure.estimate for measure in measured])),
            np.mean([measure.without for measure in measured], axis=0),
            np.any([measure.counted for measure in measured], axis=0),
        )

    def __sub__(self, other: Self) -> Self:
        """Subtract another measure over the same patients."""
        return type(self)(
            self.estimate - other.estimate,
            self.without - other.without,
            self.counted | other.counted,
        )

    def interval(self, lowest: float = 0.0, highest: float = 1.0) -> Interval:
        """Return the estimate with its interval at :data:`LEVEL`.

        If all patients give the same answer (all are right, or there is only one), a share ``q = 1
        - 0.025 ** (1 / n)`` of patients could give any other answer without appearing among ``n``:
        the interval extends by that share of the way to both bounds. Both ends are NaN if the
        measure is undefined without one of the patients, such as an AUROC with a single patient on
        one side.

        Args:
            lowest: Lower bound of the measure; -1 for a difference of shares.
            highest: Upper bound of the measure.
        """
        without = self.without[self.counted]
        n = len(without)
        if n == 1:
            without = np.array([self.estimate])
        if n == 0 or math.isnan(self.estimate) or np.isnan(without).any():
            return Interval(self.estimate, float("nan"), float("nan"))
        span = highest - lowest
        fraction = min(max((self.estimate - lowest) / span, 0.0), 1.0)
        deviations = (without - without.mean()) / span
        if np.abs(deviations).max() < _SAME or not 0 < fraction < 1:
            low, high = _of_equal_patients(fraction, n)
        else:
            low, high = _of_share(fraction, _worth(fraction, deviations))
        return Interval(self.estimate, lowest + span * low, lowest + span * high)


def _of_equal_patients(fraction: float, n: int) -> tuple[float, float]:
    margin = 1 - _TAIL ** (1 / n)
    return fraction - fraction * margin, fraction + (1 - fraction) * margin


def _worth(fraction: float, deviations: Floats) -> float:
    """Return how many right and wrong answers say as much as the patients.

    Fewer degrees of freedom widen the interval: one fewer than patients, or fewer still where
    the variance comes from a few of them (Satterthwaite, 1946; for normal values the ratio
    below is a third of the patients). That never makes a
    patient worth less than one answer, as a patient is of whom there is only right or wrong.
    """
    from scipy import stats  # takes a sixth of the time that a training needs for its imports

    n = len(deviations)
    squares = deviations**2
    freedom = min(n - 1, 3 * squares.sum() ** 2 / (squares**2).sum())
    answers = fraction * (1 - fraction) / ((n - 1) / n * squares.sum())
    wider = stats.norm.ppf(_TAIL) / stats.t.ppf(_TAIL, freedom)
    return float(max(answers * wider**2, min(answers * n / (n - 1), n)))


def _of_share(fraction: float, answers: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson; answers need not be whole."""
    from scipy import stats

    right, wrong = fraction * answers, (1 - fraction) * answers
    low = stats.beta.ppf(_TAIL, right, wrong + 1)
    high = stats.beta.ppf(1 - _TAIL, right + 1, wrong)
    return float(low), float(high)
