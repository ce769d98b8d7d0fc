"""A field with the outlines of its cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from anascope.cells import MITOTIC_FROM
from anascope.reading import FieldArrays, FieldReading
from anascope.reading.results._colours import colour_of
from anascope.reading.results._lettering import draw_scale_bar
from anascope.reading.results._patterns import shown_pattern
from anascope.reading.results._shown import shown

_MARK = (255, 255, 255)
_LINE_PER = 700  # pixels of the picture's width to one of a line's
_MARGIN = 4  # pixels from a mitotic cell's box to its mark


def overlay(field: FieldReading, arrays: FieldArrays, *, longest: int | None = None) -> Image.Image:
    """Return a field in grey with its cells outlined, RGB.

    The outermost pixels of each cell have the colour of its pattern (of the field's, if cells
    have none). Cells in mitosis stand between white corners. A scale bar is drawn where the
    pixel size is known.

    Args:
        field: What was read of the field.
        arrays: Its image and label mask.
        longest: Pixels that the longer side may have; outlines are drawn anew, so that they stay
            as clear. None keeps the image's own size, up to
            :data:`~anascope.reading.results._shown.LARGEST_SIDE`.
    """
    grey, labels, scale = shown(arrays, longest)
    rgb = np.repeat(grey[..., None], 3, axis=2)
    y, x = np.nonzero(_borders(labels, max(1, round(grey.shape[1] / _LINE_PER))))
    rgb[y, x] = _colours(field, labels)[labels[y, x]]
    picture = Image.fromarray(rgb)
    _mark_mitotic(picture, field, scale)
    if field.pixel_size_um is not None:
        draw_scale_bar(picture, field.pixel_size_um / scale)
    return picture


def _borders(labels: NDArray[np.int32], wide: int) -> NDArray[np.bool_]:
    """Return which pixels of cells have, up to ``wide`` away, another cell or none.

    Looked for above, below and beside them.
    """
    borders = np.zeros(labels.shape, dtype=bool)
    for away in range(1, wide + 1):
        down = labels[away:] != labels[:-away]
        borders[away:] |= down
        borders[:-away] |= down
        across = labels[:, away:] != labels[:, :-away]
        borders[:, away:] |= across
        borders[:, :-away] |= across
    borders &= labels > 0
    return borders


def _colours(field: FieldReading, labels: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the colour of each number of the label mask, axes (number, rgb)."""
    colours = np.empty((int(labels.max(initial=0)) + 1, 3), np.uint8)
    colours[:] = colour_of(shown_pattern(field, None))
    for cell in field.cells:
        if cell.cell < len(colours):
            colours[cell.cell] = colour_of(shown_pattern(field, cell))
    return colours


def _mark_mitotic(picture: Image.Image, field: FieldReading, scale: float) -> None:
    draw = ImageDraw.Draw(picture)
    wide = max(1, round(picture.width / _LINE_PER))
    for cell in field.cells:
        if cell.mitotic is None or cell.mitotic < MITOTIC_FROM:
            continue
        top, left = (round(side * scale) - _MARGIN for side in (cell.min_y, cell.min_x))
        bottom, right = (round(side * scale) + _MARGIN for side in (cell.max_y, cell.max_x))
        arm = max(3, min(bottom - top, right - left) // 4)
        for x, inward_x in ((left, arm), (right, -arm)):
            for y, inward_y in ((top, arm), (bottom, -arm)):
                corner = [(x + inward_x, y), (x, y), (x, y + inward_y)]
                draw.line(corner, fill=_MARK, width=wide)
