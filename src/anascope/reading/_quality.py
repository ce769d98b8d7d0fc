"""What may be wrong with a field, before anybody trusts what is read from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import row_bands
from anascope.cells import cell_areas
from anascope.images import GreyImage, count_levels
from anascope.reading._focus import blur_of
from anascope.reading._records import Flag, QualityFlag
from anascope.words import NUCLEUS_UM

_BRIGHT = 0.995  # quantile of a field that stands for its brightest cells


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """From where on a field is flagged.

    What was measured is in ``results/quality-limits.json``, made by
    ``benchmarks/data/quality_limits.py`` from the 28 fields of MIVIA and from drawn ones.

    Attributes:
        blur_um: Standard deviation of the cells' blur. The sharpest quarter of the cells of a real
            field has 0.29 to 1.05 µm; blurred by 1.5 µm, 1.33 or more.
        blur_pixels: The same in pixels, where pixels are so large that they hide more.
        saturated: Share of the cells' pixels at full scale. Real fields have up to 0.007.
        dark: Thousandths of full scale by which the 99.5th percentile must be over the background.
            Real fields have 70 or more.
        cells: Fewest cells.
        smallest_um, largest_um: Median diameter of cells: nuclei of HEp-2 cells are about 13 µm
            wide, whole cells, which cytoplasmic patterns show, about 20.
        smallest_pixels, largest_pixels: The same where the pixel size is not known: 8 µm at
            0.65 µm a pixel (10×) and 24 µm at 0.1 (63×).
        clipped: Share of all pixels at zero. From here on the 5th percentile, from which the range
            of signal is taken, is no measurement. Real fields have none.
    """

    blur_um: float = 1.3
    blur_pixels: float = 2.0
    saturated: float = 0.01
    dark: float = 30.0
    cells: int = 5
    smallest_um: float = 8.0
    largest_um: float = 24.0
    smallest_pixels: float = 12.0
    largest_pixels: float = 240.0
    clipped: float = 0.05


LIMITS = QualityLimits()


def check_quality(
    field: FieldMeasures, pixel_size_um: float | None, limits: QualityLimits = LIMITS
) -> tuple[QualityFlag, ...]:
    """Return what is wrong with a field; nothing if it is good.

    Args:
        field: As :func:`measure_field` measured it.
        pixel_size_um: Micrometres, or None if it is not known.
        limits: From where on it is flagged.

    Returns:
        In the order of :class:`~anascope.reading.Flag`.
    """
    return tuple(_flags(field, pixel_size_um, limits))


@dataclass(frozen=True, slots=True)
class FieldMeasures:
    """The measures by which quality is judged.

    Attributes:
        blur_um: Standard deviation of the cells' blur, or None if it cannot be measured. If the
            pixel size is not known, it is taken from the cells: their median diameter is 13 µm.
        pixel_um: The pixel size that was used for the blur.
        saturated: Share of the cells' pixels at full scale.
        brightness: 99.5th percentile over the background, in thousandths of full scale.
        cells: Number of cells.
        diameter: Median diameter of the cells: of a circle of their area, in pixels.
        clipped: Share of all pixels at zero.
        full: Share of all pixels at full scale.
    """

    blur_um: float | None
    pixel_um: float
    saturated: float
    brightness: float
    cells: int
    diameter: float
    clipped: float
    full: float


def measure_field(
    pixels: GreyImage, labels: NDArray[np.int32], pixel_size_um: float | None
) -> FieldMeasures:
    """Measure a field for :func:`check_quality`.

    Args:
        pixels: Axes (y, x), uint8 or uint16.
        labels: The number of the cell at each pixel, axes (y, x); 0 where none is.
        pixel_size_um: Micrometres, or None if it is not known.
    """
    levels = count_levels(pixels)
    dark_levels = np.zeros_like(levels)
    for rows in row_bands(labels, pixels):
        dark_levels += count_levels(pixels[rows], labels[rows] == 0)
    areas = cell_areas(labels)[1:]
    areas = areas[areas > 0]
    diameter = 2 * float(np.sqrt(np.median(areas) / np.pi)) if areas.size else 0.0
    full = int(np.iinfo(pixels.dtype).max)  # to which images are brought when they are decoded
    cell_pixels = int(areas.sum())
    at_full = int(levels[full:].sum() - dark_levels[full:].sum())
    bright = _quantile(levels, _BRIGHT)
    dark = _quantile(dark_levels, 0.5) if dark_levels.any() else _quantile(levels, 0.05)
    # Where the pixel size is not known, the cells' diameter stands for it.
    pixel_um = pixel_size_um or (NUCLEUS_UM / diameter if diameter else 1.0)
    blur = blur_of(pixels, labels, pixel_um) if areas.size else None
    return FieldMeasures(
        blur_um=None if blur is None else blur.pixels * pixel_um,
        pixel_um=pixel_um,
        saturated=at_full / cell_pixels if cell_pixels else 0.0,
        brightness=1000 * (bright - dark) / full,
        cells=int(areas.size),
        diameter=diameter,
        clipped=float(levels[0] / pixels.size),
        full=float(levels[full:].sum() / pixels.size),
    )


def _quantile(counts: NDArray[np.intp], share: float) -> int:
    """Return the level under which ``share`` of the pixels are."""
    ranked = np.cumsum(counts)
    return int(np.searchsorted(ranked, share * ranked[-1]))


def _flags(
    field: FieldMeasures, pixel_size_um: float | None, limits: QualityLimits
) -> Iterator[QualityFlag]:
    blur_limit = max(limits.blur_um, limits.blur_pixels * field.pixel_um)
    if field.blur_um is not None and field.blur_um > blur_limit:
        advice = "focus on the cells and take the field again"
        yield QualityFlag(Flag.OUT_OF_FOCUS, field.blur_um, blur_limit, "µm", advice)
    if field.saturated > limits.saturated:
        advice = "take the field again with a shorter exposure"
        percent = 100 * field.saturated, 100 * limits.saturated
        yield QualityFlag(Flag.SATURATED, *percent, "% of the cells' pixels", advice)
    if field.brightness < limits.dark:
        advice = "expose longer, unless the specimen is negative"
        unit = "‰ of full scale over the background"
        yield QualityFlag(Flag.TOO_DARK, field.brightness, limits.dark, unit, advice)
    if field.cells < limits.cells:
        advice = "take a field with more cells, or read more fields of the specimen"
        yield QualityFlag(Flag.FEW_CELLS, field.cells, limits.cells, "cells", advice)
    yield from _size_flag(field, pixel_size_um, limits)
    if field.clipped > limits.clipped:
        advice = "raise the camera's offset (black level)"
        percent = 100 * field.clipped, 100 * limits.clipped
        yield QualityFlag(Flag.CLIPPED, *percent, "% of the pixels", advice)
    if pixel_size_um is None:
        advice = "state it with the files, in a table or as an option"
        yield QualityFlag(Flag.NO_PIXEL_SIZE, 0.0, 0.0, "µm", advice)


def _size_flag(
    field: FieldMeasures, pixel_size_um: float | None, limits: QualityLimits
) -> Iterator[QualityFlag]:
    if not field.cells:
        return
    if pixel_size_um is None:
        unit, diameter = "pixels", field.diameter
        smallest, largest = limits.smallest_pixels, limits.largest_pixels
    else:
        unit, diameter = "µm", field.diameter * pixel_size_um
        smallest, largest = limits.smallest_um, limits.largest_um
    advice = "check the pixel size and that these are HEp-2 cells"
    if diameter < smallest:
        yield QualityFlag(Flag.CELL_SIZE, diameter, smallest, unit, advice)
    elif diameter > largest:
        yield QualityFlag(Flag.CELL_SIZE, diameter, largest, unit, advice)
