"""Fields at another scale: averaged where they shrink, interpolated where they grow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.arrays import let_go, room_for, row_bands
from anascope.images._grey import GreyImage

Floats = NDArray[np.float32]


def size_at(shape: tuple[int, ...], scale: float) -> tuple[int, int]:
    """Return height and width of an image of ``shape`` at ``scale``, at least one pixel each."""
    return max(round(shape[0] * scale), 1), max(round(shape[1] * scale), 1)


def at_scale(
    pixels: GreyImage, scale: float, full_scale: float
) -> NDArray[np.uint8] | NDArray[np.float16]:
    """Return a field as the network is given it: in training and in reading the same numbers.

    Args:
        pixels: Axes (y, x).
        scale: By how much to resize it.
        full_scale: The grey level that counts as 1.0.

    Returns:
        The pixels themselves if they are 8-bit and ``scale`` is 1; else 0 to 1 as half floats,
        whose 11 bits keep the averages that resizing makes.
    """
    if scale == 1.0 and pixels.dtype == np.uint8:
        return pixels.astype(np.uint8)  # a copy, that may be changed
    small = room_for(size_at(pixels.shape, scale), np.float16)
    for rows in row_bands(small):
        values = (
            pixels[rows].astype(np.float32) if scale == 1.0 else resize_area(pixels, scale, rows)
        )
        small[rows] = values / np.float32(full_scale)
        let_go(pixels)
    return small


def resized(
    image: NDArray[Any],
    shape: tuple[int, int],
    *,
    nearest: bool = False,
    rows: slice | None = None,
) -> NDArray[Any]:
    """Return an image at another size, its corners kept where they are.

    Interpolation is between the nearest two pixels on each axis, where the image shrinks as well:
    nothing is averaged, which is what :func:`resize_area` is for.

    Args:
        image: Axes (y, x): bool, uint8, uint16, int32 or float32.
        shape: Height and width to give it.
        nearest: Whether each new pixel takes the value of the pixel under its middle, as numbers
            of cells must; of two that are equally near, the lower or right one.
        rows: Which rows of the new image are wanted, from ``start`` up to but not including
            ``stop``; all if None. They are those of the whole, up to the rounding of floats.

    Returns:
        Array of ``shape``, or those rows of it, of the image's type if ``nearest``, else float32;
        the image itself if it has that shape and type.
    """
    if rows is not None and (nearest or rows != slice(0, shape[0])):
        return _rows_resized(image, shape, rows, nearest=nearest)
    if not nearest:
        image = image.astype(np.float32, copy=False)
    if image.shape == shape:
        return image
    picture, size = Image.fromarray(image), shape[::-1]
    how = Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
    if not nearest and all(new >= old for new, old in zip(shape, image.shape, strict=True)):
        return np.array(picture.resize(size, how))  # twice as fast, but averages what shrinks
    # Pillow adds up its steps. This offset keeps rounding from choosing between two equally near.
    offset = 1e-6 if nearest else 0.0
    down, right = (old / new for old, new in zip(image.shape, shape, strict=True))
    steps = (right, 0, offset, 0, down, offset)
    return np.array(picture.transform(size, Image.Transform.AFFINE, steps, how))


def _rows_resized(
    image: NDArray[Any], shape: tuple[int, int], rows: slice, *, nearest: bool
) -> NDArray[Any]:
    """Return some rows of an image at another size, as :func:`resized` makes it."""
    places = (
        (np.arange(first, last) + 0.5) * old / new
        for first, last, old, new in zip(
            (rows.start, 0), (rows.stop, shape[1]), image.shape, shape, strict=True
        )
    )
    if nearest:
        down, right = ((place + 1e-6).astype(np.intp) for place in places)
        picked: NDArray[Any] = image[down][:, right]
        return picked
    (above, below, down), (left, right, across) = (
        _neighbours(place, old) for place, old in zip(places, image.shape, strict=True)
    )
    tall = image[above] * (1 - down[:, None]) + image[below] * down[:, None]
    wide: Floats = tall[:, left] * (1 - across) + tall[:, right] * across
    return wide


def _neighbours(place: NDArray[np.float64], old: int) -> tuple[Any, Any, Floats]:
    """Return for places the pixels before and after, and the share of the one after."""
    place = np.clip(place - 0.5, 0, old - 1)
    before = place.astype(np.intp)
    return before, np.minimum(before + 1, old - 1), (place - before).astype(np.float32)


def resize_area(image: NDArray[Any], scale: float, rows: slice | None = None) -> Floats:
    """Resize by averaging what each new pixel covers; interpolate bilinearly where it grows.

    New pixel ``i`` of ``n`` is the mean of the old pixels from ``floor(i·N/n)`` up to but not
    including ``ceil((i+1)·N/n)``, each counted once: what PyTorch calls ``area`` (adaptive average
    pooling). Where it grows it is PyTorch's ``bilinear`` without aligned corners. Sums of 8-bit
    pixels are exact.

    Args:
        image: Axes (y, x), of any real type.
        scale: By how much; 0.5 halves both sides.
        rows: Which rows of the new image are wanted, from ``start`` up to but not including
            ``stop``; all if None. They are the same as those of the whole.

    Returns:
        float32, axes (y, x), of the size that :func:`size_at` gives, or those rows of it.
    """
    height, width = size_at(image.shape, scale)
    new = np.arange(height) if rows is None else np.arange(rows.start, rows.stop)
    if height > image.shape[0]:
        tall = _grown(image, new, height)
        return np.ascontiguousarray(_grown(tall.T, np.arange(width), width).T)
    sums, down = _summed(image, new, height)
    across, right = _summed(sums.T, np.arange(width), width)
    counts = (right[:, None] * down[None, :]).astype(np.float32)
    return np.ascontiguousarray((across / counts).T)


def _summed(
    image: NDArray[Any], place: NDArray[np.intp], length: int
) -> tuple[Floats, NDArray[np.intp]]:
    """Sum along the first axis what new pixels cover, and count it.

    Args:
        image: Its pixels.
        place: Which of the new pixels.
        length: How many new pixels there are in all.
    """
    old = image.shape[0]
    start = place * old // length
    count = -(-(place + 1) * old // length) - start
    result = image[start].astype(np.float32)
    for step in range(1, int(count.max())):
        longer = count > step
        if longer.all():
            result += image[start + step]
        else:
            result[longer] += image[start[longer] + step]
    return result, count


def _grown(image: NDArray[Any], new: NDArray[np.intp], length: int) -> Floats:
    """Interpolate between the centres of pixels along the first axis; arguments as before."""
    old = image.shape[0]
    ratio = float(np.float32(old) / np.float32(length))
    # PyTorch's places are single floats, rounded once.
    place = np.maximum((new + 0.5) * ratio - 0.5, 0).astype(np.float32)
    below = np.minimum(place.astype(np.intp), old - 1)
    above = np.minimum(below + 1, old - 1)
    share = np.minimum(np.maximum(place - below, 0), 1).astype(np.float32)[:, None]
    lower, upper = (image[index].astype(np.float32) for index in (below, above))
    grown: Floats = lower * (1 - share) + upper * share
    return grown
