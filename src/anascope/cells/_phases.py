"""In which phase of its division each cell is, and whether its chromatin is stained."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from anascope.cells._measure import CellMeasures
from anascope.cells._mitosis import MITOTIC_FROM
from anascope.cells._pattern import cell_logits

STAINED_FROM = 1.36
"""The :func:`chromatin_contrast` from which the chromatin of a dividing cell counts as stained.

It was set on dividing cells of MIVIA that networks with the task ``cells`` found, and tested on no
others."""


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


def chromatin_contrast(cells: CellMeasures) -> NDArray[np.float64]:
    """Return how much of the light of each cell lies in a small bright middle.

    This is the light of its inner half over that of its outer half
    (:attr:`~anascope.cells.CellMeasures.core`), divided by the ratio of its area to the median of
    its field. If antibodies stain condensed chromatin, the bright plate is in the middle of the
    found cell or is all that is found; if they do not, the whole rounded cell is bright except for
    the plate.
    """
    if not len(cells):
        return np.zeros(0)
    contrast: NDArray[np.float64] = cells.core * np.median(cells.area) / cells.area
    return contrast


def chromatin_is_stained(cells: CellMeasures) -> NDArray[np.bool_]:
    """Return for each cell whether its chromatin counts as stained, if it divides."""
    return chromatin_contrast(cells) >= STAINED_FROM


def count_chromatin(cells: CellMeasures, mitotic: NDArray[np.float64]) -> tuple[int, int]:
    """Return the numbers of dividing cells whose chromatin counts as stained, and as unstained.

    Args:
        cells: Measures of the cells.
        mitotic: Probability of being in mitosis, one a cell; from
            :data:`~anascope.cells.MITOTIC_FROM` on a cell divides.
    """
    stained = chromatin_is_stained(cells)[mitotic >= MITOTIC_FROM]
    return int(stained.sum()), int((~stained).sum())
