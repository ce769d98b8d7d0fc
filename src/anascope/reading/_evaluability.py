"""Whether a field shows enough to be read: what shows nothing has no pattern and no intensity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anascope.cells import CellMeasures
from anascope.images import GreyImage
from anascope.reading._quality import FieldMeasures
from anascope.reading._records import Evaluability, WhyNot
from anascope.reading.likeness import FieldNetwork, windows_around_cells


@dataclass(frozen=True, slots=True)
class EvaluabilityLimits:
    """From where on nothing can be told from a field.

    A field is flagged long before (:class:`~anascope.reading.QUALITY_LIMITS`): a flag says to look
    at it again, these that there is nothing to be seen. A negative specimen is within them: its
    cells are dim, but they are there. ``benchmarks/accuracy/evaluability.py`` measures on real,
    drawn and other pictures what they let through.

    Attributes:
        dark: Thousandths of full scale by which the 99.5th percentile must be over the background:
            two levels of eight bits, which the noise of any camera has.
        saturated: Share of the cells' pixels, or of all, at full scale.
        cells: Fewest cells that lie wholly within the field: one or two tell no pattern.
        blur_um: Standard deviation of the cells' blur. Fields of MIVIA have up to 1.04, all but one
            of the 62 of I3A up to 1.54; fields of MIVIA that are blurred by 1.9 µm 1.62 or more.
        blur_pixels: The same in pixels, where pixels are so large that they hide more.
        smallest_um, largest_um: Median diameter of the cells, from half a nucleus to half as much
            again as a large whole cell.
        smallest_pixels, largest_pixels: The same where the pixel size is not known.
    """

    dark: float = 8.0
    saturated: float = 0.5
    cells: int = 3
    blur_um: float = 1.6
    blur_pixels: float = 3.0
    smallest_um: float = 6.0
    largest_um: float = 36.0
    smallest_pixels: float = 8.0
    largest_pixels: float = 360.0


LIMITS = EvaluabilityLimits()


def check_evaluability(
    pixels: GreyImage,
    cells: CellMeasures,
    field: FieldMeasures,
    pixel_size_um: float | None,
    limits: EvaluabilityLimits = LIMITS,
) -> Evaluability:
    """Return whether a field shows enough to be read.

    Args:
        pixels: The field, axes (y, x), uint8 or uint16.
        cells: What was found in it.
        field: What was measured of it.
        pixel_size_um: Micrometres, or None if it is not known.
        limits: From where on nothing can be told.
    """
    failed = next(_plain_reasons(cells, field, pixel_size_um, limits), None)
    if failed is not None:
        return failed
    # Asked last, of what has cells in focus.
    full_scale = float(np.iinfo(pixels.dtype).max)
    windows = windows_around_cells(pixels, cells, field.pixel_um, full_scale)
    likeness = FieldNetwork.shipped().likeness(windows)
    if likeness >= 0:
        return Evaluability(True, likeness=likeness)
    return Evaluability(False, WhyNot.NO_FIELD, likeness, 0.0, "likeness", likeness)


def check_light(field: FieldMeasures, limits: EvaluabilityLimits = LIMITS) -> Evaluability | None:
    """Return why a field has no light to see by, or None if it has."""
    return next(_light_reasons(field, limits), None)


def _light_reasons(field: FieldMeasures, limits: EvaluabilityLimits) -> Iterator[Evaluability]:
    share, whose = max((field.saturated, "the cells'"), (field.full, "all"))
    if share > limits.saturated:
        unit = f"% of {whose} pixels"
        yield _failed(WhyNot.SATURATED, 100 * share, 100 * limits.saturated, unit)
    if field.brightness < limits.dark:
        unit = "‰ of full scale over the background"
        yield _failed(WhyNot.TOO_DARK, field.brightness, limits.dark, unit)


def _plain_reasons(
    cells: CellMeasures,
    field: FieldMeasures,
    pixel_size_um: float | None,
    limits: EvaluabilityLimits,
) -> Iterator[Evaluability]:
    """Yield why nothing can be told from a field, by light, number, focus and size of its cells."""
    yield from _light_reasons(field, limits)
    whole = int((~cells.at_border).sum())
    if whole < limits.cells:
        yield _failed(WhyNot.FEW_CELLS, whole, limits.cells, "whole cells")
        return
    blur_limit = max(limits.blur_um, limits.blur_pixels * field.pixel_um)
    if field.blur_um is not None and field.blur_um > blur_limit:
        yield _failed(WhyNot.OUT_OF_FOCUS, field.blur_um, blur_limit, "µm")
    if pixel_size_um is None:
        unit, diameter = "pixels", field.diameter
        smallest, largest = limits.smallest_pixels, limits.largest_pixels
    else:
        unit, diameter = "µm", field.diameter * pixel_size_um
        smallest, largest = limits.smallest_um, limits.largest_um
    if not smallest <= diameter <= largest:
        limit = smallest if diameter < smallest else largest
        yield _failed(WhyNot.CELL_SIZE, diameter, limit, unit)


def _failed(reason: WhyNot, value: float, limit: float, unit: str) -> Evaluability:
    return Evaluability(False, reason, float(value), float(limit), unit)
