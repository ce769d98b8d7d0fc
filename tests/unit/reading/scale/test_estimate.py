"""The pixel size of drawn fields, at scales that they were not drawn at."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

import numpy as np
import pytest
from PIL import Image

from anascope.errors import InputError
from anascope.files import read_json
from anascope.reading.scale import (
    LARGEST_ERROR,
    STEPS,
    NucleusNetworks,
    estimate_pixel_size,
    scale_profile,
)
from anascope.synthetic import I3A, MIVIA, draw_field, draw_specimen


@cache
def drawn(stain: str, name: str = "mivia") -> np.ndarray:
    microscope = MIVIA if name == "mivia" else I3A
    specimen = draw_specimen(np.random.default_rng(4), stain, "positive", microscope)
    return draw_field(np.random.default_rng(5), specimen, (600, 800)).image


def at(pixels: np.ndarray, factor: float) -> np.ndarray:
    size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


@pytest.mark.parametrize("factor", [0.35, 1.0, 2.8])
@pytest.mark.parametrize("stain", ["homogeneous", "centromere", "homogeneous nucleolar"])
def test_the_size_is_found_at_any_scale(stain: str, factor: float) -> None:
    """To 35%: the reference, *Image files*, says what the estimate is worth."""
    found = estimate_pixel_size(at(drawn(stain), factor))
    assert found.pixel_size_um == pytest.approx(MIVIA.pixel_size_um / factor, rel=0.35)
    assert 0 < found.error < LARGEST_ERROR


def test_the_size_of_another_microscope_is_found() -> None:
    found = estimate_pixel_size(drawn("coarse speckled", "i3a"))
    assert found.pixel_size_um == pytest.approx(I3A.pixel_size_um, rel=0.3)


def test_brightness_and_depth_do_not_matter() -> None:
    pixels = drawn("fine speckled")
    size = estimate_pixel_size(pixels).pixel_size_um
    deep = pixels.astype(np.uint16) * 16
    assert estimate_pixel_size(deep).pixel_size_um == pytest.approx(size, rel=1e-3)
    dim = (pixels // 2).astype(np.uint8)
    assert estimate_pixel_size(dim).pixel_size_um == pytest.approx(size, rel=0.15)


def test_the_same_pixels_give_the_same_estimate() -> None:
    pixels = drawn("homogeneous")
    assert estimate_pixel_size(pixels) == estimate_pixel_size(pixels.copy())


def test_one_grey_level_has_no_scale() -> None:
    with pytest.raises(InputError, match="image: one grey level; expected structures"):
        estimate_pixel_size(np.full((300, 300), 7, np.uint8))


def test_a_profile_says_nothing_of_what_is_larger_than_the_field() -> None:
    pixels = drawn("homogeneous")[:64, :64]
    profile, shrunk = scale_profile(pixels)
    assert shrunk == 1.0
    assert profile.shape[0] == STEPS
    assert profile[:5, -1].all()
    assert not profile[8:].any()


def test_a_very_large_field_is_looked_at_in_part() -> None:
    """The part that varies most: here the lower right one, the only one with anything in it."""
    field = np.full((4200, 4500), 10, np.uint8)
    field[-600:, -800:] = drawn("homogeneous")
    profile, shrunk = scale_profile(field)
    alone, _ = scale_profile(field[-3840:, -3840:])
    assert shrunk == 5.0
    np.testing.assert_array_equal(profile, alone)


def test_stored_networks_say_what_they_said(tmp_path: pytest.TempPathFactory) -> None:
    networks = NucleusNetworks.shipped()
    networks.save(tmp_path / "kept.npz")
    profile, _ = scale_profile(drawn("homogeneous"))
    again = NucleusNetworks.load(tmp_path / "kept.npz")
    assert again.diameter(profile) == networks.diameter(profile)


def test_the_card_is_of_the_networks_that_ship() -> None:
    package = resources.files("anascope.reading.scale")
    content = package.joinpath("nucleus.npz").read_bytes()
    assert len(content) < 300_000
    with resources.as_file(package.joinpath("card.json")) as path:
        card = read_json(path)
    assert card["sha256"] == hashlib.sha256(content).hexdigest()
    assert card["tested_where_left_out"].keys() == {"mivia", "i3a"}
