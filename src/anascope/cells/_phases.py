"""In which phase of its division each cell is, and whether its chromatin is stained."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from anascope.cells._measure import CellMeasures
from anascope.cells._pattern import cell_logits

STAINED_FROM = 1.8
"""Of a dividing cell, the ratio of the light of its inner half to that of its outer half
(:attr:`~anascope.cells.CellMeasures.core`) from which its chromatin counts as stained. Condensed
chromatin lies in the middle; where antibodies spare it, the cytoplasm around it is brighter."""


def phase_probabilities(
    labels: NDArray[np.int32], phases: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return how likely each cell is in each phase, (cells, phases), by number from 1.

    The logits of a cell are the mean over its pixels.

    Args:
        labels: 0 is background, else the number of the cell, (y, x).
        phases: Logits of the phases, (phases, y, x), of the same field at any size.
    """
    height, width = (
        side / small for side, small in zip(labels.shape, phases.shape[1:], strict=True)
    )
    probabilities: NDArray[np.float64] = softmax(
        cell_logits(labels, phases, (height, width)), axis=1
    )
    return probabilities


def chromatin_is_stained(cells: CellMeasures) -> NDArray[np.bool_]:
    """Return of each cell whether its chromatin counts as stained, if it divides."""
    return cells.core >= STAINED_FROM
