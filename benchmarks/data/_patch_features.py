"""Numbers that describe a patch, by hand: for a forest to tell real from drawn, and to say how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import skew
from skimage.feature import local_binary_pattern
from skimage.measure import block_reduce

from anascope.synthetic.fit import Shown

Floats = NDArray[np.float64]

QUANTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
RINGS = (0.0, 0.03, 0.06, 0.1, 0.15, 0.21, 0.28, 0.36, 0.5)
"""Limits of the bands of frequency, in cycles per pixel of the patch."""

VIEWS = ("raw", "field")
"""Grey levels as they are; and 0 at the field's dark level, 100 at its bright one."""


@dataclass(frozen=True)
class Patch:
    """A square of a field.

    Attributes:
        views: (2, side, side): see :data:`VIEWS`.
        unit: The patient or drawn specimen.
        pattern: Of the field.
        real: Whether it is.
    """

    views: NDArray[np.float32]
    unit: str
    pattern: str
    real: bool


def patches_of(shown: Shown, side: int, reduced: int, *, real: bool) -> Iterator[Patch]:
    """Yield the squares of a field on a grid, after taking means of ``reduced`` pixels a side."""
    grey = np.asarray(block_reduce(shown.image.astype(np.float32), reduced, np.mean))
    dark, bright = np.quantile(grey, (0.1, 0.99))
    relative = 100 * (grey - dark) / max(bright - dark, 1)
    views = np.stack([grey, relative]).astype(np.float32)
    for top in range(0, grey.shape[0] - side + 1, side):
        for left in range(0, grey.shape[1] - side + 1, side):
            cut = views[:, top : top + side, left : left + side]
            yield Patch(cut, shown.unit, shown.pattern, real)


def features(square: NDArray[np.float32]) -> dict[str, float]:
    """Return the numbers of a patch; each is called GROUP: NAME.

    Groups: ``levels`` (quantiles, mean, deviation, skewness), ``texture`` (uniform local binary
    patterns at radius 1 and 2), ``bands`` (logarithm of power by frequency, and how much more of
    it runs across than down), ``noise`` (logarithm of mean squared second differences in the
    darkest and the brightest quarter, and how alike neighbours are).
    """
    wide = square.astype(np.float64)
    return {**_levels(wide), **_texture(wide), **_bands(wide), **_noise(wide)}


def _levels(square: Floats) -> dict[str, float]:
    found = dict(zip(QUANTILES, np.percentile(square, QUANTILES), strict=True))
    return {
        **{f"levels: {share}%": float(value) for share, value in found.items()},
        "levels: mean": float(square.mean()),
        "levels: deviation": float(square.std()),
        "levels: skewness": float(skew(square, axis=None)),
    }


def _texture(square: Floats) -> dict[str, float]:
    # Quarters of a level: a mean of four pixels has them.
    steps = np.rint(4 * (square - square.min())).astype(np.int32)
    found: dict[str, float] = {}
    for radius in (1, 2):
        codes = local_binary_pattern(steps, 8, radius, method="uniform").astype(int)
        shares = np.bincount(codes.ravel(), minlength=10) / codes.size
        found |= {f"texture: {code} at {radius}": float(share) for code, share in enumerate(shares)}
    return found


def _bands(square: Floats) -> dict[str, float]:
    side = square.shape[0]
    window = np.outer(np.hanning(side), np.hanning(side))
    power = np.abs(np.fft.fft2((square - square.mean()) * window)) ** 2 / (window**2).sum()
    frequency = np.fft.fftfreq(side)
    radius = np.hypot(frequency[:, np.newaxis], frequency)
    found = {}
    for low, high in pairwise(RINGS):
        ring = (radius > low) & (radius <= high)
        found[f"bands: {low:g}-{high:g}"] = float(np.log(power[ring].mean() + 1e-6))
        across = ring & (np.abs(frequency) > np.abs(frequency[:, np.newaxis]))
        if low >= 0.06:
            found[f"bands: across over down, {low:g}-{high:g}"] = float(
                np.log((power[across].mean() + 1e-6) / (power[across.T].mean() + 1e-6))
            )
    return found


def _noise(square: Floats) -> dict[str, float]:
    dark, bright = np.quantile(square, (0.25, 0.75))
    found = {}
    for place, chosen in (("dark", square <= dark), ("bright", square >= bright)):
        for axis, name in ((1, "across"), (0, "down")):
            second = np.diff(square, 2, axis=axis)
            middle = chosen[:, 1:-1] if axis else chosen[1:-1]
            found[f"noise: {place}, {name}"] = float(np.log((second[middle] ** 2).mean() + 1e-6))
            near, far = (
                ((square - np.roll(square, lag, axis)) ** 2)[chosen].mean() for lag in (1, 2)
            )
            found[f"noise: {place}, likeness {name}"] = float(near / (far + 1e-6))
    return found
