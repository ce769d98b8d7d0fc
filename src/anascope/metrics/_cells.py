"""Whole cells against cells that the border cuts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.segmentation import clear_border, watershed

CELL_DIAMETER = 60.0
"""Diameter of a HEp-2 nucleus in the public sets, in pixels."""


def without_border_cells(
    mask: NDArray[np.bool_], *, cell_diameter: float = CELL_DIAMETER
) -> NDArray[np.bool_]:
    """Return ``mask`` without the cells that touch the border, touching cells told apart.

    Where cells touch each other, :func:`without_border_components` loses a whole crowd for one
    cell at the border. Here they are told apart first, by a watershed of the distance to the
    background from its peaks, which lie at least half a cell diameter apart (scikit-image).

    Args:
        mask: Where cells are, shape ``(H, W)``.
        cell_diameter: Diameter of a typical cell, in pixels.
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
    inner: NDArray[np.bool_] = clear_border(watershed(-distance, markers, mask=mask)) > 0
    return inner
