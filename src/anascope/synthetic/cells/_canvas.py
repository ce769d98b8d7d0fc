"""A field under construction: light and instances, pasted tile by tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.synthetic.cells._tile import Tile
from anascope.synthetic.optics import Floats, blurred

_THROUGH = 0.35  # share of the dimmer of two overlapping lights that adds to the brighter


class Canvas:
    """Light and instances of a field.

    Args:
        shape: Height and width in pixels.

    Attributes:
        light: (height, width).
        instances: (height, width), the number of the cell that is in front.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.light: Floats = np.zeros(shape, np.float32)
        self.instances: NDArray[np.uint16] = np.zeros(shape, np.uint16)
        self._front: Floats = np.zeros(shape, np.float32)
        self._body_front: Floats = np.zeros(shape, np.float32)

    def add(self, tile: Tile, light: Floats) -> None:
        """Lay light on the field; where cells overlap, the dimmer one shines through."""
        on_field, on_tile = self._cut(tile)
        below, new = self.light[on_field], light[on_tile]
        np.add(np.maximum(below, new), np.float32(_THROUGH) * np.minimum(below, new), out=below)

    def cover(self, tile: Tile, light: Floats, front: Floats, blur: float) -> None:
        """Lay a spread cell on the field: it hides what is under it; neighbours share a border.

        Args:
            tile: Where.
            light: Axes (y, x), as the tile; blurred already.
            front: Over 0 in the cell; of two cells the one with the higher value is seen.
            blur: Deviation of the blur of the cell's outline, in pixels.
        """
        on_field, on_tile = self._cut(tile)
        below, new, mine = self.light[on_field], light[on_tile], front[on_tile]
        foremost = mine > np.maximum(self._body_front[on_field], 0)
        share = blurred(foremost.astype(np.float32), max(blur, 0.8))
        visible = np.where(mine > 0, share, 1 - (self._body_front[on_field] > 0))
        below *= 1 - share
        below += new * visible
        np.copyto(self._body_front[on_field], mine, where=foremost)

    def mark(self, tile: Tile, inside: NDArray[np.bool_], number: int, front: Floats) -> None:
        """Give the pixels ``inside`` to a cell, where it is further in front than another."""
        on_field, on_tile = self._cut(tile)
        mine = inside[on_tile] & (front[on_tile] > self._front[on_field])
        self.instances[on_field][mine] = number
        np.copyto(self._front[on_field], front[on_tile], where=mine)

    def _cut(self, tile: Tile) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Return the part of the field that the tile covers, and the part of the tile on it."""
        on_field, on_tile = [], []
        for first, side, extent in zip(
            (tile.top, tile.left), tile.shape, self.light.shape, strict=True
        ):
            start, stop = max(first, 0), min(first + side, extent)
            on_field.append(slice(start, max(start, stop)))
            on_tile.append(slice(start - first, max(start, stop) - first))
        return (on_field[0], on_field[1]), (on_tile[0], on_tile[1])
