"""Cells as polygons: from a label mask to outlines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import let_go
from anascope.cells import cell_boxes

TOLERANCE = 0.3
"""How far an outline may lie from the border of its cell, in pixels. Outlines of two cells, or
two sides of one, are nowhere nearer than 0.7 pixels, so that none cross."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The outline of one cell.

    Attributes:
        cell: Its number in the label mask.
        points: Corners of the polygon, axes (corner, xy), float64, each once: the last is joined
            to the first. In pixels from the upper left corner of the image, so that the middle of
            its first pixel is (0.5, 0.5), as ImageJ and QuPath count for areas.
    """

    cell: int
    points: NDArray[np.float64]

    @property
    def area(self) -> float:
        """Square pixels within."""
        import shapely

        return float(shapely.area(shapely.polygons(self.points)))


def outlines_of(labels: NDArray[np.int32], *, tolerance: float = TOLERANCE) -> list[Outline]:
    """Return the outline of every cell, by its number.

    Each is one simple polygon: the border of the cell's largest part, half-way between its
    pixels and those around; pixels that touch only at a corner are two parts. Holes are not cut
    out.

    Args:
        labels: The number of the cell at each pixel, axes (y, x), 0 where none is.
        tolerance: How far a simplified outline may lie from the whole one, in pixels.
    """
    # The imports take longer than a field does.
    import shapely
    from skimage.measure import find_contours

    cells: list[int] = []
    polygons: list[shapely.Polygon] = []
    for cell, box in cell_boxes(labels):
        rows, columns = box
        # A frame of background, that the contours of cells at the border of the image close too.
        inside = np.zeros((rows.stop - rows.start + 2, columns.stop - columns.start + 2))
        inside[1:-1, 1:-1] = labels[box] == cell
        # From centres of framed pixels to corners of the image's: one back, half on.
        corner = (columns.start - 0.5, rows.start - 0.5)
        parts = [shapely.polygons(ring[:, ::-1] + corner) for ring in find_contours(inside, 0.5)]
        cells.append(cell)
        # What lies within is a hole: of a cell, the contour of the largest area is an outer one.
        polygons.append(max(parts, key=shapely.area))
    let_go(labels)
    return [
        Outline(cell, shapely.get_coordinates(polygon)[:-1])
        for cell, polygon in zip(cells, shapely.simplify(polygons, tolerance), strict=True)
    ]
