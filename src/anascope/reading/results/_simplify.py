"""Polygons with fewer corners, many at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SCATTERING = 2654435761  # Knuth, The Art of Computer Programming 3, section 6.4


def simplified(rings: Sequence[Floats], tolerance: float) -> list[Floats]:
    """Return closed polygons with corners left out.

    In rounds, each corner that costs less than its neighbours is left out, until none can be.
    What a corner costs is its distance from the side that would replace it, on top of what was
    lost on its two sides before; so no point of the old polygon lies further than ``tolerance``
    from the new one. All polygons take the same rounds together, which makes a field with
    hundreds of cells as fast as one with a few.

    Args:
        rings: Polygons, axes (corner, xy), each corner once.
        tolerance: The largest distance, in the unit of the corners.

    Returns:
        The same polygons in the same order, of at least three corners each.
    """
    if not rings:
        return []
    points = np.concatenate(rings)
    ring = np.repeat(np.arange(len(rings)), [len(each) for each in rings])
    lost = np.zeros(len(points))  # on the side from a corner to the next
    # Of two that cost the same, one goes first: by turns without a pattern, for along a straight
    # side all cost nothing, and numbers in a row would let go one corner a round.
    turn = np.arange(len(points), dtype=np.uint32) * np.uint32(_SCATTERING)
    while True:
        before, after = _neighbours(ring)
        cost = np.maximum(lost[before], lost) + _distances(points, points[before], points[after])
        leave = cost <= tolerance
        for other in (before, after):
            same = (cost == cost[other]) & (turn < turn[other])
            leave &= (cost < cost[other]) | same
        # A polygon of three loses none, nor does one of four lose two.
        leave &= np.bincount(ring)[ring] - np.bincount(ring, leave)[ring] >= 3
        if not leave.any():
            break
        lost[before[leave]] = cost[leave]
        keep = ~leave
        points, ring, lost, turn = points[keep], ring[keep], lost[keep], turn[keep]
    return np.split(points, np.flatnonzero(np.diff(ring)) + 1)


def _neighbours(ring: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places of the corners before and after each, round its polygon."""
    places = np.arange(len(ring))
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    last = np.append(first[1:], len(ring)) - 1
    before, after = places - 1, places + 1
    before[first], after[last] = last, first
    return before, after


def _distances(points: Floats, start: Floats, end: Floats) -> Floats:
    """Return the distance of each point from the stretch between two others."""
    side, way = end - start, points - start
    length = np.einsum("ij,ij->i", side, side)
    share = np.einsum("ij,ij->i", way, side) / np.where(length > 0, length, 1.0)
    nearest = start + np.clip(share, 0.0, 1.0)[:, None] * side
    distances: Floats = np.hypot(*(points - nearest).T)
    return distances
