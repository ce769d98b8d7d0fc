"""A field at coarser and coarser scales, and the tiles of each that a network is shown."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import let_go
from anascope.images import GreyImage, resize_area

Floats = NDArray[np.float32]

SIDE = 128
"""Pixels of the side of a tile."""
LEAST_SIDE = 32
"""The same where a level is smaller; a level with less is not looked at."""
MOST_TILES = 6
"""Of a level: those with the strongest structures."""
STEP = 0.5
"""Octaves from a level to the next."""
_LARGEST_PART = 3072  # pixels of the longer side of a field; a larger one is looked at in part


def levels_of(pixels: GreyImage) -> Iterator[tuple[float, Floats]]:
    """Yield the levels of a field that are looked at, from its own pixels to coarse ones.

    The field is never enlarged. Each level comes as its octave (0 for the field's own pixels, 1 for
    half as many to a side) with its tiles, axes (tile, y, x): squares of one side, spread over the
    level, each with mean 0 and deviation 1.

    Args:
        pixels: Axes (y, x), uint8 or uint16.
    """
    region = _fullest(pixels, _LARGEST_PART) if max(pixels.shape) > _LARGEST_PART else pixels
    image = region.astype(np.float32)
    let_go(pixels)
    octave = 0.0
    while min(image.shape) >= LEAST_SIDE:
        yield octave, _tiles(image)
        between = resize_area(image, 2**-STEP)
        if min(between.shape) >= LEAST_SIDE:
            yield octave + STEP, _tiles(between)
        image = _halved(image)
        octave += 1


def standard(tile: Floats) -> Floats:
    """Return a tile with mean 0 and deviation 1, whatever its brightness and contrast."""
    mean, deviation = np.float32(tile.mean()), np.float32(tile.std())
    scaled: Floats = (tile - mean) / (deviation + np.float32(1e-3) * abs(mean) + np.float32(1e-6))
    return scaled


def _tiles(image: Floats) -> Floats:
    side = min(SIDE, min(image.shape) // 16 * 16)
    tiles = [
        image[top : top + side, left : left + side]
        for top in _starts(image.shape[0], side)
        for left in _starts(image.shape[1], side)
    ]
    strength = np.array([tile.std() for tile in tiles])
    strongest = np.sort(np.argsort(-strength, kind="stable")[:MOST_TILES])
    return np.stack([standard(tiles[index]) for index in strongest])


def _starts(length: int, side: int) -> list[int]:
    """Return where tiles start that cover a length, as evenly as whole pixels allow."""
    count = -(-length // side)
    if count == 1:
        return [(length - side) // 2]
    return [round(number * (length - side) / (count - 1)) for number in range(count)]


def _halved(image: Floats) -> Floats:
    height, width = (length // 2 * 2 for length in image.shape)
    even = image[:height, :width]
    quarters = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    halved: Floats = quarters / np.float32(4)
    return halved


def _fullest(pixels: GreyImage, most: int) -> GreyImage:
    """Return the part of a large field, ``most`` pixels a side at most, that varies most."""
    sides = tuple(min(most, length) for length in pixels.shape)
    regions = [
        pixels[top : top + sides[0], left : left + sides[1]]
        for top in _starts(pixels.shape[0], sides[0])
        for left in _starts(pixels.shape[1], sides[1])
    ]
    return max(regions, key=lambda region: float(region[::16, ::16].std()))
