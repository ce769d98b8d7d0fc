"""Measures of naming a class, when a label may allow several classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score


@dataclass(frozen=True)
class ClassScores:
    """How well classes were named; NaN where there is nothing to name.

    Attributes:
        n: Number of labelled rows.
        accuracy: Share of rows whose class is among those that their label allows.
        mean_class_accuracy: Recall, averaged over the classes that occur in the truth.
        macro_f1: F1, averaged over the classes that occur in truth or prediction.
        confusion: (classes, classes), true class by row, predicted by column.
    """

    n: int
    accuracy: float
    mean_class_accuracy: float
    macro_f1: float
    confusion: NDArray[np.int64]


def class_scores(allowed: NDArray[np.bool_], probabilities: NDArray[Any]) -> ClassScores:
    """Score the likeliest class of each row.

    Rows that allow no class or every class are left out. Accuracy counts every other row;
    the other measures need one true class and so count the rows that allow exactly one.

    Args:
        allowed: (rows, classes), which classes the label allows.
        probabilities: (rows, classes).
    """
    classes = allowed.shape[1]
    says = allowed.any(axis=1) & ~allowed.all(axis=1)
    if classes == 1:
        says = allowed[:, 0]
    predicted = probabilities.argmax(axis=1)
    right = allowed[np.arange(len(allowed)), predicted]
    certain = says & (allowed.sum(axis=1) == 1)
    truth, named = allowed[certain].argmax(axis=1), predicted[certain]
    counted = (
        confusion_matrix(truth, named, labels=range(classes))
        if len(truth)
        else (np.zeros((classes, classes), dtype=np.int64))
    )
    return ClassScores(
        n=int(says.sum()),
        accuracy=float(right[says].mean()) if says.any() else math.nan,
        mean_class_accuracy=_mean_recall(counted),
        macro_f1=(
            float(f1_score(truth, named, average="macro", zero_division=0.0))
            if len(truth)
            else math.nan
        ),
        confusion=counted,
    )


def _mean_recall(confusion: NDArray[np.int64]) -> float:
    totals = confusion.sum(axis=1)
    present = totals > 0
    return (
        float((np.diag(confusion)[present] / totals[present]).mean()) if present.any() else math.nan
    )
