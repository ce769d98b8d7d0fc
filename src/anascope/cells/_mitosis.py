"""Which cells are in mitosis, told from their shape and light beside their neighbours'."""

from __future__ import annotations

from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy.special import expit

from anascope.cells._measure import CellMeasures

MITOTIC_FROM = 0.5
"""Probability from which a cell counts as a mitotic figure."""

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


Weight = Annotated[float, Field(ge=-1e6, le=1e6)]
"""Of a layer; bounded, so that no layers lead out of the numbers."""


class Layer(BaseModel):
    """A layer of a small network.

    Attributes:
        weights: (inputs, outputs).
        bias: (outputs,).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    weights: Annotated[tuple[tuple[Weight, ...], ...], Field(min_length=1)]
    bias: Annotated[tuple[Weight, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(len(row) != len(self.bias) for row in self.weights):
            raise ValueError(f"a row of other length; expected {len(self.bias)}, as bias has")
        return self


class MitosisRule(BaseModel):
    """A small network over :data:`FEATURES`, kept with a model.

    A mitotic cell is bright in the middle with some patterns and dark there with others, so no
    weighted sum of features recognises it; rectified layers do.

    Attributes:
        mean, scale: Mean and scale by which features are standardised.
        layers: Applied one after the other, each but the last with what is under 0 set to 0; the
            last has one output, the logit.
        measured_on: The cells to which it was fitted, and its accuracy, in words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    mean: tuple[Weight, ...]
    scale: tuple[Annotated[float, Field(ge=1e-6, le=1e6)], ...]
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, max_length=8)]
    measured_on: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name, values in (("mean", self.mean), ("scale", self.scale)):
            if len(values) != len(FEATURES):
                raise ValueError(f"{name} of {len(values)} features; expected {len(FEATURES)}")
        width = len(FEATURES)
        for layer in self.layers:
            if len(layer.weights) != width:
                raise ValueError(f"a layer of {len(layer.weights)} inputs; expected {width}")
            width = len(layer.bias)
        if width != 1:
            raise ValueError(f"a last layer of {width} outputs; expected 1")
        return self

    def probabilities(self, cells: CellMeasures) -> NDArray[np.float64]:
        """Return the probability of being in mitosis, one a cell."""
        values = (features(cells) - np.array(self.mean)) / np.array(self.scale)
        for number, layer in enumerate(self.layers, start=1):
            values = values @ np.array(layer.weights) + np.array(layer.bias)
            if number < len(self.layers):
                values = np.maximum(values, 0)
        probabilities: NDArray[np.float64] = expit(values[:, 0])
        return probabilities


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
