"""Masks cell by cell: some of the cells left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import clear_border

from anascope.cells import cells_apart

_TOUCHED = 0.1  # share of a found cell that must be annotated for it to be that cell


def without_border_cells(mask: NDArray[np.bool_], *, cell_diameter: float) -> NDArray[np.bool_]:
    """Return ``mask``, shape ``(H, W)``, without the cells that touch the border.

    If cells touch each other, :func:`without_border_components` drops a whole cluster for one cell
    at the border; here they are separated first (:func:`~anascope.cells.cells_apart`).

    Args:
        mask: Where cells are, shape ``(H, W)``.
        cell_diameter: Diameter of a typical cell, in pixels.
    """
    inner: NDArray[np.bool_] = clear_border(cells_apart(mask, cell_diameter=cell_diameter)) > 0
    return inner


def without_unannotated_cells(
    mask: NDArray[np.bool_], annotated: NDArray[np.bool_], *, cell_diameter: float
) -> NDArray[np.bool_]:
    """Return ``mask`` without the cells of which less than a tenth was annotated.

    The rest shows how well the annotated cells were outlined, but nothing about false alarms: it
    helps to explain a low score, and is not a score itself.

    Args:
        mask: Where cells were found, shape ``(H, W)``.
        annotated: Where cells were annotated, shape ``(H, W)``.
        cell_diameter: Diameter of a typical cell, in pixels.
    """
    cells = cells_apart(mask, cell_diameter=cell_diameter)
    areas = np.bincount(cells.ravel())
    shares = np.bincount(cells.ravel(), weights=annotated.ravel()) / np.maximum(areas, 1)
    keep = shares >= _TOUCHED
    keep[0] = False
    kept: NDArray[np.bool_] = keep[cells]
    return kept
