"""Screening figures: how well positive, negative and mixed sera are recognised."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from anascope.metrics._interval import LEVEL, Interval
from anascope.metrics._roc import roc_curve


def exact_share(count: int, of: int) -> Interval:
    """Return a share with its interval of Clopper and Pearson at :data:`LEVEL`; NaN of none.

    The counted things must be independent, such as specimens of different patients.

    Args:
        count: How many have the property.
        of: How many there are.

    >>> share = exact_share(9, 10)
    >>> share.estimate, round(share.low, 3), round(share.high, 3)
    (0.9, 0.555, 0.997)
    """
    if of == 0:
        return Interval(math.nan, math.nan, math.nan)
    ends = stats.binomtest(count, of).proportion_ci(LEVEL, method="exact")
    return Interval(count / of, float(ends.low), float(ends.high))


@dataclass(frozen=True, slots=True)
class Screening:
    """How well positive sera are distinguished from negative ones.

    Attributes:
        sensitivity: Share of the positive sera that are called positive.
        specificity: Share of the negative sera that are called negative.
        auroc: Area under the ROC curve of the score; NaN where one side has no serum.
        positives, negatives: How many sera there are.
    """

    sensitivity: Interval
    specificity: Interval
    auroc: float
    positives: int
    negatives: int


def screening(
    positive: NDArray[np.bool_], called: NDArray[np.bool_], score: NDArray[np.floating[Any]]
) -> Screening:
    """Return the screening figures of specimens, one a patient.

    Args:
        positive: Whether each serum is positive, (N,).
        called: Whether it is called positive, (N,).
        score: Greater for sera that are more likely positive, (N,).

    Raises:
        ValueError: if the arrays are not boolean, boolean and of numbers, each (N,).
    """
    if called.dtype != np.bool_ or called.shape != positive.shape:
        raise ValueError(f"called must be boolean {positive.shape}; found {called.dtype}")
    curve = roc_curve(positive, score)
    positives, negatives = int(positive.sum()), int((~positive).sum())
    return Screening(
        exact_share(int((called & positive).sum()), positives),
        exact_share(int((~called & ~positive).sum()), negatives),
        curve.auroc,
        positives,
        negatives,
    )


@dataclass(frozen=True, slots=True)
class MixtureScores:
    """How well sera of two patterns are told.

    Attributes:
        both_named: Share of the mixed sera of which all patterns are named, and no other.
        called_mixed: Share of the mixed sera of which several patterns are named.
        singles_called_mixed: The same of the sera of one pattern.
    """

    both_named: Interval
    called_mixed: Interval
    singles_called_mixed: Interval


def mixture_scores(
    truth: Sequence[Collection[str]], named: Sequence[Collection[str]]
) -> MixtureScores:
    """Return how well sera of two patterns are told.

    Args:
        truth: The patterns of each serum, at least one, in the words of what is named.
        named: The patterns that it is said to show (``Decision.present``).

    >>> truth = [{"golgi", "centromere"}, {"golgi", "centromere"}, {"golgi"}]
    >>> scores = mixture_scores(truth, [("centromere", "golgi"), ("golgi",), ("golgi",)])
    >>> scores.both_named.estimate, scores.singles_called_mixed.estimate
    (0.5, 0.0)
    """
    pairs = [(set(true), set(answer)) for true, answer in zip(truth, named, strict=True)]
    mixed = [(true, answer) for true, answer in pairs if len(true) > 1]
    single = [answer for true, answer in pairs if len(true) == 1]
    return MixtureScores(
        exact_share(sum(true == answer for true, answer in mixed), len(mixed)),
        exact_share(sum(len(answer) > 1 for _, answer in mixed), len(mixed)),
        exact_share(sum(len(answer) > 1 for answer in single), len(single)),
    )
