"""Image files of masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.images._grey import GreyImage
from anascope.images._pages import read_signal
from anascope.records import MaskValue


def read_mask(path: str | Path) -> NDArray[np.bool_]:
    """Return where an image file of a mask shows cells, as :func:`cells_shown` finds them.

    Returns:
        Boolean array of axes (y, x).

    Raises:
        InputError: if the file is missing, truncated, or not an image.
    """
    return cells_shown(read_signal(path, one_bit=True))


def cells_shown(pixels: GreyImage) -> NDArray[np.bool_]:
    """Return which pixels of a mask's image are over half its brightest value.

    Some public masks have grey edges, some hold 0 and 1: half the brightest value cuts both.
    """
    return pixels > int(pixels.max(initial=0)) / 2


def plain_mask(cells: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return a mask in which everything is known: cells, and background elsewhere.

    Returns:
        Array of :class:`~anascope.records.MaskValue`, axes (y, x).
    """
    return np.where(cells, MaskValue.CELL, MaskValue.BACKGROUND).astype(np.uint8)
