"""Whether a stated confidence is the share of right answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.metrics._sums import ratio

_ROUNDING = 1e-6  # averages of probabilities leave [0, 1] by so much at most


@dataclass(frozen=True, eq=False)
class Calibration:
    """Rows gathered by confidence, in bins of equal width over [0, 1].

    Attributes:
        edges: Ends of the bins, shape ``(bins + 1,)``, from 0 to 1.
        counts: Number of rows in each bin, shape ``(bins,)``.
        confidence: Their mean confidence, in [0, 1], NaN in an empty bin.
        accuracy: Share of them that is right, in [0, 1], NaN in an empty bin.
        error: Expected calibration error, in [0, 1]; NaN where it is not defined.
        n: Number of rows.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    error: float
    n: int


def calibration(
    confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_], *, bins: int = 15
) -> Calibration:
    """Return the difference between confidence and share of right answers.

    The expected calibration error is that of Guo et al., "On Calibration of Modern Neural
    Networks" (ICML 2017), whose number of bins is the default here::

        error = sum over bins b of  counts_b / n · |accuracy_b - confidence_b|

    A bin holds the rows over its lower and up to its upper end; a confidence of 0 is in the
    first. The error is NaN without rows, and where a confidence is NaN; then no bin has rows.

    Args:
        confidence: Probability given to the predicted class, shape ``(N,)``, in [0, 1].
        right: Whether the prediction is right, bool, shape ``(N,)``.
        bins: Number of bins, at least 1.

    Raises:
        ValueError: if the shapes are not alike and ``(N,)``, right is not boolean, a confidence
            is outside [0, 1], or bins is below 1.

    >>> found = calibration(np.array([0.9, 0.7]), np.array([True, False]), bins=2)
    >>> found.counts, round(found.error, 3)
    (array([0, 2]), 0.3)
    """
    if right.dtype != np.bool_ or right.ndim != 1 or right.shape != confidence.shape:
        raise ValueError(
            "confidence must be (N,) and right boolean (N,); "
            f"found {confidence.shape} and {right.dtype} {right.shape}"
        )
    if bins < 1:
        raise ValueError(f"bins must be at least 1; found {bins}")
    stated = confidence.astype(np.float64)
    if ((stated < -_ROUNDING) | (stated > 1 + _ROUNDING)).any():
        raise ValueError(f"confidence must be in [0, 1]; found {stated.min()} to {stated.max()}")
    edges = np.linspace(0, 1, bins + 1)
    if np.isnan(stated).any():
        nothing = np.full(bins, np.nan)
        return Calibration(
            edges, np.zeros(bins, np.int64), nothing, nothing, float("nan"), len(right)
        )
    stated = stated.clip(0, 1)
    bin_of = np.searchsorted(edges[1:-1], stated, side="left")
    counts = np.bincount(bin_of, minlength=bins)
    sums = np.bincount(bin_of, weights=stated, minlength=bins)
    hits = np.bincount(bin_of, weights=right, minlength=bins)
    error = float(np.abs(hits - sums).sum() / len(right)) if len(right) else float("nan")
    return Calibration(
        edges,
        counts.astype(np.int64),
        ratio(sums, counts),
        ratio(hits, counts),
        error,
        len(right),
    )
