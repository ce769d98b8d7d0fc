"""What structures a field has, from fine to coarse: its scale profile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.arrays import let_go
from anascope.images import GreyImage, resize_area

Floats = NDArray[np.float32]

LEVELS = 8
"""Octaves that are looked at."""
STEPS = 2 * LEVELS
"""Places of a profile: half octaves, the first of structures of about one pixel."""
MEASURES = (
    "strength", "spread", "bright", "dark", "lopsided", "left", "opened", "closed", "peaks",
    "there",
)  # fmt: skip
"""What is measured at each of them; ``there`` is 1 where the field is large enough for it."""

_LONGEST = 768  # pixels of the longer side that are looked at
_MOST_SHRUNK = 5  # times; what is still larger is looked at in part
_LARGEST_SHARE = 0.4  # of the shorter side, over which no structure is looked for
_BRIGHTEST = 1.5  # of the range of signal; more is clipped
_LEAST = 1e-4  # of the range of signal, so that logarithms are finite
_TURN = np.sqrt(2.0)


def scale_profile(pixels: GreyImage) -> tuple[NDArray[np.float32], float]:
    """Return what structures a field has at each scale, whatever its brightness.

    The field is smoothed more and more, by half octaves. Measured is what each step takes away
    (how much, how bright and dark its strongest places are, how many there are), what is left, and
    what an opening and a closing by a square of that size take away.

    Args:
        pixels: Axes (y, x), uint8 or uint16.

    Returns:
        The profile, axes (:data:`STEPS`, :data:`MEASURES`), and by how much the field was shrunk
        before: place ``k`` is of structures of ``2 ** (k / 2)`` pixels of the shrunken field.
    """
    image, shrunk = _looked_at(pixels)
    profile = np.zeros((STEPS, len(MEASURES)), np.float32)
    overall = max(float(image.std()), _LEAST)
    smooth = ndimage.gaussian_filter(image, 0.85, truncate=3)
    for level in range(LEVELS):
        finer = smooth
        for half, side in enumerate((5, 7)):
            reach = side * 2**level
            if reach > _LARGEST_SHARE * min(image.shape):
                return profile, shrunk
            coarser = ndimage.gaussian_filter(finer, 1.0 if half == 0 else _TURN, truncate=3)
            profile[2 * level + half] = _measured(finer, coarser, smooth, side, overall)
            finer = coarser
        smooth = finer[::2, ::2]
    return profile, shrunk


def _looked_at(pixels: GreyImage) -> tuple[Floats, float]:
    """Return a field or a part of it, 0 to 1 with its roots taken, and by how much it shrank."""
    shrink = min(max(max(pixels.shape) / _LONGEST, 1.0), _MOST_SHRUNK)
    most = int(_LONGEST * shrink)
    if max(pixels.shape) > most:
        pixels = _fullest(pixels, most)
    image = resize_area(pixels, 1 / shrink) if shrink > 1 else pixels.astype(np.float32)
    let_go(pixels)
    dark, bright = np.percentile(image[::2, ::2], (5.0, 99.5))
    image -= np.float32(dark)
    image /= np.float32(max(bright - dark, 1))
    # Noise of light grows with its root: so it is alike in bright cells and dim ones.
    return np.sqrt(np.clip(image, 0, _BRIGHTEST, out=image), out=image), shrink


def _fullest(pixels: GreyImage, most: int) -> GreyImage:
    """Return the part of a large field, ``most`` pixels a side at most, that varies most."""
    places = [
        pixels[top : top + most, left : left + most]
        for top in _starts(pixels.shape[0], most)
        for left in _starts(pixels.shape[1], most)
    ]
    return max(places, key=lambda place: float(place[::16, ::16].std()))


def _starts(length: int, most: int) -> list[int]:
    return [round(share * max(length - most, 0)) for share in (0.5, 0.0, 0.25, 0.75, 1.0)]


def _measured(
    finer: Floats, coarser: Floats, smooth: Floats, side: int, overall: float
) -> list[float]:
    taken = finer - coarser
    spread = max(float(taken.std()), _LEAST)
    dark, bright = np.quantile(taken[::2, ::2], (0.02, 0.98))
    left = coarser - coarser.mean()
    opened = _sliding(np.maximum, _sliding(np.minimum, smooth, side), side)
    closed = _sliding(np.minimum, _sliding(np.maximum, smooth, side), side)
    inner = smooth[side - 1 : 1 - side, side - 1 : 1 - side]
    middle = taken[2:-2, 2:-2]
    peaks = (middle == _sliding(np.maximum, taken, 5)) & (middle > 0.5 * bright)
    return [
        float(np.log(np.abs(taken).mean() / spread + _LEAST)),
        float(np.log(spread / overall)),
        float(bright) / spread,
        float(-dark) / spread,
        float(np.clip((taken * taken * taken).mean() / spread**3, -10, 10)) / 3,
        float(left.std()) / overall,
        float(np.log((inner - opened).mean() / overall + _LEAST)),
        float(np.log((closed - inner).mean() / overall + _LEAST)),
        float(np.log(peaks.mean() * side**2 + _LEAST)),
        1.0,
    ]


def _sliding(extreme: Callable[..., Floats], image: Floats, side: int) -> Floats:
    """Return the least or greatest value of every square of ``side`` pixels within an image."""
    for axis in (0, 1):
        reached = 1
        while reached < side:
            step = min(reached, side - reached)
            length = image.shape[axis] - step
            first, second = (
                image[start : start + length] if axis == 0 else image[:, start : start + length]
                for start in (0, step)
            )
            image = extreme(first, second)
            reached += step
    return image
