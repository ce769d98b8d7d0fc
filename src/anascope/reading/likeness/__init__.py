"""How much a field looks like one of HEp-2 cells, told by a small network from windows of it.

The network knows nothing of patterns, and is the same whatever model reads.
"""

from anascope.reading.likeness._network import CARD, NETWORK, FieldNetwork
from anascope.reading.likeness._windows import (
    MOST_WINDOWS,
    SIDE,
    WINDOW_PIXEL_UM,
    windows_around_cells,
)

__all__ = [
    "CARD",
    "MOST_WINDOWS",
    "NETWORK",
    "SIDE",
    "WINDOW_PIXEL_UM",
    "FieldNetwork",
    "windows_around_cells",
]
