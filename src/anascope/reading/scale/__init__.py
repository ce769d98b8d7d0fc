"""How large a pixel is where nobody says it: estimated from the picture alone.

Nothing is known here of files, models or results; the estimate depends on the pixels only.
"""

from anascope.reading.scale._estimate import (
    LARGEST_ERROR,
    PixelSizeEstimate,
    estimate_pixel_size,
    estimate_with,
)
from anascope.reading.scale._network import (
    FIRST,
    NARROWEST,
    WIDEST,
    NucleusNetworks,
    windows_of,
)
from anascope.reading.scale._profile import STEPS, scale_profile

__all__ = [
    "FIRST",
    "LARGEST_ERROR",
    "NARROWEST",
    "STEPS",
    "WIDEST",
    "NucleusNetworks",
    "PixelSizeEstimate",
    "estimate_pixel_size",
    "estimate_with",
    "scale_profile",
    "windows_of",
]
