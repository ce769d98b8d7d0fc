"""Touching cells told apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.segmentation import watershed


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
    # Smoothed a little, or every bump of an outline would be a peak of its own.
    distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), cell_diameter / 20)
    peaks = peak_local_max(
        distance,
        min_distance=max(round(cell_diameter / 2), 1),
        labels=label(mask, connectivity=2),
        exclude_border=False,
    )
    markers = np.zeros(mask.shape, dtype=np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    cells: NDArray[np.int32] = watershed(-distance, markers, mask=mask)
    return cells
