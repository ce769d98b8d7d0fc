"""Square windows of a field around its cells, as the network that judges them takes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.cells import CellMeasures
from anascope.images import GreyImage

SIDE = 96
"""Pixels of a window's side."""
WINDOW_PIXEL_UM = 1.0
"""Micrometres of a window's pixel: it shows a nucleus and some ten around it."""
MOST_WINDOWS = 24
"""Windows of a field at most: more tell no more."""
_FLAT = 1e-6  # deviation, as a share of full scale, below which a window shows nothing


def windows_around_cells(
    pixels: GreyImage, cells: CellMeasures, pixel_um: float, full_scale: float
) -> NDArray[np.float32]:
    """Return windows around cells that lie spread over a field.

    Args:
        pixels: Axes (y, x), uint8 or uint16.
        cells: Measures of the cells, at least one.
        pixel_um: Micrometres of a pixel.
        full_scale: The grey level that counts as 1.0.

    Returns:
        Axes (window, y, x): at most :data:`MOST_WINDOWS`, each of mean 0 and deviation 1. A window
        that reaches over the border of the field is moved inwards; a field that is smaller than a
        window is mirrored at its borders.
    """
    span = max(round(SIDE * WINDOW_PIXEL_UM / pixel_um), 1)
    height, width = pixels.shape
    windows = []
    for index in _spread(cells):
        box = [
            _start(centre, span, side)
            for centre, side in ((cells.y[index], height), (cells.x[index], width))
        ]
        part = pixels[box[0] : box[0] + span, box[1] : box[1] + span].astype(np.float32)
        short = tuple((0, span - side) for side in part.shape)
        part = np.pad(part / np.float32(full_scale), short, mode="symmetric")
        small = Image.fromarray(part).resize((SIDE, SIDE), Image.Resampling.BOX)
        windows.append(standardized(np.asarray(small)))
    return np.stack(windows)


def standardized(window: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a window with mean 0 and deviation 1, so that neither light nor gain is seen."""
    away: NDArray[np.float32] = window - window.mean()
    return away / max(float(window.std()), _FLAT)


def _spread(cells: CellMeasures) -> NDArray[np.intp]:
    """Return which cells have a window: as many in each part of the field as it has cells."""
    order = np.lexsort((cells.x, cells.y // max(float(cells.y.max()) / 5, 1.0)))
    chosen = np.linspace(0, len(order) - 1, min(MOST_WINDOWS, len(order)))
    kept: NDArray[np.intp] = order[np.round(chosen).astype(int)]
    return kept


def _start(centre: float, span: int, side: int) -> int:
    return int(np.clip(round(centre - span / 2), 0, max(side - span, 0)))
