"""Cells that an annotator left out because the edge of the image cuts them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.filters import gaussian
from skimage.measure import label, regionprops
from skimage.morphology import disk, opening

from anascope.cohorts._pixels import GreyImage
from anascope.records import MaskValue

_BLUR_SIGMA = 2.0  # pixels; takes the grain out, keeps cells of 60 pixels and more
_MARGIN = 3  # pixels around an annotated cell whose brightness is that cell's own blur
_OPENING_RADIUS = 8  # pixels; cuts strands of cytoplasm, keeps nuclei


def mark_unannotated_border_cells(
    image: GreyImage, cells: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Return a mask in which cells cut by the border and not annotated are unknown.

    The rule, per field: blur the image; call a pixel bright when it is over the half-way
    level between the median background and the median annotated cell; drop the pixels within
    3 pixels of an annotated cell and what an opening of radius 8 removes; what is left of it
    in pieces that touch the border is unknown, as far in as an annotated cell is long (95th
    percentile of the longer side of their boxes).

    Args:
        image: The signal, axes (y, x).
        cells: Where cells were annotated, axes (y, x).

    Returns:
        Array of :class:`~anascope.records.MaskValue`, axes (y, x).
    """
    mask = np.where(cells, MaskValue.CELL, MaskValue.BACKGROUND).astype(np.uint8)
    regions = regionprops(label(cells))
    if not regions:
        return mask
    smooth = gaussian(image.astype(np.float32), _BLUR_SIGMA)
    near_cells = ndimage.binary_dilation(cells, iterations=_MARGIN)
    level = 0.5 * float(np.median(smooth[~near_cells]) + np.median(smooth[cells]))
    bright = opening((smooth > level) & ~near_cells, disk(_OPENING_RADIUS))

    sides = [max(r.bbox[2] - r.bbox[0], r.bbox[3] - r.bbox[1]) for r in regions]
    reach = int(np.percentile(sides, 95))
    bright[reach:-reach, reach:-reach] = False

    pieces = label(bright, connectivity=1)
    at_border = np.unique(
        np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    )
    unknown = np.isin(pieces, at_border[at_border > 0])
    mask[unknown] = MaskValue.UNKNOWN
    return mask
