"""Cells that an annotator left out because the edge of the image cuts them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import isotropic_opening

from anascope.images import GreyImage, plain_mask
from anascope.records import MaskValue

_BLUR_SIGMA = 2.0  # pixels; takes the grain out, keeps cells of 60 pixels and more
_MARGIN = 3  # pixels around an annotated cell whose brightness is that cell's own blur
_OPENING_RADIUS = 8  # pixels; cuts strands of cytoplasm, keeps nuclei
_TOUCHING_AT_CORNERS = np.ones((3, 3), dtype=bool)


def mark_unannotated_border_cells(image: GreyImage, cells: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return a mask in which cells cut by the border and not annotated are unknown.

    The rule, per field: blur the image; call a pixel bright when it is over the half-way
    level between the median background and the median annotated cell; drop the pixels within
    3 pixels of an annotated cell and what an opening of radius 8 removes; what is left of it
    in pieces that touch the border is unknown, as far in as an annotated cell is long (95th
    percentile of the longer side of their boxes).

    Args:
        image: The signal, axes (y, x).
        cells: Where cells were annotated, axes (y, x), of the image's size.

    Returns:
        Array of :class:`~anascope.records.MaskValue`, axes (y, x).
    """
    mask = plain_mask(cells)
    numbered, _ = ndimage.label(cells, structure=_TOUCHING_AT_CORNERS)
    boxes = [box for box in ndimage.find_objects(numbered) if box is not None]
    near_cells = ndimage.binary_dilation(cells, iterations=_MARGIN)
    if not boxes or near_cells.all():
        return mask
    smooth = ndimage.gaussian_filter(image.astype(np.float32), _BLUR_SIGMA, mode="nearest")
    level = 0.5 * float(np.median(smooth[~near_cells]) + np.median(smooth[cells]))
    bright = isotropic_opening((smooth > level) & ~near_cells, _OPENING_RADIUS)

    sides = [max(side.stop - side.start for side in box) for box in boxes]
    reach = int(np.percentile(sides, 95))
    bright[reach:-reach, reach:-reach] = False

    pieces, _ = ndimage.label(bright)
    at_border = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    mask[np.isin(pieces, at_border[at_border > 0])] = MaskValue.UNKNOWN
    return mask
