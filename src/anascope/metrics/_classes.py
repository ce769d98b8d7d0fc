"""Predicted classes against true ones, where truth may be a set of classes.

Truth comes in two forms:

- indices, shape ``(N,)``: the class of each row, below 0 where it is not known;
- sets, boolean, shape ``(N, K)``: the classes that the label of each row leaves possible. A row
  that allows none, or all of several, says nothing: it is unlabelled.

Unlabelled rows are left out everywhere. A prediction is right when it is in the set. A row
whose label allows several classes has no single true class, so it counts in the accuracy and
not in the confusion matrix nor in what is made from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.metrics._ratio import mean_of_defined, ratio, ratios

Truth = NDArray[Any]
"""Class indices ``(N,)`` or allowed classes ``(N, K)``."""


def allowed_classes(truth: Truth, n: int) -> NDArray[np.bool_]:
    """Return truth as sets, boolean, shape ``(N, n)``; all False where it is not known.

    >>> allowed_classes(np.array([1, -1]), 3).astype(int)
    array([[0, 1, 0],
           [0, 0, 0]])
    """
    if truth.ndim == 2 and truth.dtype == np.bool_ and truth.shape[1] == n:
        return truth & ~truth.all(axis=1, keepdims=True) if n > 1 else truth
    if truth.ndim == 1 and np.issubdtype(truth.dtype, np.integer) and (truth < n).all():
        return np.asarray(truth[:, np.newaxis] == np.arange(n))
    raise ValueError(
        f"truth must be indices (N,) below {n} or boolean sets (N, {n}); "
        f"found {truth.dtype} {truth.shape}"
    )


def accuracy(truth: Truth, predicted: NDArray[np.integer[Any]], n: int) -> float:
    """Return the share of labelled rows whose prediction is in the set; NaN without rows.

    Args:
        truth: See the head of this module.
        predicted: Predicted classes, shape ``(N,)``, in ``[0, n)``.
        n: Number of classes.
    """
    allowed = _checked(truth, predicted, n)
    right = allowed[np.arange(len(predicted)), predicted]
    return ratio(int(right.sum()), int(allowed.any(axis=1).sum()))


def confusion(truth: Truth, predicted: NDArray[np.integer[Any]], n: int) -> NDArray[np.int64]:
    """Return the numbers of rows by true class (first axis) and predicted class, ``(n, n)``.

    Arguments as for :func:`accuracy`; only rows whose label names one class are counted.

    >>> confusion(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    allowed = _checked(truth, predicted, n)
    one = allowed.sum(axis=1) == 1
    counts = np.zeros((n, n), np.int64)
    np.add.at(counts, (allowed[one].argmax(axis=1), predicted[one]), 1)
    return counts


def class_recalls(confusion: NDArray[np.int64], classes: Sequence[str]) -> dict[str, float]:
    """Return, for each class, the share of its rows that were called so; NaN without rows.

    Args:
        confusion: As :func:`confusion` returns it, shape ``(K, K)``.
        classes: The names of the ``K`` classes.
    """
    if confusion.shape != (len(classes), len(classes)):
        raise ValueError(
            f"confusion must be ({len(classes)}, {len(classes)}) for {len(classes)} classes; "
            f"found {confusion.shape}"
        )
    return dict(zip(classes, _recalls(confusion).tolist(), strict=True))


def mean_class_accuracy(confusion: NDArray[np.int64]) -> float:
    """Return the mean recall over the classes that occur in the truth; NaN if none does.

    This is the mean class accuracy of the HEp-2 contests, also named balanced accuracy.

    Args:
        confusion: As :func:`confusion` returns it, shape ``(K, K)``.
    """
    return mean_of_defined(_recalls(confusion))


def macro_f1(confusion: NDArray[np.int64]) -> float:
    """Return the mean of the classes' F1 scores, ``2 tp / (2 tp + fp + fn)``.

    The mean is over the classes that occur in the truth or in the predictions, as in
    scikit-learn: a class that is called and never true counts as 0, a class that is neither is
    left out. NaN if there is no class at all.

    Args:
        confusion: As :func:`confusion` returns it, shape ``(K, K)``.
    """
    rows_and_columns = confusion.sum(axis=0) + confusion.sum(axis=1)
    return mean_of_defined(ratios(2 * np.diag(confusion), rows_and_columns))


def _recalls(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    return ratios(np.diag(confusion), confusion.sum(axis=1))


def _checked(truth: Truth, predicted: NDArray[np.integer[Any]], n: int) -> NDArray[np.bool_]:
    allowed = allowed_classes(truth, n)
    if predicted.shape != (len(allowed),) or not np.issubdtype(predicted.dtype, np.integer):
        raise ValueError(
            f"predicted must be indices ({len(allowed)},); "
            f"found {predicted.dtype} {predicted.shape}"
        )
    if predicted.size and not (predicted.min() >= 0 and predicted.max() < n):
        raise ValueError(
            f"predicted must be in [0, {n}); found {predicted.min()} to {predicted.max()}"
        )
    return allowed
