"""Predicted classes beside true ones, where the truth of a row is a set of classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anascope.metrics._calibration import Calibration, calibration
from anascope.metrics._sums import Floats


@dataclass(frozen=True, eq=False)
class Answers:
    """The predictions for ``N`` rows, and the truth.

    A row whose set is empty, or contains all of several classes, is unlabelled and left out
    everywhere. A prediction is right if it is in the set. A row whose set contains several classes
    has no single true class, so it counts in the accuracy, but not in the confusion matrix and the
    measures from it. A labelled row without a prediction makes every measure that includes it
    undefined, because neither leaving it out nor guessing would be fair.

    Attributes:
        allowed: The classes that the label of each row leaves possible, bool, ``(N, K)``.
        predicted: Predicted classes, ``(N,)``, in [0, K), -1 where there is no finite prediction.
        confidence: Probability of the predicted class, ``(N,)``, NaN where there is none.

    Raises:
        ValueError: if shapes or types differ from these, or a prediction is no class.

    >>> answers = Answers(np.eye(2, dtype=bool)[[0, 0, 1]], np.array([0, 1, 1]), np.full(3, 0.9))
    >>> answers.confusion
    array([[1, 1],
           [0, 1]])
    """

    allowed: NDArray[np.bool_]
    predicted: NDArray[np.int64]
    confidence: Floats

    def __post_init__(self) -> None:
        allowed, predicted = self.allowed, self.predicted
        if allowed.ndim != 2 or allowed.dtype != np.bool_:
            raise ValueError(f"allowed must be bool (N, K); found {allowed.dtype} {allowed.shape}")
        rows, classes = allowed.shape
        if predicted.shape != (rows,) or not np.issubdtype(predicted.dtype, np.integer):
            found = f"{predicted.dtype} {predicted.shape}"
            raise ValueError(f"predicted must be indices ({rows},); found {found}")
        if predicted.size and not (predicted.min() >= -1 and predicted.max() < classes):
            found = f"{predicted.min()} to {predicted.max()}"
            raise ValueError(f"predicted must be in [-1, {classes}); found {found}")
        if self.confidence.shape != (rows,):
            raise ValueError(f"confidence must be ({rows},); found {self.confidence.shape}")
        if classes > 1:
            object.__setattr__(self, "allowed", allowed & ~allowed.all(axis=1, keepdims=True))

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Which rows have a label, ``(N,)``."""
        return np.asarray(self.allowed.any(axis=1))

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which rows are predicted right, ``(N,)``."""
        right = self.allowed[np.arange(len(self.predicted)), self.predicted]
        return np.asarray(right & (self.predicted >= 0))

    @property
    def accuracy_rows(self) -> Floats:
        """The contribution of each row to the accuracy, ``(N, 2)``: a :func:`share`."""
        return self._undefined_in_gaps(np.stack([self.right, self.labelled], axis=1))

    @property
    def confusion_rows(self) -> Floats:
        """The contribution of each row to the confusion matrix, ``(N, K * K)``."""
        rows, classes = self.allowed.shape
        cells = np.zeros((rows, classes * classes))
        cell = self.allowed.argmax(axis=1) * classes + np.maximum(self.predicted, 0)
        cells[np.arange(rows), cell] = self.allowed.sum(axis=1) == 1
        return self._undefined_in_gaps(cells)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Numbers of rows by true class and predicted class, ``(K, K)``, gaps left out."""
        classes = self.allowed.shape[1]
        counts = self.confusion_rows[self.predicted >= 0].sum(axis=0)
        return np.asarray(counts.reshape(classes, classes), np.int64)

    @property
    def calibration(self) -> Calibration:
        """The difference between confidence and share of right answers, over the labelled rows."""
        return calibration(self.confidence[self.labelled], self.right[self.labelled])

    def _undefined_in_gaps(self, rows: NDArray[np.generic]) -> Floats:
        gaps = self.labelled & (self.predicted < 0)
        return np.where(gaps[:, np.newaxis], np.nan, rows.astype(np.float64))
