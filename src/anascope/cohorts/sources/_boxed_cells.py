"""Touching cells told apart by the boxes that an annotator drew around each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import label
from skimage.segmentation import watershed

from anascope.cohorts.sources._outlines import Box, is_outlined

Labels = NDArray[np.int32]


class BoxedCell(NamedTuple):
    """A cell as a table has it.

    Attributes:
        number: Its number in the field, from 1.
        box: First row, first column, last row, last column.
        seed: Row and column of a point in it.
    """

    number: int
    box: Box
    seed: tuple[int, int]


def cells_in_boxes(mask: NDArray[np.bool_], cells: Sequence[BoxedCell]) -> NDArray[np.uint16]:
    """Return the number of the cell at each pixel, axes (y, x), 0 where none is.

    A piece of the mask belongs to the cells of whose box it holds most. If it holds most of none,
    it is part of the cell in whose box over half of it lies, such as the second half of a dividing
    cell; if there is none, it is a cell that the table lacks, with a number over all others.

    Where several cells share a piece, a pixel in the box of only one of them is that cell's. The
    others go by a watershed of the distance to the background, from those pixels; a cell that has
    none starts at its seed point. Where cells lie over each other, their border is a guess. A cell
    whose seed point is another's already (two rows of one cell) has no pixel.

    Args:
        mask: Where cells are, axes (y, x).
        cells: Those of the table; one that the mask does not show has no pixel.
    """
    pieces: Labels = label(mask, connectivity=2)
    shown = [cell for cell in cells if is_outlined(mask[_area(cell.box)])]
    owners = _owners(pieces, shown)
    numbers = np.zeros(mask.shape, np.uint16)
    further = max((cell.number for cell in cells), default=0)
    for piece, area in enumerate(ndimage.find_objects(pieces), start=1):
        own = pieces[area] == piece
        if not owners[piece]:
            further += 1
            numbers[area][own] = further
        elif len(owners[piece]) == 1:
            numbers[area][own] = owners[piece][0].number
        else:
            numbers[area][own] = _divided(own, owners[piece], area)[own]
    return numbers


def _area(box: Box) -> tuple[slice, slice]:
    top, left, bottom, right = box
    return slice(max(top, 0), max(bottom + 1, 0)), slice(max(left, 0), max(right + 1, 0))


def _owners(pieces: Labels, cells: Sequence[BoxedCell]) -> dict[int, list[BoxedCell]]:
    """Return the cells of each piece."""
    owners: dict[int, list[BoxedCell]] = defaultdict(list)
    inside = [np.bincount(pieces[_area(cell.box)].ravel()) for cell in cells]
    for cell, pixels in zip(cells, inside, strict=True):
        owners[int(pixels[1:].argmax()) + 1].append(cell)
    areas = np.bincount(pieces.ravel())
    rest = {piece for piece in range(1, len(areas)) if piece not in owners}
    for cell, pixels in zip(cells, inside, strict=True):
        for piece in sorted(rest & set(np.flatnonzero(pixels).tolist())):
            if 2 * pixels[piece] > areas[piece]:
                owners[piece] = [cell]
    return owners


def _divided(
    own: NDArray[np.bool_], cells: Sequence[BoxedCell], area: tuple[slice, ...]
) -> NDArray[np.int32]:
    """Return the number of the cell at each pixel of a piece, of which ``area`` is cut out."""
    y, x = area[0].start, area[1].start
    boxes = np.zeros(own.shape, np.int32)
    markers = np.zeros(own.shape, np.int32)
    for cell in cells:
        inside = _area((cell.box[0] - y, cell.box[1] - x, cell.box[2] - y, cell.box[3] - x))
        boxes[inside] += 1
        markers[inside] = cell.number
    markers[(boxes != 1) | ~own] = 0
    last = np.array(own.shape) - 1
    for cell in cells:
        seed = tuple(np.clip((cell.seed[0] - y, cell.seed[1] - x), 0, last))
        if own[seed] and not markers[seed] and not (markers == cell.number).any():
            markers[seed] = cell.number
    if not markers.any():
        return np.full(own.shape, cells[0].number, np.int32)
    distance = ndimage.distance_transform_edt(np.pad(own, 1))[1:-1, 1:-1]
    divided: NDArray[np.int32] = watershed(-distance, markers, mask=own, connectivity=2)
    return divided
