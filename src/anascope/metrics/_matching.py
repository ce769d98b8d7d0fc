"""Which found cell is which annotated one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.cells import CellMeasures

BOX = ["min_y", "min_x", "max_y", "max_x"]
"""Columns of a box: first and last row and column, both within."""
_OVERLAP = 0.5  # of boxes, intersection over union, from which a found cell is an annotated one

Boxes = NDArray[np.float64]


def _boxes(cells: CellMeasures) -> Boxes:
    """Return the boxes of found cells, (cell, 4), as the columns of :data:`BOX`."""
    return np.stack([cells.min_y, cells.min_x, cells.max_y, cells.max_x], axis=1).astype(float)


def _overlaps(first: Boxes, second: Boxes) -> Boxes:
    """Return intersection over union of boxes (both ends within), (first, second)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (high - low + 1).clip(min=0).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2] + 1).prod(axis=1) for boxes in (first, second)]
    return np.asarray(shared / (areas[0][:, None] + areas[1][None] - shared))


def matched_cells(cells: CellMeasures, known: pd.DataFrame) -> list[tuple[int, int]]:
    """Return pairs of found and annotated cells, the best first; each cell is in one pair at most.

    Boxes must overlap by at least half (intersection over union).
    """
    left, pairs = _overlaps(_boxes(cells), known[BOX].to_numpy(float)), []
    while left.size and left.max() >= _OVERLAP:
        cell, annotated = np.unravel_index(left.argmax(), left.shape)
        pairs.append((int(cell), int(annotated)))
        left[cell], left[:, annotated] = 0, 0
    return pairs
