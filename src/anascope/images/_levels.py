"""How many pixels of an image have each grey level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import row_bands
from anascope.images._grey import GreyImage


def count_levels(image: GreyImage, where: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
    """Return the number of pixels at each level, from 0 to the highest that its type can hold.

    Args:
        image: Axes (y, x), uint8 or uint16.
        where: Which pixels to count, axes (y, x); all if None.
    """
    levels = np.iinfo(image.dtype).max + 1
    counts = np.zeros(levels, np.intp)
    for rows in row_bands(image):
        band = image[rows].ravel() if where is None else image[rows][where[rows]]
        counts += np.bincount(band, minlength=levels)
    return counts
