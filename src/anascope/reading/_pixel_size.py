"""How large the pixels of a field are: as it was said, or else estimated; and whether that fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from anascope.images import GreyImage
from anascope.reading._records import Evaluability, Flag, QualityFlag, WhyNot
from anascope.reading.scale import (
    LARGEST_ERROR,
    NUCLEUS_SEEN_UM,
    WRONG_BY,
    PixelSizeEstimate,
    estimate_pixel_size,
)

UNCERTAIN = 0.3
"""Relative standard deviation of an estimate from which on it is flagged."""


@dataclass(frozen=True, slots=True)
class PixelSize:
    """The size of a field's pixels.

    Attributes:
        um: Micrometres, or None if it is neither said nor needed.
        error: Relative standard deviation where it was estimated, None where it was said.
        flags: What is wrong with it.
        missing: Where it is needed and cannot be had: that the field is not evaluable for that.
    """

    um: float | None
    error: float | None = None
    flags: tuple[QualityFlag, ...] = ()
    missing: Evaluability | None = None


def pixel_size_of(pixels: GreyImage, given_um: float | None, *, needed: bool) -> PixelSize:
    """Return the pixel size of a field: what is said, and where nothing is, an estimate.

    Args:
        pixels: Axes (y, x), uint8 or uint16.
        given_um: What a table, the file or an option says, in micrometres, or None.
        needed: Whether the field cannot be read without; if it can, nothing is estimated.
    """
    if given_um is None and not needed:
        return PixelSize(None)
    estimate = estimate_pixel_size(pixels)
    if given_um is not None:
        flags = () if estimate is None else tuple(_misfit(given_um, estimate))
        return PixelSize(given_um, None, flags)
    if estimate is None:
        return PixelSize(None, missing=Evaluability(False, WhyNot.NO_SCALE))
    if estimate.error > LARGEST_ERROR:
        percent = 100 * estimate.error, 100 * LARGEST_ERROR
        missing = Evaluability(False, WhyNot.NO_SCALE, *percent, "% deviation of an estimate")
        return PixelSize(None, missing=missing)
    return PixelSize(estimate.pixel_size_um, estimate.error, tuple(_doubt(estimate)))


def _misfit(given_um: float, estimate: PixelSizeEstimate) -> Iterator[QualityFlag]:
    if not estimate.contradicts(given_um):
        return
    fits = estimate.pixel_size_um
    nucleus = NUCLEUS_SEEN_UM * given_um / fits
    limit = NUCLEUS_SEEN_UM * (WRONG_BY if given_um > fits else 1 / WRONG_BY)
    advice = f"check the pixel size: {fits:.2g} µm would fit, not {given_um:.3g}"
    yield QualityFlag(Flag.WRONG_PIXEL_SIZE, nucleus, limit, "µm wide nuclei", advice)


def _doubt(estimate: PixelSizeEstimate) -> Iterator[QualityFlag]:
    if estimate.error > UNCERTAIN:
        advice = f"state the pixel size: {estimate.pixel_size_um:.2g} µm is an uncertain estimate"
        percent = 100 * estimate.error, 100 * UNCERTAIN
        yield QualityFlag(Flag.UNCERTAIN_PIXEL_SIZE, *percent, "% deviation", advice)
