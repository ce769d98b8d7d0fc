"""Which cells of a field touch another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, find_objects


def touching_cells(instances: NDArray[Any]) -> set[int]:
    """Return the numbers of cells that have a pixel of another beside or at a corner of theirs."""
    touching = set()
    padded = np.pad(instances.astype(np.int64), 1)
    for number, box in enumerate(find_objects(padded), start=1):
        if not box:
            continue
        around = padded[tuple(slice(side.start - 1, side.stop + 1) for side in box)]
        grown = binary_dilation(around == number, np.ones((3, 3), np.bool_))
        if np.setdiff1d(around[grown], [0, number]).size:
            touching.add(number)
    return touching
