"""How blurred the cells of a field are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.images import GreyImage, resize_area

Floats = NDArray[np.float32]

_WORKING_UM = 0.32  # pixel at which edges are measured: half the resolution of a 20× objective
_MARGIN = 6  # working pixels around a cell, so that its border belongs to it
_AWAY = 21  # working pixels: the side of the square around a pixel that is free of cells
_FEWEST_PIXELS = 200  # of a cell with its margin, for its quantiles to mean something
_MOST_CELLS = 60  # are measured, evenly chosen; more would say the same
_DARK, _BRIGHT, _STEEP = 0.02, 0.99, 0.99  # quantiles within a cell
_OVER_NOISE = 1.5  # by how much an edge must be steeper than the noise is
_FEWEST_CELLS = 3
_SHARPER = 0.25  # quantile of the cells that stands for the field: cells lie at several depths


@dataclass(frozen=True, slots=True)
class Blur:
    """How blurred a field is.

    Attributes:
        pixels: Standard deviation of the blur, in pixels of the image.
        cells: From how many cells.
    """

    pixels: float
    cells: int


def blur_of(pixels: GreyImage, labels: NDArray[np.int32], pixel_size_um: float) -> Blur | None:
    """Return how blurred the sharper cells of a field are, or None if that cannot be told.

    A blurred step of height ``h`` has its steepest slope ``h / (σ √(2π))`` in its middle. In each
    cell the height is what lies between its 2nd and 99th percentile and the slope the 99th
    percentile of the gradient's length, less what noise of the background adds to it (Rayleigh's
    distribution). σ therefore depends neither on brightness nor on where in the cell the sharpest
    structure is: its border, its nucleoli or its dots. What the measurement itself smooths away is
    taken off again. The field's value is the lower quartile of its cells. Up to 1.6 µm it is right
    to about 15%; more blur than that reaches beyond the margin around a cell and is understated.

    Args:
        pixels: Axes (y, x).
        labels: The number of the cell at each pixel, axes (y, x).
        pixel_size_um: Micrometres; edges are measured at about 0.32 µm a pixel.

    Returns:
        None if fewer than three cells have an edge that stands out of the noise.
    """
    step = max(round(_WORKING_UM / pixel_size_um), 1)
    signal = resize_area(pixels, 1 / step) if step > 1 else pixels.astype(np.float32)
    coarse = labels[::step, ::step][: signal.shape[0], : signal.shape[1]]
    smooth = ndimage.gaussian_filter(signal, 1.0, truncate=3)
    slope = _slope(smooth)
    noise = _noise(slope, coarse)
    sigmas = [
        sigma
        for box in _boxes(coarse)
        if (sigma := _sigma(smooth[box], slope[box], noise)) is not None
    ]
    if len(sigmas) < _FEWEST_CELLS:
        return None
    return Blur(float(np.quantile(sigmas, _SHARPER)) * step, len(sigmas))


def _slope(image: Floats) -> Floats:
    """Return the length of the gradient, in levels a pixel; 0 at the image's border."""
    squared = np.zeros_like(image)
    down = image[2:, 1:-1] - image[:-2, 1:-1]
    right = image[1:-1, 2:] - image[1:-1, :-2]
    squared[1:-1, 1:-1] = (down * down + right * right) / 4
    return np.sqrt(squared, out=squared)


def _noise(slope: Floats, labels: NDArray[np.int32]) -> float:
    """Return Rayleigh's parameter of the slopes that noise makes, from the background."""
    # Every third pixel is enough for a median; neighbours have been smoothed together anyway.
    near = ndimage.maximum_filter((labels[::3, ::3] > 0).astype(np.uint8), size=_AWAY // 3)
    sampled = slope[::3, ::3]
    away = sampled[near == 0]
    if away.size < 300:  # cells everywhere: the flattest parts of the field will do
        away = np.sort(sampled, axis=None)[: max(sampled.size // 10, 1)]
    return float(np.median(away) / np.sqrt(2 * np.log(2)))


def _boxes(labels: NDArray[np.int32]) -> list[tuple[slice, slice]]:
    boxes = [box for box in ndimage.find_objects(labels) if box is not None]
    sampled = boxes[:: -(-len(boxes) // _MOST_CELLS)] if boxes else []
    return [
        (
            slice(max(y.start - _MARGIN, 0), y.stop + _MARGIN),
            slice(max(x.start - _MARGIN, 0), x.stop + _MARGIN),
        )
        for y, x in sampled
    ]


def _sigma(signal: Floats, slope: Floats, noise: float) -> float | None:
    """Return the blur of a cell in working pixels, or None if it does not stand out."""
    if signal.size < _FEWEST_PIXELS:
        return None
    dark, bright = _quantiles(signal, _DARK, _BRIGHT)
    (steep,) = _quantiles(slope, _STEEP)
    by_noise = noise * np.sqrt(-2 * np.log(1 - _STEEP))
    if steep <= _OVER_NOISE * by_noise:
        return None
    variance = (bright - dark) ** 2 / (2 * np.pi * (steep**2 - by_noise**2))
    return float(np.sqrt(max(variance - 1, 0)))  # the measurement's own blur has a deviation of 1


def _quantiles(values: Floats, *shares: float) -> list[float]:
    """Return what ``np.quantile(..., method="lower")`` does, in a third of its time.

    That is a fiftieth of the time of a whole field.
    """
    flat = values.ravel()
    ranks = [int(share * (flat.size - 1)) for share in shares]
    parted = np.partition(flat, ranks)
    return [float(parted[rank]) for rank in ranks]
