"""Cells that an annotator found but did not outline."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from anascope.records import MaskValue

_OUTLINED = 0.1
"""Share of its box that the mask shows of a cell. In MIVIA, 71 of 1,526 boxes hold less, nearly all
of them nothing, or a corner of a neighbour; the next one holds 0.19, half of them over 0.75."""

Box = tuple[int, int, int, int]
"""First row, first column, last row, last column of a cell."""


def is_outlined(cell: NDArray[np.bool_]) -> bool:
    """Tell whether a mask shows a cell, by the mask in its box, axes (y, x)."""
    return bool(cell.size) and float(cell.mean()) >= _OUTLINED


def mark_cells_without_outline(mask: NDArray[np.uint8], boxes: Iterable[Box]) -> NDArray[np.uint8]:
    """Return the mask in which the boxes of cells that it does not show are unknown.

    Where somebody saw a cell it is no background, but nobody said where it ends. A cell whose box
    is less than a tenth mask is one that the mask does not show.

    Args:
        mask: Values of :class:`~anascope.records.MaskValue`, axes (y, x).
        boxes: Of the annotated cells.
    """
    marked = mask.copy()
    for top, left, bottom, right in boxes:
        inside = (slice(top, bottom + 1), slice(left, right + 1))
        cell = mask[inside] == MaskValue.CELL
        if cell.size and not is_outlined(cell):
            marked[inside][~cell] = MaskValue.UNKNOWN
    return marked
