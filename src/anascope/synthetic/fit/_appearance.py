"""What can be measured of an image with its mask, in the same way for real and drawn ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import label, regionprops

Floats = NDArray[np.float64]

BANDS = (0.13, 0.3, 0.5, 0.8, 1.2, 1.8, 2.6)
"""Limits of the bands of the power spectrum, in cycles per micrometre."""

WINDOW_UM = 7.7
"""Side of the square inside a nucleus whose spectrum is taken."""

REACH_UM = 4.0
"""How far from the border of the mask the rise of the light is followed."""

STEP_UM = 0.35
"""Step of that profile; a pixel of the coarser of the two microscopes."""

_DARK = 0.1  # quantile of the pixels outside cells that counts as the background's level
_BRIGHT = 0.9  # quantile of the pixels of cells that counts as their fluorescence
_SOLID = 0.9  # a component less convex is several cells that touch
_MARGIN_UM = 1.5  # around a mask: blur of the cell itself, and the width of a pencil


@dataclass(frozen=True)
class Shown:
    """An image with its truth: a field, or the cut-out of a cell.

    Attributes:
        image: Grey levels of 8 bits, axes (y, x).
        cells: Where cells are.
        known: Where somebody said what is there.
        pixel_um: Side of a pixel.
        name: Of the field or cell.
        unit: What must stay together in a split: the patient or the drawn specimen.
        pattern: Its label.
        intensity: Its label, or None.
        whole: Cells that are whole on the image, from its table; None for a cut-out.
        mitotic: Those of them that divide.
    """

    image: NDArray[np.uint8]
    cells: NDArray[np.bool_]
    known: NDArray[np.bool_]
    pixel_um: float
    name: str
    unit: str
    pattern: str
    intensity: str | None = None
    whole: int | None = None
    mitotic: int | None = None

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Where no cell is, some way off every mask."""
        reach = max(1, round(_MARGIN_UM / self.pixel_um))
        near = ndimage.binary_dilation(self.cells | ~self.known, iterations=reach)
        return np.asarray(~near)


def levels(shown: Shown) -> dict[str, float]:
    """Return quantiles of the grey levels outside cells, and of cells over the background.

    The background's level is the 10% quantile outside cells (``dark``). Of a cut-out without
    such pixels all are NaN.
    """
    outside = shown.image[shown.outside]
    inside = shown.image[shown.cells]
    names = ("dark", "outside_50", "outside_90", "inside_10", "inside_50", "inside_90")
    if outside.size < 20 or inside.size < 20:
        return dict.fromkeys(names, float("nan"))
    # Grey levels are whole numbers; a uniform dither within them lets quantiles move smoothly.
    dark, middle, high = _smooth_quantiles(outside, (_DARK, 0.5, 0.9))
    low, median, bright = _smooth_quantiles(inside, (0.1, 0.5, _BRIGHT))
    quantiles = (dark, middle, high, low - dark, median - dark, bright - dark)
    return dict(zip(names, (float(value) for value in quantiles), strict=True))


def _smooth_quantiles(values: NDArray[np.uint8], at: tuple[float, ...]) -> Floats:
    """Return quantiles of whole numbers, each taken as spread evenly over its step."""
    counts = np.bincount(values, minlength=256)
    below = np.concatenate([[0], np.cumsum(counts)]) / values.size
    return np.asarray(np.interp(at, below, np.arange(257) - 0.5))


def blocks_of(image: NDArray[Any], side: int) -> NDArray[Any]:
    """Return an image of whole squares of ``side`` pixels as (squares, pixels)."""
    rows, columns = image.shape[0] // side, image.shape[1] // side
    squares = image.reshape(rows, side, columns, side).swapaxes(1, 2)
    return squares.reshape(rows * columns, side * side)


def cell_table(shown: Shown, dark: float) -> pd.DataFrame:
    """Return one row for each component of the mask that is one whole cell.

    That is: off the rim of the image (a cut-out may touch it), convex (solidity of 0.9), of
    more than 20 µm². Columns: ``name`` and ``pattern`` of the image, ``diameter_um`` of the disc
    of the same area, ``elongation``, ``brightness`` (mean level over ``dark``), ``contrast``
    (deviation of the levels inside, over the mean), and ``band_0`` and so on: power by band in
    the square inside, over the squared brightness.
    """
    field = shown.whole is not None
    rows = []
    numbered = label(shown.cells)
    height, width = shown.cells.shape
    for region in regionprops(numbered):
        top, left, bottom, right = region.bbox
        cut = top == 0 or left == 0 or bottom == height or right == width
        if (field and cut) or region.area * shown.pixel_um**2 < 20 or region.solidity < _SOLID:
            continue
        own = shown.image[region.slice][region.image].astype(np.float64) - dark
        rows.append(
            {
                "name": shown.name,
                "pattern": shown.pattern,
                "diameter_um": region.equivalent_diameter_area * shown.pixel_um,
                "elongation": region.axis_major_length / max(region.axis_minor_length, 1e-6),
                "brightness": float(own.mean()),
                "contrast": float(own.std() / max(own.mean(), 1)),
                **interior_spectrum(shown, region.centroid, float(own.mean())),
            }
        )
    return pd.DataFrame(rows)


