"""The image as it is shown: contrast stretched to what the field holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.images._grey import GreyImage
from anascope.images._levels import count_levels

STRETCH_RULE = (
    "In each field the darkest 1% is black and the brightest 0.3% white, the rest raised to the "
    "power 0.7: do not compare brightness between pictures."
)
"""How grey levels are shown; stands where pictures are."""

_BLACK, _WHITE = 0.01, 0.997
_POWER = 0.7  # lets faint cells be seen


def stretched(signal: GreyImage) -> NDArray[np.uint8]:
    """Return an image as it is shown, axes (y, x), by :data:`STRETCH_RULE`.

    Through a table of all grey levels: many times faster than sorting pixels.
    """
    counts = count_levels(signal)
    below = np.cumsum(counts) / max(signal.size, 1)
    low, high = (int(np.searchsorted(below, share)) for share in (_BLACK, _WHITE))
    levels = np.arange(len(counts), dtype=np.float64)
    shown = np.clip((levels - low) / max(high - low, 1), 0, 1) ** _POWER
    return (255 * shown).round().astype(np.uint8).take(signal)
