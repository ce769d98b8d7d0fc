"""Cells of a field as a row of small pictures, the dividing ones among them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.reading import CellReading, FieldArrays, FieldReading
from anascope.reading.results._shown import shown

TILE = 96
"""Pixels of each side of a small picture."""
_AROUND = 0.2  # of a cell's longer side, shown on each side of it


def dividing_row(field: FieldReading, arrays: FieldArrays) -> Image.Image | None:
    """Return the field's dividing cells side by side, in grey, each a square of :data:`TILE`.

    They are those of :attr:`~anascope.reading.FieldSummary.dividing`, in that order, as bright as
    in the field's picture. Beyond the edge of the field the picture is black.

    Args:
        field: What was read of the field.
        arrays: Its image.

    Returns:
        None if it has none.
    """
    if not field.dividing:
        return None
    grey, _, scale = shown(arrays)
    cells = {cell.cell: cell for cell in field.cells}
    return row_of_cells(grey, [cells[dividing.cell] for dividing in field.dividing], scale=scale)


def row_of_cells(
    grey: NDArray[np.uint8], cells: Sequence[CellReading], *, scale: float = 1.0
) -> Image.Image:
    """Return cells of a field side by side, in grey, each a square of :data:`TILE` pixels.

    Args:
        grey: The field as it is shown, axes (y, x).
        cells: Which, from left to right; at least one.
        scale: Pixels of ``grey`` to one of the field.
    """
    picture = Image.fromarray(grey)
    row = Image.new("L", (TILE * len(cells), TILE))
    for index, cell in enumerate(cells):
        side = max(cell.max_y - cell.min_y, cell.max_x - cell.min_x) + 1
        half = max(round(scale * side * (0.5 + _AROUND)), 1)
        y = round(scale * (cell.min_y + cell.max_y + 1) / 2)
        x = round(scale * (cell.min_x + cell.max_x + 1) / 2)
        around = picture.crop((x - half, y - half, x + half, y + half))
        row.paste(around.resize((TILE, TILE), Image.Resampling.BICUBIC), (index * TILE, 0))
    return row
