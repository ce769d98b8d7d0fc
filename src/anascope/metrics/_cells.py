"""Masks cell by cell: touching cells told apart, and some of them left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.segmentation import clear_border, watershed

CELL_DIAMETER = 60.0
"""Diameter of a HEp-2 nucleus in the public sets, in pixels."""

_TOUCHED = 0.1  # share of a found cell that must be annotated for it to be that cell


def cells_apart(
    mask: NDArray[np.bool_], *, cell_diameter: float = CELL_DIAMETER
) -> NDArray[np.int32]:
    """Return the cells of a mask, numbered from 1, touching ones told apart.

    A watershed of the distance to the background, from its peaks, which lie at least half a
    cell diameter apart (scikit-image).

    Args:
        mask: Where cells are, shape ``(H, W)``.
        cell_diameter: Diameter of a typical cell, in pixels.
    """
    # Smoothed a little, or every bump of an outline would be a peak of its own.
    distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), cell_diameter / 20)
    peaks = peak_local_max(
        distance,
        min_distance=max(round(cell_diameter / 2), 1),
        labels=label(mask, connectivity=2),
        exclude_border=False,
    )
    markers = np.zeros(mask.shape, dtype=np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    cells: NDArray[np.int32] = watershed(-distance, markers, mask=mask)
    return cells


def without_border_cells(
    mask: NDArray[np.bool_], *, cell_diameter: float = CELL_DIAMETER
) -> NDArray[np.bool_]:
    """Return ``mask``, shape ``(H, W)``, without the cells that touch the border.

    Where cells touch each other, :func:`without_border_components` loses a whole crowd for one
    cell at the border; here they are told apart first (:func:`cells_apart`).
    """
    inner: NDArray[np.bool_] = clear_border(cells_apart(mask, cell_diameter=cell_diameter)) > 0
    return inner


def without_unannotated_cells(
    mask: NDArray[np.bool_],
    annotated: NDArray[np.bool_],
    *,
    cell_diameter: float = CELL_DIAMETER,
) -> NDArray[np.bool_]:
    """Return ``mask`` without the cells of which less than a tenth was annotated.

    What is left says how well the annotated cells were outlined, and nothing of false alarms:
    a diagnosis of a low score, never a score of its own.

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
