"""A part of a field that shows its cells at the size of the drawn reference pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.reading import FieldReading
from anascope.synthetic import I3A

SIDE = 320
"""Pixels of each side of a reference picture."""

_PIXEL_UM = I3A.camera_pixel_um / I3A.magnification  # of the drawn pictures


def part_with_cells(grey: NDArray[np.uint8], field: FieldReading) -> Image.Image:
    """Return the square part of a field around the cell that has the most others near it.

    Args:
        grey: The field as it is shown, axes (y, x).
        field: What was read of it.

    Returns:
        A picture of :data:`SIDE` pixels each way, at the scale of the drawn reference pictures if
        the field's pixel size is known, else at its own; what lies beside the field is black.
    """
    scale = 1.0 if field.pixel_size_um is None else field.pixel_size_um / _PIXEL_UM
    side = max(1, round(SIDE / scale))
    height, width = grey.shape
    left, top = (
        _begin(centre, side, length)
        for centre, length in zip(_fullest(field, side), (width, height), strict=True)
    )
    part = Image.fromarray(grey).crop((left, top, left + side, top + side))
    return part.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _begin(centre: float, side: int, length: int) -> int:
    """Return where a part begins that lies within the field if it is not larger than that."""
    if side >= length:
        return (length - side) // 2
    return int(np.clip(round(centre - side / 2), 0, length - side))


def _fullest(field: FieldReading, side: int) -> tuple[float, float]:
    """Return x and y of the cell with the most others within a square around it."""
    if not field.cells:
        return field.width / 2, field.height / 2
    places = np.array([(cell.x, cell.y) for cell in field.cells])
    # One cell after the other: a field of a slide scanner may have tens of thousands.
    tried = places[:: max(1, len(places) // 500)]
    near = [int((np.abs(places - place).max(axis=1) < side / 2).sum()) for place in tried]
    x, y = tried[int(np.argmax(near))]
    return float(x), float(y)
