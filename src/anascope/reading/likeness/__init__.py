"""How much a field looks like one of HEp-2 cells, estimated by a small network from windows.

The network knows nothing about patterns, and is the same for every model.
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
