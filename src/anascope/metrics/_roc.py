"""The curve of true against false alarms over all thresholds (ROC)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class RocCurve:
    """A receiver operating characteristic.

    Attributes:
        false_positive_rate: Share of the negative rows that are at or over each threshold,
            shape ``(T,)``, in [0, 1], rising from 0 to 1; empty where there is no curve.
        true_positive_rate: The same of the positive rows.
        auroc: Area under the curve, in [0, 1]; NaN where there is no curve.
        n: Number of rows.
    """

    false_positive_rate: NDArray[np.float64]
    true_positive_rate: NDArray[np.float64]
    auroc: float
    n: int


def roc_curve(truth: NDArray[np.bool_], score: NDArray[np.floating[Any]]) -> RocCurve:
    """Return the ROC curve of a score, as scikit-learn counts it.

    The area is the probability that a positive row has a greater score than a negative one,
    ties counted half (Hanley and McNeil, Radiology 143:29, 1982). Corners only are kept: points
    between two others on a straight line are left out.

    There is no curve where all rows are on one side, or where a score is not finite.

    Args:
        truth: Whether each row is positive, bool, shape ``(N,)``.
        score: Greater for rows that are more likely positive, shape ``(N,)``.

    Raises:
        ValueError: if truth is not boolean, or the shapes are not alike and ``(N,)``.

    >>> curve = roc_curve(np.array([False, False, True, True]), np.array([0.1, 0.6, 0.4, 0.8]))
    >>> curve.auroc, curve.n
    (0.75, 4)
    """
    # Takes long to import, and nobody who trains or reads needs it.
    from sklearn.metrics import roc_auc_score
    from sklearn.metrics import roc_curve as points

    if truth.dtype != np.bool_ or truth.ndim != 1 or truth.shape != score.shape:
        raise ValueError(
            "truth must be boolean (N,) and score (N,); "
            f"found {truth.dtype} {truth.shape} and {score.shape}"
        )
    if truth.all() or not truth.any() or not np.isfinite(score).all():
        nothing = np.zeros(0, np.float64)
        return RocCurve(nothing, nothing, float("nan"), len(truth))
    false_alarms, hits, _ = points(truth, score)
    return RocCurve(
        np.asarray(false_alarms, np.float64),
        np.asarray(hits, np.float64),
        float(roc_auc_score(truth, score)),
        len(truth),
    )
