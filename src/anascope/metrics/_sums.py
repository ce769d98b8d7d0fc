"""Measures as functions of sums.

A row of a table (a patch, a field, a specimen) adds a vector, and a measure is a function of the
sum of such vectors, from shape ``(..., m)`` to ``(...)``. So one definition serves the sum over a
table, over the batches of an epoch, and over all patients but one. What is undefined is
NaN, and a sum that holds NaN leaves its measure undefined.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def ratio(part: ArrayLike, whole: ArrayLike) -> Floats:
    """Return ``part / whole`` element by element, NaN where ``whole`` is 0 or NaN."""
    numerator, denominator = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    quotients = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=quotients, where=denominator > 0)
    return quotients


def mean_of_defined(values: ArrayLike) -> Floats:
    """Return the mean over the last axis without NaN values; NaN where nothing is left."""
    array = np.asarray(values, np.float64)
    defined = ~np.isnan(array)
    return ratio(np.where(defined, array, 0.0).sum(axis=-1), defined.sum(axis=-1))


def share(sums: Floats) -> Floats:
    """Return a mean or a share from sums of (value, 1 or 0 for whether it counts)."""
    return ratio(sums[..., 0], sums[..., 1])


def pixel_accuracy(counts: ArrayLike) -> Floats:
    """Return ``(tp + tn) / (tp + fp + fn + tn)`` of counts (tp, fp, fn, tn)."""
    tp, fp, fn, tn = _counts(counts)
    return ratio(tp + tn, tp + fp + fn + tn)


def dice(counts: ArrayLike) -> Floats:
    """Return ``2 tp / (2 tp + fp + fn)`` of counts (tp, fp, fn, tn).

    Dice, Ecology 26:297, 1945. NaN if truth and prediction are both empty.
    """
    tp, fp, fn, _ = _counts(counts)
    return ratio(2 * tp, 2 * tp + fp + fn)


def iou(counts: ArrayLike) -> Floats:
    """Return intersection over union, ``tp / (tp + fp + fn)``, of counts (tp, fp, fn, tn).

    Jaccard, Bulletin de la Société Vaudoise 37:547, 1901. NaN as for :func:`dice`.
    """
    tp, fp, fn, _ = _counts(counts)
    return ratio(tp, tp + fp + fn)


def recalls(confusion: ArrayLike) -> Floats:
    """Return, of each class, the share of its rows that were called so, ``(..., K)``.

    Args:
        confusion: Numbers of rows by true class and predicted class, ``(..., K, K)``.
    """
    counts = np.asarray(confusion, np.float64)
    return ratio(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1))


def mean_recall(cells: Floats) -> Floats:
    """Return the mean recall over the classes that occur in the truth.

    This is the mean class accuracy of the HEp-2 contests, also named balanced accuracy.

    Args:
        cells: A confusion matrix in one row, ``(..., K * K)``.
    """
    return mean_of_defined(recalls(_square(cells)))


def macro_f1(cells: Floats) -> Floats:
    """Return the mean of the classes' F1 scores, ``2 tp / (2 tp + fp + fn)``.

    The mean is over the classes that occur in the truth or in the predictions, as in
    scikit-learn: a class that is called and never true counts as 0, a class that is neither is
    left out.

    Args:
        cells: A confusion matrix in one row, ``(..., K * K)``.
    """
    counts = _square(cells)
    right = 2 * np.diagonal(counts, axis1=-2, axis2=-1)
    return mean_of_defined(ratio(right, counts.sum(axis=-1) + counts.sum(axis=-2)))


def mean_auroc(counts: Floats) -> Floats:
    """Return the area under the ROC curve, the mean over the outputs that have one.

    The area is the share of pairs of a positive and a negative row that are in order, ties
    counted half (Hanley and McNeil, Radiology 143:29, 1982). An output whose rows are all on one
    side has none.

    Args:
        counts: Numbers of rows by output, side (negative, positive) and score in rising order,
            ``(..., outputs, 2, scores)``.
    """
    negative, positive = counts[..., 0, :], counts[..., 1, :]
    lower = np.cumsum(negative, axis=-1) - negative / 2
    pairs = negative.sum(axis=-1) * positive.sum(axis=-1)
    return mean_of_defined(ratio((positive * lower).sum(axis=-1), pairs))


def _counts(counts: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    array = np.asarray(counts, np.float64)
    return array[..., 0], array[..., 1], array[..., 2], array[..., 3]


def _square(cells: Floats) -> Floats:
    n = round(cells.shape[-1] ** 0.5)
    return cells.reshape(*cells.shape[:-1], n, n)
