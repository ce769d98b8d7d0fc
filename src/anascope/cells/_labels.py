"""From a network's probabilities to numbered cells on the image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.arrays import let_go, room_for, row_bands
from anascope.cells._boxes import cell_areas
from anascope.cells._windows import WINDOWING, Windowing, cells_apart_anywhere
from anascope.images import resized

_SMALLEST = 0.12  # share of a typical cell's area under which a found speck is no cell


def label_cells(
    probability: NDArray[np.float32],
    shape: tuple[int, int],
    *,
    cell_diameter: float,
    threshold: float = 0.5,
    interior: NDArray[np.float32] | None = None,
    windowing: Windowing = WINDOWING,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the cells of an image, numbered from 1 in reading order, and its mask.

    Cells are separated at the network's scale, which is quick, and carried to the scale of the
    image; their outlines come from the probabilities interpolated there.

    Args:
        probability: Of being cell, (y, x), at the network's scale.
        shape: Height and width of the image.
        cell_diameter: Of a typical cell, in pixels of the network.
        threshold: Probability from which a pixel is cell.
        interior: How far inside its cell each pixel lies, 0 to 1, (y, x), at the network's scale,
            if the network predicts it; otherwise cells are separated by their outline.
        windowing: How a large field is divided into windows.

    Returns:
        Labels (height, width), 0 where no cell is, and probabilities (height, width).
    """
    cells = cells_apart_anywhere(
        probability,
        threshold,
        cell_diameter=cell_diameter,
        interior=interior,
        windowing=windowing,
    )
    _drop_specks(cells, _SMALLEST * np.pi / 4 * cell_diameter**2)
    if shape == probability.shape:
        return cells, probability
    rows, columns = (
        (np.arange(new) * old // new).astype(np.intp)
        for new, old in zip(shape, probability.shape, strict=True)
    )
    labels, mask = room_for(shape, np.int32), room_for(shape, np.float32)
    for band in row_bands(labels, mask, most=windowing.image):
        mask[band] = resized(probability, shape, rows=band)
        first, last = int(rows[band][0]), int(rows[band][-1])
        above = max(first - 1, 0)
        coarse = cells[above : last + 2]
        # A pixel beyond a cell's outline at the low resolution belongs to the cell next to it.
        near: NDArray[np.int32] = ndimage.maximum_filter(coarse, 3)
        seed = np.where(coarse > 0, coarse, near)
        labels[band] = seed[(rows[band] - above)[:, np.newaxis], columns]
        labels[band][mask[band] <= threshold] = 0
        let_go(probability, cells)
    return labels, mask


def _drop_specks(cells: NDArray[np.int32], smallest: float) -> None:
    """Take out cells of less than ``smallest`` pixels, and number the others anew."""
    kept = cell_areas(cells) >= smallest
    kept[0] = False
    numbers = np.zeros(len(kept), np.int32)
    numbers[kept] = np.arange(1, int(kept.sum()) + 1)
    for band in row_bands(cells):
        cells[band] = numbers[cells[band]]
