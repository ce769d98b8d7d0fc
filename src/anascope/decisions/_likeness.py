"""How much a field looks like one of HEp-2 cells, told from a few measures of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

LIKENESS_MEASURES = (
    "cell share",
    "unsure share",
    "log cells",
    "whole cells",
    "log diameter",
    "spread of sizes",
    "roundness",
    "elongation",
    "contrast",
    "peak",
    "log stands out",
    "log brightness",
    "log background",
    "root clipped",
    "energy",
    "energy of the field",
    "sureness",
    "agreement",
    "spread of logits",
    "blur",
)
"""What may be measured of a field, its mask and its cells, and of what the network says of them:

- *cell share*: of the mask's pixels, those that are cell; *unsure share*: of those that may be cell
  (a tenth or more), those that may as well be none (nine tenths or less);
- *log cells*: logarithm of their number and one more; *whole cells*: share of them that do not
  touch the border; *log diameter*: of the median diameter over that of a nucleus; *spread of
  sizes*: between the quartiles of the logarithm of their areas;
- *roundness*, *elongation*, *contrast*, *peak*: medians over the cells of
  :class:`anascope.cells.CellMeasures`;
- *log stands out*: of the cells' median brightness over the spread of the background; *log
  brightness* and *log background*: of the field's brightness over the background, and of the
  spread of that, in thousandths of full scale; all of one more; *root clipped*: square root of the
  share of black pixels;
- *energy*: logarithm of the sum of the exponentials of the pattern logits, the mean over cells (Liu
  et al., NeurIPS 2020), and the same of the whole field;
- *sureness*: mean probability of each cell's likeliest pattern, not calibrated; *agreement*: share
  of cells that have the most frequent one; *spread of logits*: standard deviation over the cells,
  the mean over patterns;
- *blur*: standard deviation of the cells' blur in micrometres, 3 if no cell has an edge."""

Weight = Annotated[float, Field(ge=-1e6, le=1e6)]
_MOST_VECTORS = 5000


class Likeness(BaseModel):
    """A support-vector machine over :data:`LIKENESS_MEASURES`, kept with a model.

    Attributes:
        measures: Which of them it takes.
        mean, scale: What each is standardised by.
        clip: How many of these a measure counts for at most: nothing that is far beyond all that
            was seen may outweigh the rest.
        vectors: Measures, standardised, of the pictures that lie near the border, (vectors,
            measures).
        weights: Of each: over 0 for fields of HEp-2 cells, under 0 for other pictures.
        gamma: How fast a picture's say falls with the squared distance to it.
        bias: Added to the sum, such that from 0 on a field is one of HEp-2 cells.
        fitted_on: On what it was fitted, and how, in words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    measures: Annotated[tuple[str, ...], Field(min_length=1, max_length=len(LIKENESS_MEASURES))]
    mean: tuple[Weight, ...]
    scale: tuple[Annotated[float, Field(ge=1e-6, le=1e6)], ...]
    clip: Annotated[float, Field(gt=0, le=100)]
    vectors: Annotated[
        tuple[tuple[Weight, ...], ...], Field(min_length=1, max_length=_MOST_VECTORS)
    ]
    weights: tuple[Weight, ...]
    gamma: Annotated[float, Field(gt=0, le=1e3)]
    bias: Weight
    fitted_on: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        unknown = [name for name in self.measures if name not in LIKENESS_MEASURES]
        if unknown:
            raise ValueError(f"measure '{unknown[0]}'; expected one of {LIKENESS_MEASURES}")
        count = len(self.measures)
        for name in ("mean", "scale"):
            if len(getattr(self, name)) != count:
                found = f"{name} of {len(getattr(self, name))} numbers"
                raise ValueError(f"{found}; expected {count}, as there are measures")
        if any(len(vector) != count for vector in self.vectors):
            raise ValueError(f"a vector of another length; expected {count}, as there are measures")
        if len(self.weights) != len(self.vectors):
            found = f"{len(self.weights)} weights"
            raise ValueError(f"{found}; expected {len(self.vectors)}, as there are vectors")
        return self

    def score(self, measured: Mapping[str, float]) -> float:
        """Return how much a picture looks like a field of HEp-2 cells: if it does, 0 or more.

        Args:
            measured: All of ``measures``, by name.
        """
        values = np.array([measured[name] for name in self.measures])
        away = np.array(self.vectors) - standardised(values, self.mean, self.scale, self.clip)
        near = np.exp(-self.gamma * (away**2).sum(axis=1))
        return float(near @ np.array(self.weights) + self.bias)


def standardised(
    values: NDArray[np.float64], mean: tuple[float, ...], scale: tuple[float, ...], clip: float
) -> NDArray[np.float64]:
    """Return measures, (..., measures), as the rule takes them."""
    standard: NDArray[np.float64] = (values - np.array(mean)) / np.array(scale)
    return standard.clip(-clip, clip)
