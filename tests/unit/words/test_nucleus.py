"""How large a nucleus is, in micrometres and in pixels."""

from __future__ import annotations

import pytest

from anascope.words import NUCLEUS_UM, nucleus_pixels


def test_pixels_follow_from_the_pixel_size() -> None:
    assert NUCLEUS_UM == 13
    assert nucleus_pixels(0.65) == pytest.approx(20)
    assert nucleus_pixels(0.1625) == pytest.approx(80)


def test_an_unknown_pixel_size_is_taken_for_that_of_40_fold_magnification() -> None:
    assert nucleus_pixels(None) == nucleus_pixels(0.16125) == pytest.approx(80.62, abs=0.01)
