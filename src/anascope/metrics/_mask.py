"""Cells against background, pixel by pixel."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from skimage.measure import label
from skimage.segmentation import clear_border

from anascope.metrics._sums import dice, iou, pixel_accuracy
from anascope.records import MaskValue

Unknown = Literal["ignore", "background"]
"""What pixels of unknown truth count as."""


@dataclass(frozen=True, slots=True)
class MaskCounts:
    """Numbers of pixels, by prediction and truth. Counts can be added: ``a + b``.

    Attributes:
        tp: Cell, called cell.
        fp: Background, called cell.
        fn: Cell, called background.
        tn: Background, called background.

    >>> counts = MaskCounts(tp=3, fp=1, fn=2, tn=4)
    >>> counts.pixel_accuracy, counts.iou, (counts + counts).total
    (0.7, 0.5, 20)
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0:
            raise ValueError(f"counts must be at least 0; found {self}")

    def __add__(self, other: MaskCounts) -> MaskCounts:
        return MaskCounts(
            self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn
        )

    @property
    def total(self) -> int:
        """Number of pixels counted."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def pixel_accuracy(self) -> float:
        """Share of pixels that are called right, in [0, 1]; NaN if no pixel was counted."""
        return float(pixel_accuracy(astuple(self)))

    @property
    def dice(self) -> float:
        """Dice coefficient, in [0, 1]; NaN if truth and prediction are both empty."""
        return float(dice(astuple(self)))

    @property
    def iou(self) -> float:
        """Intersection over union, in [0, 1]; NaN if truth and prediction are both empty."""
        return float(iou(astuple(self)))


def mask_counts(
    predicted: NDArray[np.bool_], truth: NDArray[np.uint8], *, unknown: Unknown = "ignore"
) -> MaskCounts:
    """Compare a predicted mask with the true one.

    Args:
        predicted: Where cells were found, shape ``(H, W)``, boolean.
        truth: Values of :class:`~anascope.records.MaskValue`, shape ``(H, W)``.
        unknown: ``"ignore"`` leaves out pixels whose truth is unknown; ``"background"`` counts them
            as background, as in the mask that the annotators drew.

    Raises:
        ValueError: if the shapes differ, the prediction is not boolean or the truth holds
            anything but values of ``MaskValue``.
    """
    _check(predicted, truth)
    if unknown not in ("ignore", "background"):
        raise ValueError(f"unknown must be 'ignore' or 'background'; found {unknown!r}")
    cells = truth == MaskValue.CELL
    counted = np.ones(truth.shape, bool) if unknown == "background" else truth != MaskValue.UNKNOWN
    return MaskCounts(
        tp=int(np.count_nonzero(predicted & cells)),
        fp=int(np.count_nonzero(predicted & ~cells & counted)),
        fn=int(np.count_nonzero(~predicted & cells)),
        tn=int(np.count_nonzero(~predicted & ~cells & counted)),
    )


def without_border_components(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return ``mask``, shape ``(H, W)``, without its components that touch the border.

    Pixels that touch at a corner belong to one component (8-connectivity).
    """
    inner: NDArray[np.bool_] = clear_border(label(mask, connectivity=2)) > 0
    return inner


def _check(predicted: NDArray[np.bool_], truth: NDArray[np.uint8]) -> None:
    if predicted.dtype != np.bool_:
        raise ValueError(f"predicted must be boolean (threshold it first); found {predicted.dtype}")
    if predicted.shape != truth.shape or truth.ndim != 2:
        raise ValueError(
            f"predicted and truth must be (H, W) alike; found {predicted.shape} and {truth.shape}"
        )
    if not np.isin(truth, list(MaskValue)).all():
        raise ValueError(f"truth must hold values of MaskValue; found {np.unique(truth)[:10]}")
