"""Cut a field into patches and put patches back together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.networks._grid import PatchGrid


def cut(field: NDArray[Any], grid: PatchGrid, *, fill: float | None = None) -> NDArray[Any]:
    """Cut ``field`` into the patches of ``grid``.

    Args:
        field: Array of axes (..., y, x) whose last two sizes are the grid's.
        grid: The grid.
        fill: What stands where a patch reaches over the edge of a small field; None repeats
            the edge.

    Returns:
        Array of axes (patch, ..., y, x), patches row by row.

    Raises:
        InputError: if the field has another size than the grid.
    """
    if field.shape[-2:] != (grid.height, grid.width):
        raise InputError(
            "field to cut",
            f"{field.shape[-1]}×{field.shape[-2]} pixels",
            f"{grid.width}×{grid.height}, as the grid",
        )
    canvas = grid.canvas
    over = (canvas[0] - grid.height, canvas[1] - grid.width)
    if any(over):
        padding = [(0, 0)] * (field.ndim - 2) + [(0, over[0]), (0, over[1])]
        if fill is None:
            field = np.pad(field, padding, mode="edge")
        else:
            field = np.pad(field, padding, constant_values=fill)
    return np.stack([field[..., w.y : w.y + w.height, w.x : w.x + w.width] for w in grid])


def stitch(patches: NDArray[np.floating[Any]], grid: PatchGrid) -> NDArray[np.float32]:
    """Put patches of probabilities together; where they overlap, average them.

    Args:
        patches: Array of axes (patch, ..., y, x), patches row by row, values such as
            probabilities that may be averaged.
        grid: The grid that they were cut on.

    Returns:
        Array of axes (..., y, x), float32, of the field's size.

    Raises:
        InputError: if the patches are not those of the grid.
    """
    if len(patches) != len(grid) or patches.shape[-2:] != (grid.size, grid.size):
        raise InputError(
            "patches to stitch",
            f"shape {patches.shape}",
            f"{len(grid)} patches of {grid.size}×{grid.size} pixels",
        )
    height, width = grid.canvas
    total = np.zeros((*patches.shape[1:-2], height, width), dtype=np.float32)
    weight = np.zeros((height, width), dtype=np.float32)
    for patch, w in zip(patches, grid, strict=True):
        area = np.s_[..., w.y : w.y + w.height, w.x : w.x + w.width]
        total[area] += patch
        weight[area] += 1
    total /= weight
    return total[..., : grid.height, : grid.width]
