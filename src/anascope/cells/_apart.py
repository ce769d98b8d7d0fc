"""Touching cells told apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.segmentation import watershed

_SMOOTHING = 1 / 20  # of a cell's diameter
_TRUNCATE = 4.0  # deviations after which the smoothing ends
_PEAKS_APART = 0.5  # of a cell's diameter, by the outline alone
_PEAKS_APART_BY_INTERIOR = 0.35
_OUTLINE_SHARE = 0.3  # of the distance to the background, beside the interior
_MOST_DISTANCE = 1.5  # of a typical cell's radius: larger cells have no higher middle


class Apart(NamedTuple):
    """Cells and the clusters of cells that they were told apart in.

    Attributes:
        cells: Number of the cell at each pixel, (y, x), 0 where none is. Those of a cluster follow
            each other, and clusters follow each other as they are first met, row by row.
        clusters: Number of the cluster at each pixel, (y, x): what hangs together, also by corners.
        peaks: Row and column from which each cell was grown, (cell, 2).
    """

    cells: NDArray[np.int32]
    clusters: NDArray[np.int32]
    peaks: NDArray[np.int64]


def cells_apart(
    mask: NDArray[np.bool_],
    *,
    cell_diameter: float,
    interior: NDArray[np.float32] | None = None,
) -> NDArray[np.int32]:
    """Return the cells of a mask, numbered from 1, with touching ones separated.

    A watershed from the peaks of a height, within the mask (scikit-image). The height is the
    distance to the background, and peaks lie at least half a cell diameter apart. With
    ``interior``, which a network predicts, the height is seven parts of that and three of the
    distance, in radii of a typical cell up to 1.5, and peaks may be as near as 0.35 diameters.

    Args:
        mask: Where cells are, shape ``(H, W)``.
        cell_diameter: Diameter of a typical cell, in pixels
            (:func:`~anascope.words.nucleus_pixels`).
        interior: How far inside its cell each pixel lies, 0 to 1, shape ``(H, W)``
            (:func:`~anascope.cells.interior_of`).

    Returns:
        Shape ``(H, W)``, 0 where no cell is.
    """
    return clusters_apart(mask, cell_diameter=cell_diameter, interior=interior).cells


def clusters_apart(
    mask: NDArray[np.bool_],
    *,
    cell_diameter: float,
    interior: NDArray[np.float32] | None = None,
) -> Apart:
    """Return what :func:`cells_apart` does, with the clusters and the peaks behind it.

    How a cluster is divided depends on nothing but itself and what lies within :func:`sight` of it.
    """
    height, apart = ndimage.distance_transform_edt(mask), _PEAKS_APART
    if interior is not None:
        apart = _PEAKS_APART_BY_INTERIOR
        distance = np.minimum(height / (cell_diameter / 2), _MOST_DISTANCE)
        height = (1 - _OUTLINE_SHARE) * interior + _OUTLINE_SHARE * distance
    # Smoothed a little, or every bump of an outline would be a peak of its own.
    height = ndimage.gaussian_filter(height, cell_diameter * _SMOOTHING, truncate=_TRUNCATE)
    clusters = label(mask, connectivity=2)
    peaks = peak_local_max(
        height,
        min_distance=max(round(cell_diameter * apart), 1),
        labels=clusters,
        exclude_border=False,
    )
    markers = np.zeros(mask.shape, dtype=np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    cells: NDArray[np.int32] = watershed(-height, markers, mask=mask)
    if (mask & (cells == 0)).any():  # a part without a peak that hangs on by a corner
        cells = watershed(-height, cells, mask=mask, connectivity=2)
    return Apart(cells, clusters, peaks)


def sight(cell_diameter: float) -> int:
    """Return how many pixels around a cluster decide how it is divided.

    The smoothed height there takes in pixels of other clusters that lie as far away as the
    smoothing reaches, and their distance to the background, which is at most that of the cluster's
    own side: a diagonal of that reach.
    """
    reach = int(_TRUNCATE * cell_diameter * _SMOOTHING + 0.5)
    return int(np.ceil((1 + np.sqrt(2)) * reach)) + 1
