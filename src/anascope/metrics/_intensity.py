"""Measures of grading an ordered intensity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import recall_score, roc_auc_score


@dataclass(frozen=True)
class IntensityScores:
    """How well levels were graded; NaN where there is nothing to grade.

    Attributes:
        n: Number of labelled rows.
        accuracy: Share of rows whose level is right.
        balanced_accuracy: Recall, averaged over the levels that occur in the truth.
        auroc: Area under the ROC of being above a level, averaged over the levels for which
            the truth has both answers; for two levels it is the usual AUROC.
    """

    n: int
    accuracy: float
    balanced_accuracy: float
    auroc: float


def intensity_scores(
    above: NDArray[Any], probabilities: NDArray[Any], *, threshold: float = 0.5
) -> IntensityScores:
    """Score levels given as probabilities of being above each level but the highest.

    The predicted level is the number of probabilities over ``threshold``.

    Args:
        above: (rows, levels - 1), 1 above the level, 0 not, NaN not known.
        probabilities: (rows, levels - 1).
        threshold: Probability over which a row counts as above a level.
    """
    known = ~np.isnan(above).any(axis=1)
    truth, said = above[known], probabilities[known]
    if not known.any():
        return IntensityScores(0, math.nan, math.nan, math.nan)
    level, graded = truth.sum(axis=1).astype(int), (said > threshold).sum(axis=1)
    present = np.unique(level)
    recalls = recall_score(level, graded, labels=present, average=None, zero_division=0.0)
    areas = [
        roc_auc_score(truth[:, output], said[:, output])
        for output in range(truth.shape[1])
        if len(np.unique(truth[:, output])) == 2
    ]
    return IntensityScores(
        n=int(known.sum()),
        accuracy=float((level == graded).mean()),
        balanced_accuracy=float(np.mean(recalls)),
        auroc=float(np.mean(areas)) if areas else math.nan,
    )