def interior_spectrum(
    shown: Shown, centre: tuple[float, float], brightness: float
) -> dict[str, float]:
    """Return the power by band in a square about a cell's centre, over its brightness squared.

    Empty if the square leaves the image, or a tenth of it the mask.
    """
    side = round(WINDOW_UM / shown.pixel_um)
    top, left = (round(c - side / 2) for c in centre)
    if min(top, left) < 0:
        return {}
    square = np.s_[top : top + side, left : left + side]
    inside = shown.cells[square]
    if inside.shape != (side, side) or inside.mean() < 0.9 or brightness <= 0:
        return {}
    power = banded_power(shown.image[square].astype(np.float64) / brightness, shown.pixel_um)
    return {f"band_{band}": value for band, value in enumerate(power)}


def banded_power(square: Floats, pixel_um: float) -> list[float]:
    """Return the mean power density of a square by band; NaN over what its pixels can show."""
    side = square.shape[0]
    window = np.outer(np.hanning(side), np.hanning(side))
    weighted = (square - (square * window).sum() / window.sum()) * window
    power = np.abs(np.fft.fft2(weighted)) ** 2 * pixel_um**2 / (window**2).sum()
    frequency = np.fft.fftfreq(side, pixel_um)
    radius = np.hypot(frequency[:, np.newaxis], frequency)
    powers = []
    for low, high in zip(BANDS, (*BANDS[1:], np.inf), strict=True):
        ring = (radius >= low) & (radius < min(high, 0.5 / pixel_um))
        powers.append(float(power[ring].mean()) if ring.any() else float("nan"))
    return powers


def field_spectrum(shown: Shown, side: int = 256) -> list[float]:
    """Return the median over squares of a field of the power by band, in squared levels."""
    rows, columns = (length // side for length in shown.image.shape)
    cropped = shown.image[: rows * side, : columns * side].astype(np.float64)
    squares = blocks_of(cropped, side).reshape(-1, side, side)
    powers = [banded_power(square, shown.pixel_um) for square in squares]
    return [float(value) for value in np.median(powers, axis=0)]


def rise(shown: Shown, dark: float) -> Floats:
    """Return the median level over ``dark`` by distance from the border of the mask.

    From ``-REACH_UM`` (outside) to ``REACH_UM`` (inside) in steps of ``STEP_UM``.
    """
    inside = ndimage.distance_transform_edt(shown.cells)
    away = ndimage.distance_transform_edt(~shown.cells)
    signed = np.where(shown.cells, inside - 0.5, 0.5 - away) * shown.pixel_um
    counted = shown.known & (np.abs(signed) < REACH_UM + STEP_UM)
    nearest = np.rint(signed[counted] / STEP_UM).astype(int)
    grey = shown.image[counted].astype(np.float64) - dark
    half = round(REACH_UM / STEP_UM)
    steps = [grey[nearest == step] for step in range(-half, half + 1)]
    return np.array([step.mean() if step.size > 10 else np.nan for step in steps])


def rise_numbers(profile: Floats) -> dict[str, float]:
    """Return where and how fast the light rises at the border of the mask.

    ``at_um``: where it is half-way between the outer and the inner end of the profile; negative
    is outside the mask. ``width_um``: from a quarter to three quarters. ``halo``: light at the
    outer end over that at the inner end.
    """
    nothing = dict.fromkeys(("at_um", "width_um", "halo"), float("nan"))
    counted = np.flatnonzero(np.isfinite(profile))
    if len(counted) < 8:
        return nothing
    where = (counted - len(profile) // 2) * STEP_UM
    values = profile[counted]
    low, high = values[:2].mean(), np.median(values[-4:])
    if high <= low:
        return nothing
    shares = np.maximum.accumulate((values - low) / (high - low))
    quarter, half, three = np.interp((0.25, 0.5, 0.75), shares, where)
    return {"at_um": float(half), "width_um": float(three - quarter), "halo": float(low / high)}
