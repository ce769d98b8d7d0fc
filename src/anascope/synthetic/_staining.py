"""What the stain of each pattern looks like inside a nucleus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Nuclei:
    """The insides of ``N`` nuclei, each in a square of ``S`` pixels.

    Attributes:
        u, v: Coordinates along the long and the short axis of each nucleus, shape (N, S, S);
            its outline is where ``u² + v² = 1``.
        long, short: Half the axes in pixels, shape (N,).
        turn: Angle from x to the long axis, shape (N,).
        diameter: Diameter of a typical nucleus in pixels.
    """

    u: Floats
    v: Floats
    long: NDArray[np.float64]
    short: NDArray[np.float64]
    turn: NDArray[np.float64]
    diameter: float

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which pixels are in the nucleus, shape (N, S, S)."""
        return np.asarray(self.u**2 + self.v**2 < 1)


Staining = Callable[[np.random.Generator, Nuclei], Floats]
"""Draws brightness in [0, about 1], shape (N, S, S)."""

_DOT = 0.024  # deviation of a centromere's dot, in diameters
_SOFT = 0.12  # width of a blob's edge, in half axes


def homogeneous(rng: np.random.Generator, nuclei: Nuclei) -> Floats:
    """Draw an even stain, a little brighter towards the middle."""
    outwards = np.minimum(np.hypot(nuclei.u, nuclei.v), 1)
    return np.asarray(0.95 - 0.2 * outwards**2 + 0.04 * _grains(rng, nuclei, 0.08))


def speckled(rng: np.random.Generator, nuclei: Nuclei) -> Floats:
    """Draw dense grains, fine or coarse by field, that spare the nucleoli."""
    size = rng.choice([0.022, 0.035])  # fine or coarse
    grains = 0.5 + 0.2 * _grains(rng, nuclei, size)
    spared = _blobs(rng, nuclei, most=4, radius=(0.16, 0.26))
    return (grains * (1 - 0.8 * spared)).clip(0.05, 1.2)


def nucleolar(rng: np.random.Generator, nuclei: Nuclei) -> Floats:
    """Draw a few big bright blobs in a dim nucleus."""
    return 0.22 + 0.8 * _blobs(rng, nuclei, most=5, radius=(0.18, 0.34))


def centromere(rng: np.random.Generator, nuclei: Nuclei) -> Floats:
    """Draw 40 to 60 small dots in a dim nucleus."""
    count, side = nuclei.u.shape[:2]
    dots = rng.integers(40, 61, (count, 1))
    number = np.arange(60)
    # A sunflower spreads points evenly over a disc; shaking them takes its order away.
    distance = 0.85 * np.sqrt((number + 0.5) / dots)
    angle = number * np.pi * (3 - np.sqrt(5)) + rng.uniform(0, 2 * np.pi, (count, 1))
    u, v = np.stack([np.cos(angle), np.sin(angle)]) * distance
    u, v = (w + rng.normal(0, 0.06, w.shape) for w in (u, v))
    long, short, turn = (a[:, np.newaxis] for a in (nuclei.long, nuclei.short, nuclei.turn))
    y = np.rint(np.sin(turn) * long * u + np.cos(turn) * short * v).astype(int) + side // 2
    x = np.rint(np.cos(turn) * long * u - np.sin(turn) * short * v).astype(int) + side // 2
    there = number < dots
    cell = np.broadcast_to(np.arange(count)[:, np.newaxis], there.shape)
    points = np.zeros_like(nuclei.u)
    bright = rng.uniform(0.6, 1.4, there.shape).astype(np.float32)
    np.add.at(points, (cell[there], y[there], x[there]), bright[there])
    sigma = _DOT * nuclei.diameter
    peak = 2 * np.pi * sigma**2  # a point of 1, blurred, is 1 / peak high
    return 0.15 + 0.85 * peak * ndimage.gaussian_filter(points, (0, sigma, sigma))


def _grains(rng: np.random.Generator, nuclei: Nuclei, size: float) -> Floats:
    """Return smooth noise of mean 0 and deviation 1, its grains ``size`` diameters wide."""
    noise = rng.standard_normal(nuclei.u.shape, np.float32)
    sigma = size * nuclei.diameter
    smooth = ndimage.gaussian_filter(noise, (0, sigma, sigma), mode="wrap")
    return np.asarray(smooth / smooth.std(), np.float32)


def _blobs(
    rng: np.random.Generator, nuclei: Nuclei, *, most: int, radius: tuple[float, float]
) -> Floats:
    """Return 1 in 2 to ``most`` round blobs a nucleus and 0 elsewhere, with soft edges."""
    count = len(nuclei.u)
    total = np.zeros_like(nuclei.u)
    present = np.arange(most) < rng.integers(2, most + 1, (count, 1))
    distance = 0.62 * np.sqrt(rng.uniform(0, 1, present.shape))
    angle = np.arange(most) * 2 * np.pi / most + rng.uniform(0, 2 * np.pi, (count, 1))
    size = np.where(present, rng.uniform(*radius, present.shape), -1.0)
    for blob in range(most):
        u, v, r = (
            value[:, blob, np.newaxis, np.newaxis].astype(np.float32)
            for value in (distance * np.cos(angle), distance * np.sin(angle), size)
        )
        away = np.hypot(nuclei.u - u, nuclei.v - v)
        np.maximum(total, (0.5 + (r - away) / _SOFT).clip(0, 1), out=total)
    return total


STAININGS: dict[str, Staining] = {
    "homogeneous": homogeneous,
    "speckled": speckled,
    "nucleolar": nucleolar,
    "centromere": centromere,
}
