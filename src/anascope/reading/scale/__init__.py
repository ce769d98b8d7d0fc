"""The pixel size, estimated from the picture alone if nothing states it.

This package knows nothing about files, models or results; the estimate depends on the pixels only.
"""

from anascope.reading.scale._combine import GRID, PLACES, Combining, combined
from anascope.reading.scale._estimate import (
    LARGEST_ERROR,
    LEAST_UM,
    MOST_UM,
    NUCLEUS_SEEN_UM,
    SIZES_UM,
    WRONG_BY,
    PixelSizeEstimate,
    estimate_of,
    estimate_pixel_size,
    estimate_with,
)
from anascope.reading.scale._levels import levels_of
from anascope.reading.scale._network import NETWORK

__all__ = [
    "GRID",
    "LARGEST_ERROR",
    "LEAST_UM",
    "MOST_UM",
    "NETWORK",
    "NUCLEUS_SEEN_UM",
    "PLACES",
    "SIZES_UM",
    "WRONG_BY",
    "Combining",
    "PixelSizeEstimate",
    "combined",
    "estimate_of",
    "estimate_pixel_size",
    "estimate_with",
    "levels_of",
]
