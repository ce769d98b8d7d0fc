"""How far inside its cell each pixel lies: what a network learns to tell cells apart by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cells._boxes import cell_boxes

RIM = 0.4
"""The outer part of a cell in which the interior rises, as a share of the greatest distance to its
outline."""

Floats = NDArray[np.float32]


def interior_of(instances: NDArray[np.int32]) -> Floats:
    """Return how far inside its cell each pixel lies: 0 at the outline, 1 from :data:`RIM` on.

    It is the distance to the outline of the cell itself, as a share of the greatest in that cell,
    so that between two cells that touch it falls as low as beside the background, and a small cell
    has as high a middle as a large one. Beyond the rim it does not rise further, because the
    network must learn the rim, where cells are separated. The edge of the image is no outline: a
    cell that it cuts is assumed to continue.

    Args:
        instances: Number of the cell at each pixel, (y, x), 0 where none is.

    Returns:
        (y, x), over 0 to 1 in cells, 0 elsewhere.
    """
    interior = np.zeros(instances.shape, np.float32)
    for number, box in cell_boxes(instances):
        own = _framed(instances, number, box)
        distance = ndimage.distance_transform_edt(own)[1:-1, 1:-1]
        cell = own[1:-1, 1:-1]
        interior[box][cell] = np.minimum(distance / (RIM * distance.max()), 1)[cell]
    return interior


def centrality_of(instances: NDArray[np.int32]) -> Floats:
    r"""Return how near each pixel is to the centre of its cell.

    :math:`\exp(-2 r^2 / R^2)` at a distance :math:`r` from the centre of mass of a cell whose area
    is that of a disc of radius :math:`R`: half at 0.59 of the radius, and 0.14 at the outline of a
    round cell.

    Args:
        instances: Number of the cell at each pixel, (y, x), 0 where none is.

    Returns:
        (y, x), over 0 to 1 in cells, 0 elsewhere.
    """
    centrality = np.zeros(instances.shape, np.float32)
    for number, box in cell_boxes(instances):
        cell = instances[box] == number
        y, x = np.nonzero(cell)
        away = (y - y.mean()) ** 2 + (x - x.mean()) ** 2
        centrality[box][cell] = np.exp(-2 * np.pi * away / len(y))
    return centrality


def _framed(
    instances: NDArray[np.int32], number: int, box: tuple[slice, slice]
) -> NDArray[np.bool_]:
    """Return where a cell is in its box with one pixel around; beyond the image it goes on."""
    inside = np.pad(instances[box] == number, 1)
    rows, columns = box
    height, width = instances.shape
    if rows.start == 0:
        inside[0] = inside[1]
    if rows.stop == height:
        inside[-1] = inside[-2]
    if columns.start == 0:
        inside[:, 0] = inside[:, 1]
    if columns.stop == width:
        inside[:, -1] = inside[:, -2]
    return inside
