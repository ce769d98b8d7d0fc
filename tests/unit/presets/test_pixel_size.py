"""Fields of any microscope at one pixel size."""

from __future__ import annotations

import pytest

from anascope.errors import InputError
from anascope.presets import load_preset


def test_a_pixel_size_takes_the_place_of_a_scale() -> None:
    image = load_preset("tiny", {"image.scale": 1, "image.pixel_size_um": 0.32}).image
    assert image.scale_of(0.16, "field 1") == pytest.approx(0.5)
    assert image.scale_of(0.32, "field 1") == pytest.approx(1.0)
    assert image.network_size == 384
    assert image.neighbourhood == pytest.approx(12.9 / 0.32)


def test_a_scale_is_the_same_for_all() -> None:
    image = load_preset("tiny").image
    assert image.scale_of(None, "field 1") == image.scale_of(0.16, "field 1") == 0.25
    assert image.neighbourhood == 20


def test_a_field_without_a_pixel_size_is_refused() -> None:
    image = load_preset("tiny", {"image.scale": 1, "image.pixel_size_um": 0.32}).image
    with pytest.raises(InputError, match="field 1: no pixel size; expected one: the network"):
        image.scale_of(None, "field 1")


def test_both_are_refused() -> None:
    with pytest.raises(InputError, match="scale beside pixel_size_um"):
        load_preset("tiny", {"image.pixel_size_um": 0.32})
