"""Predicted intensity against the true level, where levels are ordered.

``K`` levels are told by ``K - 1`` outputs; output ``i`` is the probability that the intensity
is above level ``i`` (:class:`~anascope.words.IntensityScale`). Truth is the rank of the level,
0 for the darkest; rows whose truth is NaN are unlabelled and left out everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from anascope.metrics._classes import accuracy, confusion, mean_class_accuracy
from anascope.metrics._ratio import mean_of_defined


def predicted_levels(above: NDArray[np.floating], *, threshold: float = 0.5) -> NDArray[np.int64]:
    """Return the level that each row of outputs tells: the number of outputs over the threshold.

    Args:
        above: Probabilities of "above level i", shape ``(N, K - 1)``, in [0, 1].
        threshold: An output counts when it is greater than this.

    Returns:
        Ranks of levels, shape ``(N,)``, in ``[0, K)``.

    >>> predicted_levels(np.array([[0.9, 0.6], [0.9, 0.2], [0.5, 0.1]]))
    array([2, 1, 0])
    """
    if above.ndim != 2 or above.shape[1] < 1:
        raise ValueError(f"above must be (N, K - 1) with K at least 2; found {above.shape}")
    if np.isnan(above).any():
        raise ValueError("above must hold probabilities; found NaN")
    return np.asarray((above > threshold).sum(axis=1), np.int64)


def intensity_accuracy(
    truth: NDArray[np.floating], above: NDArray[np.floating], *, threshold: float = 0.5
) -> float:
    """Return the share of labelled rows whose level is told right; NaN without rows.

    Args:
        truth: Rank of the true level or NaN, shape ``(N,)``.
        above: As for :func:`predicted_levels`.
        threshold: As for :func:`predicted_levels`.
    """
    levels = predicted_levels(above, threshold=threshold)
    return accuracy(_ranks(truth, above), levels, above.shape[1] + 1)


def intensity_balanced_accuracy(
    truth: NDArray[np.floating], above: NDArray[np.floating], *, threshold: float = 0.5
) -> float:
    """Return the mean recall over the levels that occur in the truth; NaN if none does.

    Arguments as for :func:`intensity_accuracy`.
    """
    levels = predicted_levels(above, threshold=threshold)
    counts = confusion(_ranks(truth, above), levels, above.shape[1] + 1)
    return mean_class_accuracy(counts)


def intensity_aurocs(
    truth: NDArray[np.floating], above: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return, for each output, the area under its ROC curve, shape ``(K - 1,)``, in [0, 1].

    Output ``i`` is judged on "is the true level above ``i``?". It is the probability that a
    row that is above gets a greater output than one that is not, ties counted half. NaN where
    the labelled rows are all on one side.

    Args:
        truth: Rank of the true level or NaN, shape ``(N,)``.
        above: As for :func:`predicted_levels`.
    """
    predicted_levels(above)  # refuses outputs that are no probabilities
    ranks = _ranks(truth, above)
    known = ranks >= 0
    areas = [_area(ranks[known] > i, above[known, i]) for i in range(above.shape[1])]
    return np.array(areas, np.float64)


def intensity_auroc(truth: NDArray[np.floating], above: NDArray[np.floating]) -> float:
    """Return the mean of :func:`intensity_aurocs` over the outputs that have one, or NaN."""
    return mean_of_defined(intensity_aurocs(truth, above))


def _area(positive: NDArray[np.bool_], output: NDArray[np.floating]) -> float:
    if positive.all() or not positive.any():
        return float("nan")
    return float(roc_auc_score(positive, output))


def _ranks(truth: NDArray[np.floating], above: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return truth as whole numbers, -1 where it is NaN, after checking it."""
    if truth.shape != (len(above),):
        raise ValueError(f"truth must be ({len(above)},), a rank a row; found {truth.shape}")
    levels = above.shape[1] + 1
    known = ~np.isnan(truth)
    if not np.isin(truth[known], np.arange(levels)).all():
        raise ValueError(f"truth must be a rank in [0, {levels}) or NaN; found others")
    return np.where(known, np.nan_to_num(truth), -1).astype(np.int64)
