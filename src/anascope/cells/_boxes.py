"""Where each cell of a label mask lies, and how large it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.arrays import let_go, row_bands

Box = tuple[slice, slice]
_AT_ONCE = 500  # cells that are looked at before memory is given back


def cell_boxes(labels: NDArray[np.int32]) -> Iterator[tuple[int, Box]]:
    """Yield the number of each cell and its box, rows and columns, by number.

    Numbers that stand nowhere are left out.

    Args:
        labels: Number of the cell at each pixel, (y, x), 0 where none is.
    """
    boxes: dict[int, Box] = {}
    for band in row_bands(labels):
        # SciPy's types leave out that a number may stand nowhere.
        found: list[Box | None] = ndimage.find_objects(labels[band])  # type: ignore[assignment]
        for number, box in enumerate(found, start=1):
            if box is None:
                continue
            rows = slice(band.start + box[0].start, band.start + box[0].stop)
            boxes[number] = _both(boxes.get(number), (rows, box[1]))
    for count, number in enumerate(sorted(boxes)):
        yield number, boxes[number]
        if count % _AT_ONCE == 0:
            let_go(labels)


def _both(first: Box | None, second: Box) -> Box:
    """Return the box around two boxes."""
    if first is None:
        return second
    rows, columns = (
        slice(min(side.start, other.start), max(side.stop, other.stop))
        for side, other in zip(first, second, strict=True)
    )
    return rows, columns


def cell_areas(labels: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return how many pixels each number has, from that of the background, 0, to the highest."""
    areas = np.zeros(1, np.intp)
    for band in row_bands(labels):
        found = np.bincount(labels[band].ravel())
        areas = np.pad(areas, (0, max(len(found) - len(areas), 0)))
        areas[: len(found)] += found
    return areas
