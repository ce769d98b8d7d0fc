"""Place, size, brightness and shape of every cell of an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import let_go, row_bands
from anascope.cells._boxes import cell_boxes
from anascope.images import GreyImage, count_levels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CellMeasures:
    """One entry a cell, in the order of their numbers. Lengths are in pixels.

    Attributes:
        number: Their labels.
        y, x: Centres.
        min_y, min_x, max_y, max_x: Boxes, both ends within.
        area: Square pixels.
        brightness: Mean over the background, in thousandths of the full scale.
        contrast: Standard deviation over mean of the light within.
        peak: Bright tenth over mean of the light within.
        core: Mean of the inner half of the area over that of the outer half.
        roundness: 1 for a disc, less for any other shape: area over that of the disc with the same
            second moments.
        elongation: Long over short axis of the ellipse with the same second moments.
        at_border: Whether they touch the image's border.
        background: Median of the pixels that are no cell, grey levels.
    """

    number: Ints
    y: Floats
    x: Floats
    min_y: Ints
    min_x: Ints
    max_y: Ints
    max_x: Ints
    area: Ints
    brightness: Floats
    contrast: Floats
    peak: Floats
    core: Floats
    roundness: Floats
    elongation: Floats
    at_border: NDArray[np.bool_]
    background: float

    def __len__(self) -> int:
        return len(self.number)


def measure_cells(labels: NDArray[np.int32], pixels: GreyImage, full_scale: float) -> CellMeasures:
    """Measure the cells of an image.

    Args:
        labels: Number of the cell at each pixel, (y, x), 0 where none is.
        pixels: Grey levels, (y, x), uint8 or uint16.
        full_scale: The level that counts as white.
    """
    background = _background(labels, pixels)
    rows = []
    for number, box in cell_boxes(labels):
        light = pixels[box].astype(np.float64) - background
        rows.append(_measured(number, box, labels[box] == number, light))
    let_go(labels, pixels)
    table = np.array(rows, np.float64).reshape(len(rows), 14).T
    number, min_y, min_x, max_y, max_x, area = (column.astype(np.int64) for column in table[:6])
    y, x, mean, contrast, peak, core, roundness, elongation = table[6:]
    height, width = labels.shape
    return CellMeasures(
        number=number,
        y=y,
        x=x,
        min_y=min_y,
        min_x=min_x,
        max_y=max_y,
        max_x=max_x,
        area=area,
        brightness=1000 * mean / full_scale,
        contrast=contrast,
        peak=peak,
        core=core,
        roundness=roundness,
        elongation=elongation,
        at_border=(min_y == 0) | (min_x == 0) | (max_y == height - 1) | (max_x == width - 1),
        background=background,
    )


def _background(labels: NDArray[np.int32], pixels: GreyImage) -> float:
    """Return the median level of what is no cell; of the darkest pixel, if all is cell."""
    outside = np.zeros(np.iinfo(pixels.dtype).max + 1, np.intp)
    for band in row_bands(labels, pixels):
        outside += count_levels(pixels[band], labels[band] == 0)
    ranked = np.cumsum(outside)
    count = int(ranked[-1])
    if not count:
        return float(pixels.min(initial=0))
    middle = np.searchsorted(ranked, [(count - 1) // 2, count // 2], side="right")
    return float(middle.mean())


def _measured(
    number: int, box: tuple[slice, ...], own: NDArray[np.bool_], light: Floats
) -> tuple[float, ...]:
    rows, columns = np.nonzero(own)
    top, left = box[0].start, box[1].start
    values = light[rows, columns]
    area, mean = len(values), float(values.mean())
    floor = max(mean, 1e-6)
    # Second moments of the pixels, each a square with moments of its own.
    yy, xx = rows.var() + 1 / 12, columns.var() + 1 / 12
    xy = float(((rows - rows.mean()) * (columns - columns.mean())).mean())
    middle, half_difference = (yy + xx) / 2, float(np.hypot((yy - xx) / 2, xy))
    long, short = middle + half_difference, max(middle - half_difference, 1 / 12)
    roundness = area / (4 * np.pi * long)
    away = (rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2
    inner = away <= np.median(away)
    outer = max(float(values[~inner].mean()) if (~inner).any() else floor, 1e-6)
    return (
        number,
        top,
        left,
        box[0].stop - 1,
        box[1].stop - 1,
        area,
        top + float(rows.mean()),
        left + float(columns.mean()),
        mean,
        float(values.std()) / floor,
        float(np.quantile(values, 0.9)) / floor,
        float(values[inner].mean()) / outer,
        min(roundness, 1.0),
        float(np.sqrt(long / short)),
    )
