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
_INNER = 0.5  # interior over which a pixel belongs to the inner part of its cell
_SMALLEST = 0.03  # share of a typical cell's area that an inner part has at least


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
    """Return the cells of a mask, numbered from 1, touching ones told apart.

    With ``interior``, what a network tells of it: cells are grown from their inner parts, which are
    the connected pieces of the mask where the interior is over a half and which hold at least
    3% of a typical cell's area. What hangs together without such a piece is one cell.

    Without, from the outline alone: cells are grown from the peaks of the distance to the
    background, which lie at least half a cell diameter apart.

    They are grown by a watershed (scikit-image) over the interior or the distance, within the mask.

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
    clusters: NDArray[np.int32] = label(mask, connectivity=2)
    if interior is None:
        # Smoothed a little, or every bump of an outline would be a peak of its own.
        height = ndimage.gaussian_filter(
            ndimage.distance_transform_edt(mask), cell_diameter * _SMOOTHING, truncate=_TRUNCATE
        )
        peaks = peak_local_max(
            height,
            min_distance=max(round(cell_diameter / 2), 1),
            labels=clusters,
            exclude_border=False,
        )
        markers = np.zeros(mask.shape, dtype=np.int32)
        markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    else:
        height = interior
        markers, peaks = _inner_parts(clusters, interior, _SMALLEST * np.pi / 4 * cell_diameter**2)
    cells: NDArray[np.int32] = watershed(-height, markers, mask=mask)
    if (mask & (cells == 0)).any():  # a part without a peak that hangs on by a corner
        cells = watershed(-height, cells, mask=mask, connectivity=2)
    return Apart(cells, clusters, peaks)


def _inner_parts(
    clusters: NDArray[np.int32], interior: NDArray[np.float32], smallest: float
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the inner parts of cells, numbered cluster by cluster, and the middle of each.

    Args:
        clusters: Number of the cluster at each pixel, 0 where no cell is.
        interior: How far inside its cell each pixel lies.
        smallest: Least area of an inner part, in pixels.
    """
    parts = label((clusters > 0) & (interior > _INNER), connectivity=1)
    kept = np.bincount(parts.ravel()) >= smallest
    kept[0] = False
    parts[~kept[parts]] = 0
    without = np.ones(int(clusters.max(initial=0)) + 1, np.bool_)
    without[clusters[parts > 0]] = False
    without[0] = False
    # A cluster without an inner part is one cell.
    parts = np.where(without[clusters], len(kept) + clusters, parts)
    numbers = np.unique(parts[parts > 0])
    peaks = np.array(
        ndimage.maximum_position(interior, parts, numbers) if len(numbers) else [], np.int64
    ).reshape(-1, 2)
    order = np.argsort(clusters[tuple(peaks.T)], kind="stable")
    renumbered = np.zeros(int(parts.max(initial=0)) + 1, np.int32)
    renumbered[numbers[order]] = np.arange(1, len(numbers) + 1)
    return renumbered[parts], peaks[order]


def sight(cell_diameter: float, *, by_interior: bool) -> int:
    """Return how many pixels around a cluster decide how it is divided.

    With the interior that is the pixel beside it, where it ends. Without, the smoothed distance
    there takes in pixels of other clusters that lie as far away as the smoothing reaches, and their
    distance to the background, which is at most that of the cluster's own side: a diagonal of that
    reach.
    """
    if by_interior:
        return 1
    reach = int(_TRUNCATE * cell_diameter * _SMOOTHING + 0.5)
    return int(np.ceil((1 + np.sqrt(2)) * reach)) + 1
