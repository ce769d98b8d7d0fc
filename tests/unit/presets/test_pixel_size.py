"""Fields of any microscope at one pixel size."""

from __future__ import annotations

import pytest
import torch

from anascope.errors import InputError
from anascope.networks import build_views
from anascope.presets import load_preset, preset_names


def test_a_pixel_size_takes_the_place_of_a_scale() -> None:
    image = load_preset("tiny", {"image.scale": 1, "image.pixel_size_um": 0.32}).image
    assert image.scale_of(0.16, "field 1") == pytest.approx(0.5)
    assert image.scale_of(0.32, "field 1") == pytest.approx(1.0)
    assert image.network_size == 384
    assert image.neighbourhood == pytest.approx(13 / 0.32)


def test_a_scale_is_the_same_for_all() -> None:
    image = load_preset("tiny").image
    assert image.scale_of(None, "field 1") == image.scale_of(0.16, "field 1") == 0.25
    assert image.neighbourhood == pytest.approx(0.25 * 13 / 0.16125)


def test_a_field_without_a_pixel_size_is_refused() -> None:
    image = load_preset("tiny", {"image.scale": 1, "image.pixel_size_um": 0.32}).image
    with pytest.raises(InputError, match="field 1: no pixel size; expected one: the network"):
        image.scale_of(None, "field 1")


def test_both_are_refused() -> None:
    with pytest.raises(InputError, match="scale beside pixel_size_um"):
        load_preset("tiny", {"image.pixel_size_um": 0.32})


@pytest.mark.parametrize("name", preset_names())
def test_local_contrast_is_what_networks_were_trained_with(name: str) -> None:
    """A nucleus of 13 µm gives the same square as the 80 pixels, or 12.9 µm, that it once was."""
    image = load_preset(name).image
    size_um = image.pixel_size_um
    before = 80 * image.scale if size_um is None else 12.9 / size_um
    signal = torch.rand(1, 1, 96, 96, generator=torch.Generator().manual_seed(0))
    made, wanted = (
        build_views(signal, torch.tensor([[0.1, 0.9]]), ("local",), neighbourhood=side)
        for side in (image.neighbourhood, before)
    )
    assert torch.equal(made, wanted)
