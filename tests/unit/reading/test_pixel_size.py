"""Pixel sizes that are said, estimated, or cannot be right."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.reading import Flag, WhyNot
from anascope.reading import _pixel_size as module
from anascope.reading._pixel_size import PixelSize, pixel_size_of
from anascope.reading.scale import PixelSizeEstimate
from tests.unit.reading.scale.estimates import estimated

FIELD = np.zeros((40, 40), np.uint8)


@pytest.fixture
def estimate(monkeypatch: pytest.MonkeyPatch) -> list[PixelSizeEstimate]:
    """Return a list whose last one is what is estimated, whatever the picture."""
    estimates: list[PixelSizeEstimate] = []
    monkeypatch.setattr(module, "estimate_pixel_size", lambda _: estimates[-1])
    return estimates


def test_what_is_said_is_taken(estimate: list[PixelSizeEstimate]) -> None:
    estimate.append(estimated(0.3))
    assert pixel_size_of(FIELD, 0.25, needed=True) == PixelSize(0.25)


def test_what_nobody_says_is_estimated(estimate: list[PixelSizeEstimate]) -> None:
    estimate.append(estimated(0.3))
    size = pixel_size_of(FIELD, None, needed=True)
    assert size.um == pytest.approx(0.3, rel=0.01)
    assert size.error == pytest.approx(0.2, abs=0.01)
    assert size.flags == ()


def test_what_nobody_needs_is_not_estimated() -> None:
    assert pixel_size_of(FIELD, None, needed=False) == PixelSize(None)


@pytest.mark.parametrize("given_um", [0.07, 1.4])
def test_a_size_that_cannot_be_right_is_flagged(
    estimate: list[PixelSizeEstimate], given_um: float
) -> None:
    """Nuclei of 3 or 67 µm; 14.3 µm would be 0.3 µm a pixel."""
    estimate.append(estimated(0.3))
    size = pixel_size_of(FIELD, given_um, needed=True)
    (flag,) = size.flags
    assert (size.um, size.error) == (given_um, None)
    assert flag.flag is Flag.WRONG_PIXEL_SIZE
    assert flag.value == pytest.approx(14.3 * given_um / 0.3, rel=0.01)
    assert flag.limit == pytest.approx(35.75 if given_um > 1 else 5.72)
    assert flag.advice == f"check the pixel size: 0.3 µm would fit, not {given_um:g}"


def test_an_uncertain_estimate_flags_no_size_that_is_said(
    estimate: list[PixelSizeEstimate],
) -> None:
    estimate.append(estimated(0.3, 1.5))
    assert pixel_size_of(FIELD, 1.4, needed=True).flags == ()


def test_an_uncertain_estimate_is_flagged(estimate: list[PixelSizeEstimate]) -> None:
    estimate.append(estimated(0.3, 0.5))
    (flag,) = pixel_size_of(FIELD, None, needed=True).flags
    assert (flag.flag, flag.limit) == (Flag.UNCERTAIN_PIXEL_SIZE, 30.0)
    assert flag.value == pytest.approx(47, abs=1)
    assert flag.advice == "state the pixel size: 0.3 µm is an uncertain estimate"


def test_without_size_and_estimate_a_field_is_not_evaluable(
    estimate: list[PixelSizeEstimate],
) -> None:
    estimate.append(estimated(0.3, 1.2))
    size = pixel_size_of(FIELD, None, needed=True)
    assert size.um is None
    assert size.missing is not None
    assert (size.missing.evaluable, size.missing.reason) == (False, WhyNot.NO_SCALE)
    assert size.missing.value is not None
    assert size.missing.value > 100
    assert size.missing.limit == 60


def test_an_image_of_one_level_has_no_estimate_and_is_read_with_what_is_said() -> None:
    size = pixel_size_of(FIELD, None, needed=True)
    assert size.missing is not None
    assert (size.missing.reason, size.missing.value) == (WhyNot.NO_SCALE, None)
    assert pixel_size_of(FIELD, 0.3, needed=True) == PixelSize(0.3)
