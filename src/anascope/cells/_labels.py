"""From a network's probabilities to numbered cells on the image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cells._apart import cells_apart
from anascope.images import resized

_SMALLEST = 0.12  # share of a typical cell's area under which a found speck is no cell


def label_cells(
    probability: NDArray[np.float32],
    shape: tuple[int, int],
    *,
    cell_diameter: float,
    threshold: float = 0.5,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the cells of an image, numbered from 1 in reading order, and its mask.

    Cells are told apart at the network's scale, where that is quick, and carried to the image's;
    their outlines come from the probabilities interpolated there.

    Args:
        probability: Of being cell, (y, x), at the network's scale.
        shape: Height and width of the image.
        cell_diameter: Of a typical cell, in pixels of the network.
        threshold: Probability from which a pixel is cell.

    Returns:
        Labels (height, width), 0 where no cell is, and probabilities (height, width).
    """
    cells = cells_apart(probability > threshold, cell_diameter=cell_diameter)
    areas = np.bincount(cells.ravel())
    kept = areas >= _SMALLEST * np.pi / 4 * cell_diameter**2
    kept[0] = False
    numbers = np.zeros(len(kept), np.int32)
    numbers[kept] = np.arange(1, int(kept.sum()) + 1)
    cells = numbers[cells]
    mask = resized(probability, shape)
    if shape == probability.shape:
        return cells, mask
    rows, columns = (
        (np.arange(new) * old // new).astype(np.intp)
        for new, old in zip(shape, probability.shape, strict=True)
    )
    # A pixel beyond a cell's outline at the low resolution belongs to the cell next to it.
    near: NDArray[np.int32] = ndimage.maximum_filter(cells, 3)
    seed = np.where(cells > 0, cells, near)
    labels: NDArray[np.int32] = seed[rows[:, np.newaxis], columns]
    labels[mask <= threshold] = 0
    return labels, mask
