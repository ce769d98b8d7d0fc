"""Single cells that were cut out of their images, laid out as a field again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cohorts.composed._places import Closeness, corners_of, shared
from anascope.images import GreyImage

_KEPT = 2.0  # pixels around a cell that stay wholly its own
_FADING = 8.0  # pixels over which its surroundings go over into the field's
_EDGE = 4.0  # pixels from the edge of a cut-out over which it fades, too
_HAZE = 12.0  # deviation, in pixels, of the blur that makes haze of surroundings

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CutOut:
    """One cell with its surroundings.

    Attributes:
        image: Grey levels, axes (y, x).
        cell: Which pixels are the cell, axes (y, x); one at least.
    """

    image: GreyImage
    cell: NDArray[np.bool_]


def lay_mosaic(
    rng: np.random.Generator,
    cut_outs: Sequence[CutOut],
    rows: int,
    shape: tuple[int, int],
    closeness: Closeness,
) -> tuple[Floats, NDArray[np.uint16]]:
    """Return grey levels and instances (axes (y, x)) of a field with these cells.

    The cells lie near the points of a lattice, each mirrored and turned by right angles at random
    (other angles would blur the camera's grain). Some are moved to a neighbour, the others to where
    they lie alone; of two that overlap the later one is in front.
    Between them is what surrounds them on their cut-outs, smoothed, with the camera's noise.

    Args:
        rng: Where chance comes from.
        cut_outs: As many as the lattice has points: a multiple of ``rows``.
        rows: Of the lattice.
        shape: Height and width of the field in pixels.
        closeness: How near to each other the cells lie.
    """
    turned = [_turned(rng, cut_out) for cut_out in cut_outs]
    corners = corners_of(rng, [cut_out.cell for cut_out in turned], rows, shape, closeness)
    field = _background(rng, turned, corners, shape)
    instances = np.zeros(shape, np.uint16)
    for number, (cut_out, corner) in enumerate(zip(turned, corners, strict=True), start=1):
        on_field, on_cut = shared(corner, cut_out.cell.shape, shape)
        own, share = cut_out.cell[on_cut], _opacity(cut_out.cell)[on_cut]
        share[(instances[on_field] > 0) & ~own] = 0  # surroundings hide no neighbour
        field[on_field] += share * (cut_out.image[on_cut] - field[on_field])
        instances[on_field][own] = number
    return field, instances


def _turned(rng: np.random.Generator, cut_out: CutOut) -> CutOut:
    quarters, mirrored = int(rng.integers(4)), bool(rng.integers(2))

    def turn(array: NDArray[np.generic]) -> NDArray[np.generic]:
        array = np.rot90(array, quarters)
        return array[:, ::-1] if mirrored else array

    image = np.ascontiguousarray(turn(cut_out.image))
    return CutOut(image, np.ascontiguousarray(turn(cut_out.cell)))


def _background(
    rng: np.random.Generator,
    cut_outs: Sequence[CutOut],
    corners: Sequence[tuple[int, int]],
    shape: tuple[int, int],
) -> Floats:
    """Return the field without cells: smooth haze, as around each cell, and noise."""
    total, weight = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    levels, noise = [], []
    for cut_out, corner in zip(cut_outs, corners, strict=True):
        on_field, on_cut = shared(corner, cut_out.cell.shape, shape)
        image = cut_out.image.astype(np.float32)
        around = ndimage.distance_transform_edt(~cut_out.cell) > _KEPT
        total[on_field] += (image * around)[on_cut]
        weight[on_field] += around[on_cut]
        if around.any():
            smoothed = ndimage.uniform_filter(image, 3)
            levels.append(np.quantile(smoothed[around], 0.2))
            noise.append(np.abs(image - smoothed)[around])
    level = float(np.median(levels)) if levels else 0.0
    few = 0.02  # of a cut-out's weight: far from all of them the field is as dark as it gets
    smooth = ndimage.gaussian_filter(total, _HAZE) + few * level
    smooth /= ndimage.gaussian_filter(weight, _HAZE) + few
    # The mean of nine pixels takes a ninth of the variance with it; 1.4826 makes a deviation of a
    # median of absolute values.
    spread = 1.4826 * float(np.median(np.concatenate(noise))) / (8 / 9) ** 0.5 if noise else 0.0
    return np.asarray(smooth + spread * rng.standard_normal(shape, np.float32), np.float32)


def _opacity(cell: NDArray[np.bool_]) -> Floats:
    """Return how much of a cut-out is seen: its cell wholly, less and less around it."""
    away = ndimage.distance_transform_edt(~cell)
    fading = np.clip(1 - (away - _KEPT) / _FADING, 0, 1)
    y, x = (np.minimum(np.arange(side), np.arange(side)[::-1]) + 1 for side in cell.shape)
    edge = np.clip(np.minimum(y[:, np.newaxis], x) / _EDGE, 0, 1)
    return np.where(cell, 1, fading * edge).astype(np.float32)
