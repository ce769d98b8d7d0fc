"""What of a field is drawn in a picture, at the picture's size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.arrays import IN_MEMORY, let_go, row_bands
from anascope.images import GreyImage, resize_area, resized, size_at, stretched
from anascope.reading import FieldArrays

LARGEST_SIDE = 6144
"""Pixels of a picture's longer side at most: a camera's field is drawn at its own size, a slide
smaller. A JPEG file ends at 65,535, and browsers and viewers before that."""
_ENTIRE = IN_MEMORY // 4  # pixels of a field that is averaged as it is shown, in one piece


class Shown(NamedTuple):
    """A field as it is drawn.

    Attributes:
        grey: Axes (y, x), as it is shown.
        labels: The number of the cell at each pixel, axes (y, x), 0 where none is.
        scale: Pixels of the picture to one of the field, 1 at most.
    """

    grey: NDArray[np.uint8]
    labels: NDArray[np.int32]
    scale: float


def shown(arrays: FieldArrays, longest: int | None = None) -> Shown:
    """Return what is drawn of a field.

    Args:
        arrays: Its image and label mask.
        longest: Pixels that the longer side may have; :data:`LARGEST_SIDE` at most, and if None.
    """
    signal, labels = arrays.signal, arrays.labels
    scale = min(1.0, min(longest or LARGEST_SIDE, LARGEST_SIDE) / max(signal.shape))
    if scale == 1:
        return Shown(stretched(signal), labels, scale)
    height, width = size_at(signal.shape, scale)
    if signal.size > _ENTIRE:
        grey = stretched(_averaged(signal, scale))
    else:
        picture = Image.fromarray(stretched(signal))
        grey = np.asarray(picture.resize((width, height), Image.Resampling.BOX))
    return Shown(grey, _picked(labels, (height, width)), scale)


def _averaged(signal: GreyImage, scale: float) -> GreyImage:
    small = np.empty(size_at(signal.shape, scale), signal.dtype)
    for rows in row_bands(small):
        small[rows] = resize_area(signal, scale, rows).round()
        let_go(signal)
    return small


def _picked(labels: NDArray[np.int32], shape: tuple[int, int]) -> NDArray[np.int32]:
    if labels.size <= _ENTIRE:
        return resized(labels, shape, nearest=True)
    small = np.empty(shape, np.int32)
    for rows in row_bands(small):
        small[rows] = resized(labels, shape, nearest=True, rows=rows)
        let_go(labels)
    return small
