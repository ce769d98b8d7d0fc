"""Sets of patterns that hold the right one as often as is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.defaults import COVERAGE

Floats = NDArray[np.floating[Any]]


def fit_limits(
    probabilities: Floats,
    allowed: NDArray[np.bool_],
    coverages: tuple[float, ...] = (COVERAGE, 0.9),
) -> dict[str, float]:
    """Return, by coverage, the smallest probability with which a pattern is in the set.

    Split conformal prediction with the probability of the right class as the score (Sadinle, Lei,
    Wasserman, "Least Ambiguous Set-Valued Classifiers With Bounded Error Levels", JASA 2019): among
    ``n`` held-out rows, the limit is the ``floor((1 - coverage)(n + 1))``-th smallest score. A new
    row like them has its right class in the set with at least that probability. With too few rows
    for a coverage, the limit is 0 and the set contains all classes.

    Args:
        probabilities: Calibrated probabilities of rows on which the network was not trained, (N,
            classes).
        allowed: For each row which classes its label leaves possible, (N, classes); the score of a
            set of classes is the largest of its probabilities.
        coverages: The coverages, between 0 and 1.

    Raises:
        ValueError: if the shapes are not equal, or a coverage is not between 0 and 1.
    """
    if probabilities.shape != allowed.shape or probabilities.ndim != 2:
        raise ValueError(f"{probabilities.shape} and {allowed.shape} must be alike")
    scores = np.sort(np.where(allowed, probabilities, 0).max(axis=1, initial=0))
    limits = {}
    for coverage in coverages:
        if not 0 < coverage < 1:
            raise ValueError(f"coverage {coverage} is not between 0 and 1")
        # A whisker over the product, which is to be whole where it is meant to be.
        rank = math.floor((1 - coverage) * (len(scores) + 1) + 1e-9)
        limits[f"{coverage:g}"] = float(scores[rank - 1]) if rank >= 1 else 0.0
    return limits


def pattern_set(
    probabilities: Floats, limits: dict[str, float], coverage: float = COVERAGE
) -> tuple[int, ...]:
    """Return the classes of the set, the most likely first; at least one.

    Args:
        probabilities: (classes,), calibrated.
        limits: As :func:`fit_limits` gives them. If none was fitted for the coverage, the set is
            the smallest whose probabilities sum to it.
        coverage: The coverage of the set.
    """
    order = np.argsort(-probabilities, kind="stable")
    limit = limits.get(f"{coverage:g}")
    if limit is not None:
        inside = [int(i) for i in order if probabilities[i] >= limit]
        return tuple(inside) or (int(order[0]),)
    enough = np.cumsum(probabilities[order]) >= coverage - 1e-9
    count = int(np.argmax(enough)) + 1 if enough.any() else len(order)
    return tuple(int(i) for i in order[:count])
