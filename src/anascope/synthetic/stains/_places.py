"""Where small things lie that several patterns show: chromosomes, curves, places apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.synthetic.cells import ANGLES, Phase, Tile
from anascope.synthetic.optics import Floats

Places = NDArray[np.float64]
"""Micrometres from the centre of the cell, (K, 2: y, x)."""

_TRIES = 12  # candidates for each place that is wanted


def in_chromatin(tile: Tile, count: int, *, thick: float = 0.05, long: float = 0.62) -> Places:
    """Draw places on the chromosomes of a dividing cell.

    Args:
        tile: The cell.
        count: How many.
        thick: Deviation along the spindle, as a share of the cell's radius.
        long: How far across it they reach at most, as such a share.
    """
    rng, size = tile.rng, float(tile.cell.nucleus.mean())
    across = rng.uniform(-long, long, count) * size
    along = rng.normal(0, thick * size, count)
    if tile.cell.phase is Phase.ANAPHASE:
        along += rng.choice([-0.38, 0.38], count) * size
    elif tile.cell.phase is Phase.TELOPHASE:
        along, across = along + rng.choice([-0.62, 0.62], count) * size, 0.6 * across
    elif tile.cell.phase is Phase.PROMETAPHASE:
        along, across = rng.normal(0, 0.22 * size, (2, count))
    return tile.turned(along, across)


def apart(tile: Tile, count: int, least_um: float, *, most: float = 0.85) -> Places:
    """Draw places in the nucleus without any order, no two nearer than ``least_um``.

    Fewer come back where so many do not fit.

    Args:
        tile: The cell.
        count: How many.
        least_um: Least distance of two.
        most: Share of the nucleus' radius within which they lie.
    """
    rng = tile.rng
    angle = rng.uniform(0, 2 * np.pi, _TRIES * count)
    away = most * np.sqrt(rng.random(_TRIES * count))
    away *= tile.cell.nucleus[directions(angle)]
    kept: list[NDArray[np.float64]] = []
    for place in np.stack([away * np.sin(angle), away * np.cos(angle)], axis=1):
        if len(kept) == count:
            break
        if all(np.hypot(*(place - other)) >= least_um for other in kept):
            kept.append(place)
    return np.array(kept).reshape(-1, 2)


def in_cytoplasm(tile: Tile, count: int, *, outward: float = 1.0, most: float = 0.8) -> Places:
    """Draw places between the nucleus and the outline of a cell in interphase.

    Args:
        tile: The cell.
        count: How many.
        outward: 1 spreads them evenly along the way out, more crowds them at the nucleus.
        most: Share of the body's radius within which they lie.
    """
    angle = tile.rng.uniform(0, 2 * np.pi, count)
    index = directions(angle)
    inner, outer = 1.05 * tile.cell.nucleus[index], most * tile.cell.body[index]
    away = inner + (outer - inner).clip(0) * tile.rng.uniform(0, 1, count) ** outward
    return np.stack([away * np.sin(angle), away * np.cos(angle)], axis=1)


def directions(angle: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the index of angles among those in which outlines are given."""
    return (angle * ANGLES / (2 * np.pi)).astype(int) % ANGLES


def curve(tile: Tile, places: Places, width_um: float, height: float) -> Floats:
    """Return a bright line through ``places``, so dense that their lights run together.

    Args:
        tile: Where.
        places: At equal steps, not longer than ``width_um``.
        width_um: Of the line, as a deviation.
        height: Brightness in its middle.
    """
    steps = np.hypot(*np.diff(places, axis=0).T)
    # So many Gaussians lie over one another on a long line.
    over = width_um * np.sqrt(2 * np.pi) / float(steps.mean())
    return tile.dots(places, width_um, np.full(len(places), height / max(over, 1.0)))
