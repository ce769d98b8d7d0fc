"""Which cells are in mitosis, told from their shape and light beside their neighbours'."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.special import expit

from anascope.cells._measure import CellMeasures

FEATURES = (
    "log area",
    "log brightness",
    "contrast",
    "peak",
    "core",
    "roundness",
    "elongation",
    "contrast beside the field",
    "peak beside the field",
    "core beside the field",
)
"""What the rule sees of a cell: area and brightness over the median of its field (a mitotic cell is
large, round and mostly bright), how the light lies within it, and how that differs from the field's
other cells."""


class MitosisRule(BaseModel):
    """A logistic regression over :data:`FEATURES`, kept with a model.

    Attributes:
        mean, scale: What features are standardised by.
        weights: One a feature.
        bias: Added to their sum.
        measured_on: On what it was fitted, and how it did, in words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    measured_on: str = ""

    def probabilities(self, cells: CellMeasures) -> NDArray[np.float64]:
        """Return the probability of being in mitosis, one a cell."""
        standard = (features(cells) - np.array(self.mean)) / np.array(self.scale)
        found: NDArray[np.float64] = expit(standard @ np.array(self.weights) + self.bias)
        return found


def features(cells: CellMeasures) -> NDArray[np.float64]:
    """Return the features, (cells, features)."""
    if not len(cells):
        return np.zeros((0, len(FEATURES)))

    def beside(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(values - np.median(values), np.float64)

    bright = np.maximum(cells.brightness, 1e-3)
    return np.stack(
        [
            beside(np.log(cells.area)),
            beside(np.log(bright)),
            cells.contrast.clip(0, 3),
            cells.peak.clip(0, 4),
            cells.core.clip(0, 4),
            cells.roundness,
            cells.elongation.clip(1, 3),
            beside(cells.contrast).clip(-2, 2),
            beside(cells.peak).clip(-2, 2),
            beside(cells.core).clip(-2, 2),
        ],
        axis=1,
    )
