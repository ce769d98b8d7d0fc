"""One drawn field: nuclei with a pattern, haze around them, uneven light and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.errors import InputError, did_you_mean
from anascope.records import MaskValue
from anascope.synthetic._staining import STAININGS, Floats, Nuclei

SHAPE = (520, 694)
"""Half the height and width of a field of the public sets."""

# Grey levels of the brightest twentieth of the nuclei: median over the fields of a level, and
# spread as a factor. Of either level, 3 fields in 100 are beyond the middle between the two.
BRIGHTNESS = {"intermediate": (70.0, 1.2), "positive": (140.0, 1.2)}
_CELL_TO_CELL = 1.1  # spread of the brightness within a field, as a factor
_AREA_PER_CELL = 3.4  # area of a field for each cell, in squares of a cell's diameter
_CLOSEST = 0.95  # least distance of two centres, in diameters
_HAZE = 0.3  # brightness of the cytoplasm, as a share of the nuclei's
_ELECTRONS_PER_LEVEL = 3.0  # sets the shot noise
_READ_NOISE = 1.2  # standard deviation, grey levels
_SQUARE = 1.6  # side of the square that a nucleus is drawn in, in diameters
_WAVES = ((2, 0.04), (3, 0.03), (5, 0.015))  # of an outline: number, deviation of their height


@dataclass(frozen=True)
class DrawnField:
    """A drawn field and the truth about it.

    Attributes:
        image: Grey levels, axes (y, x).
        mask: Values of :class:`~anascope.records.MaskValue`, axes (y, x); all are known.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]


def draw_field(
    rng: np.random.Generator,
    pattern: str,
    intensity: str,
    shape: tuple[int, int] = SHAPE,
    *,
    cell_diameter: float = 40.0,
) -> DrawnField:
    """Draw a field. The same state of ``rng`` gives the same pixels.

    Args:
        rng: Where chance comes from.
        pattern: One of ``PATTERNS``.
        intensity: ``intermediate`` or ``positive``; brightness alone tells them apart.
        shape: Height and width in pixels.
        cell_diameter: Diameter of a typical nucleus in pixels.

    Raises:
        InputError: if the pattern or the intensity is not one that is drawn.
    """
    for word, known in ((pattern, STAININGS), (intensity, BRIGHTNESS)):
        if word not in known:
            raise InputError("drawn field", f"'{word}'", did_you_mean(word, known))
    centres = _scatter(rng, shape, cell_diameter)
    nuclei = _outlines(rng, len(centres), cell_diameter)
    cells = _paste(nuclei.inside.astype(np.float32), centres, shape)
    stain = STAININGS[pattern](rng, nuclei) * nuclei.inside
    stain *= _CELL_TO_CELL ** rng.standard_normal((len(centres), 1, 1), np.float32)
    glow = ndimage.gaussian_filter(_paste(stain, centres, shape), 0.02 * cell_diameter)
    glow /= np.quantile(glow[cells > 0], 0.95)  # as bright in one pattern as in another
    haze = _HAZE * rng.uniform(0.5, 1.5) * ndimage.gaussian_filter(cells, 0.4 * cell_diameter)

    median, spread = BRIGHTNESS[intensity]
    light = median * spread ** rng.standard_normal() * (glow + haze) * _shading(rng, shape, 0.15)
    light += rng.uniform(8, 16) * _shading(rng, shape, 0.35)
    electrons = rng.poisson(light * _ELECTRONS_PER_LEVEL).astype(np.float32)
    grey = electrons / _ELECTRONS_PER_LEVEL + _READ_NOISE * rng.standard_normal(shape, np.float32)
    return DrawnField(
        image=np.clip(np.rint(grey), 0, 255).astype(np.uint8),
        mask=np.where(cells > 0, MaskValue.CELL, MaskValue.BACKGROUND).astype(np.uint8),
    )


def _scatter(
    rng: np.random.Generator, shape: tuple[int, int], diameter: float
) -> NDArray[np.float64]:
    """Return centres of cells, shape (N, 2), none too near another; some are off the field."""
    room = shape[0] * shape[1] / diameter**2 / _AREA_PER_CELL
    wanted = max(1, round(rng.uniform(0.7, 1.2) * room))
    tries = rng.uniform(-0.4 * diameter, np.array(shape) + 0.4 * diameter, (12 * wanted, 2))
    kept = rng.uniform(0, shape, (1, 2))  # one is on the field, however small that is
    for place in tries:
        if len(kept) == wanted:
            break
        if ((kept - place) ** 2).sum(axis=1).min() > (_CLOSEST * diameter) ** 2:
            kept = np.vstack([kept, place])
    return kept


def _outlines(rng: np.random.Generator, count: int, diameter: float) -> Nuclei:
    """Draw ellipses with a wavy outline, each in a square of its own."""
    side = 2 * round(_SQUARE * diameter / 2) + 1
    axis = np.arange(side, dtype=np.float32) - side // 2
    y, x = axis[:, np.newaxis], axis

    def one_each(values: NDArray[np.float64]) -> Floats:
        return values.astype(np.float32)[:, np.newaxis, np.newaxis]

    radius = rng.normal(0.5, 0.04, count).clip(0.42, 0.58) * diameter
    stretch = np.sqrt(rng.uniform(1.0, 1.4, count))
    long, short, turn = radius * stretch, radius / stretch, rng.uniform(0, np.pi, count)
    cos, sin = one_each(np.cos(turn)), one_each(np.sin(turn))
    u = (cos * x + sin * y) / one_each(long)
    v = (cos * y - sin * x) / one_each(short)
    distance, angle = np.hypot(u, v), np.arctan2(v, u)
    outline = np.ones_like(distance)
    for waves, height in _WAVES:
        phase = one_each(rng.uniform(0, 2 * np.pi, count))
        outline += one_each(rng.normal(0, height, count)) * np.cos(waves * angle + phase)
    u_of_outline, v_of_outline = (np.asarray(w / outline, np.float32) for w in (u, v))
    return Nuclei(u_of_outline, v_of_outline, long, short, turn, diameter)


def _paste(squares: Floats, centres: NDArray[np.float64], shape: tuple[int, int]) -> Floats:
    """Lay squares, shape (N, S, S), on a field at their centres; the brighter one is on top."""
    side = squares.shape[1]
    field = np.zeros((shape[0] + 2 * side, shape[1] + 2 * side), np.float32)
    corners = np.rint(centres).astype(int) + side - side // 2
    for square, (y, x) in zip(squares, corners, strict=True):
        place = field[y : y + side, x : x + side]
        np.maximum(place, square, out=place)
    return field[side:-side, side:-side]


def _shading(rng: np.random.Generator, shape: tuple[int, int], depth: float) -> Floats:
    """Return uneven light: a slope and a fall-off to the corners, about 1."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    down, right, corners = depth * rng.uniform((-0.5, -0.5, 0), (0.5, 0.5, 0.2))
    light = 1 + down * y + right * x - corners * (y**2 + x**2)
    return np.asarray(light, np.float32)
