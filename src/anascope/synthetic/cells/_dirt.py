"""What should not be on a slide and is: debris, dust out of focus, folds."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from anascope.synthetic.optics import Floats, blurred

_FOLDS = 0.03  # share of fields with a fold
_DUST = 0.25  # share of fields with something big and bright out of focus


def draw_dirt(
    rng: np.random.Generator,
    shape: tuple[int, int],
    pixel_um: float,
    level: float,
    per_mm2: float,
) -> Floats:
    """Draw the light of dirt.

    Args:
        rng: Where chance comes from.
        shape: Height and width in pixels.
        pixel_um: Size of a pixel.
        level: Brightness of the cells; dirt takes up the serum as they do.
        per_mm2: Specks in a square millimetre, on average.

    Returns:
        Light to add, axes (y, x).
    """
    light = np.zeros(shape, np.float32)
    area = shape[0] * shape[1] * pixel_um**2 * 1e-6
    for _ in range(int(rng.poisson(per_mm2 * area))):
        _speck(rng, light, pixel_um, level * rng.uniform(0.2, 1.5) * rng.beta(1, 2))
    if rng.random() < _DUST:
        _speck(rng, light, pixel_um, 0.5 * level, blur_um=rng.uniform(2, 5), size_um=8)
    if rng.random() < _FOLDS:
        light += np.float32(0.4 * level) * _fold(rng, shape, pixel_um)
    return light


def _speck(
    rng: np.random.Generator,
    light: Floats,
    pixel_um: float,
    level: float,
    *,
    blur_um: float = 0.3,
    size_um: float = 1.2,
) -> None:
    """Add a ragged speck at a random place."""
    radius = size_um * float(np.exp(rng.normal(0, 0.5)))
    half = int((radius + 3 * blur_um) / pixel_um) + 2
    side = 2 * half + 1
    axis = (np.arange(side, dtype=np.float32) - half) * np.float32(pixel_um)
    noise = ndimage.gaussian_filter(rng.standard_normal((side, side), np.float32), side / 12)
    rough = noise / max(float(noise.std()), 1e-6) * np.float32(0.3 * radius)
    shape = (np.hypot(axis[:, np.newaxis], axis) + rough < radius).astype(np.float32)
    speck = np.float32(level) * blurred(shape, blur_um / pixel_um)
    y, x = (int(rng.integers(0, length)) for length in light.shape)
    top, left = y - half, x - half
    rows = slice(max(top, 0), min(top + side, light.shape[0]))
    columns = slice(max(left, 0), min(left + side, light.shape[1]))
    light[rows, columns] += speck[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]


def _fold(rng: np.random.Generator, shape: tuple[int, int], pixel_um: float) -> Floats:
    """Draw a bright wrinkle across the field, 0 to 1."""
    y = np.arange(shape[0], dtype=np.float32)[:, np.newaxis] * np.float32(pixel_um)
    x = np.arange(shape[1], dtype=np.float32) * np.float32(pixel_um)
    angle = rng.uniform(0, np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle)
    bend = rng.uniform(3, 12) * np.sin(along / rng.uniform(15, 50) + rng.uniform(0, 6))
    middle = across - np.float32(np.median(across) + rng.uniform(-40, 40)) - bend
    ridge = np.exp(-((middle / np.float32(rng.uniform(1, 3))) ** 2))
    return np.asarray(ridge * (0.7 + 0.3 * np.sin(along / 4)), np.float32)
