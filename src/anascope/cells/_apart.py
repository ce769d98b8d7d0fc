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


def cells_apart(mask: NDArray[np.bool_], *, cell_diameter: float) -> NDArray[np.int32]:
    """Return the cells of a mask, numbered from 1, touching ones told apart.

    A watershed of the distance to the background, from its peaks, which lie at least half a
    cell diameter apart (scikit-image).

    Args:
        mask: Where cells are, shape ``(H, W)``.
        cell_diameter: Diameter of a typical cell, in pixels
            (:func:`~anascope.words.nucleus_pixels`).

    Returns:
        Shape ``(H, W)``, 0 where no cell is.
    """
    return clusters_apart(mask, cell_diameter=cell_diameter).cells


def clusters_apart(mask: NDArray[np.bool_], *, cell_diameter: float) -> Apart:
    """Return what :func:`cells_apart` does, with the clusters and the peaks behind it.

    How a cluster is divided depends on nothing but itself and what lies within :func:`sight` of it.
    """
    # Smoothed a little, or every bump of an outline would be a peak of its own.
    distance = ndimage.gaussian_filter(
        ndimage.distance_transform_edt(mask), cell_diameter * _SMOOTHING, truncate=_TRUNCATE
    )
    clusters = label(mask, connectivity=2)
    peaks = peak_local_max(
        distance,
        min_distance=max(round(cell_diameter / 2), 1),
        labels=clusters,
        exclude_border=False,
    )
    markers = np.zeros(mask.shape, dtype=np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    cells: NDArray[np.int32] = watershed(-distance, markers, mask=mask)
    if (mask & (cells == 0)).any():  # a part without a peak that hangs on by a corner
        cells = watershed(-distance, cells, mask=mask, connectivity=2)
    return Apart(cells, clusters, peaks)


def sight(cell_diameter: float) -> int:
    """Return how many pixels around a cluster decide how it is divided.

    The smoothed distance there takes in pixels of other clusters that lie as far away as the
    smoothing reaches, and their distance to the background, which is at most that of the cluster's
    own side: a diagonal of that reach.
    """
    reach = int(_TRUNCATE * cell_diameter * _SMOOTHING + 0.5)
    return int(np.ceil((1 + np.sqrt(2)) * reach)) + 1
