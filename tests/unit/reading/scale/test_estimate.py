"""The pixel size of drawn fields, at scales that they were not drawn at."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

import numpy as np
import pytest
from PIL import Image

from anascope.files import read_json
from anascope.reading.scale import (
    LARGEST_ERROR,
    LEAST_UM,
    MOST_UM,
    NETWORK,
    NUCLEUS_SEEN_UM,
    PixelSizeEstimate,
    estimate_of,
    estimate_pixel_size,
)
from anascope.synthetic import I3A, MIVIA, draw_field, draw_specimen
from tests.unit.reading.scale.estimates import bell

NOISE = np.random.default_rng(2).integers(0, 256, (400, 500), np.uint8)


@cache
def drawn(stain: str, name: str = "mivia") -> np.ndarray:
    microscope = MIVIA if name == "mivia" else I3A
    specimen = draw_specimen(np.random.default_rng(4), stain, "positive", microscope)
    return draw_field(np.random.default_rng(5), specimen, (600, 800)).image


def at(pixels: np.ndarray, factor: float) -> np.ndarray:
    size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


def found_in(pixels: np.ndarray) -> PixelSizeEstimate:
    """Return the estimate of a field that has one."""
    found = estimate_pixel_size(pixels)
    assert found is not None
    return found


@pytest.mark.parametrize("factor", [0.35, 1.0, 2.8])
@pytest.mark.parametrize("stain", ["homogeneous", "centromere", "homogeneous nucleolar"])
def test_the_size_is_found_at_any_scale(stain: str, factor: float) -> None:
    """To 30%: the reference, *Image files*, says what the estimate is worth."""
    found = found_in(at(drawn(stain), factor))
    assert found.pixel_size_um == pytest.approx(MIVIA.pixel_size_um / factor, rel=0.3)
    assert 0 < found.error < LARGEST_ERROR


def test_the_size_of_another_microscope_is_found() -> None:
    found = found_in(drawn("coarse speckled", "i3a"))
    assert found.pixel_size_um == pytest.approx(I3A.pixel_size_um, rel=0.3)


@pytest.mark.parametrize("stain", ["homogeneous", "coarse speckled", "mitochondrial"])
def test_half_the_size_has_pixels_of_twice_the_size(stain: str) -> None:
    whole = found_in(drawn(stain))
    half = found_in(at(drawn(stain), 0.5))
    assert half.pixel_size_um / whole.pixel_size_um == pytest.approx(2, rel=whole.error)


def test_brightness_and_depth_do_not_matter() -> None:
    pixels = drawn("fine speckled")
    size = found_in(pixels).pixel_size_um
    deep = pixels.astype(np.uint16) * 16
    assert found_in(deep).pixel_size_um == pytest.approx(size, rel=1e-3)
    dim = (pixels // 2).astype(np.uint8)
    assert found_in(dim).pixel_size_um == pytest.approx(size, rel=0.1)


def test_the_same_pixels_give_the_same_estimate() -> None:
    pixels = drawn("homogeneous")
    first, second = found_in(pixels), found_in(pixels.copy())
    assert first == second
    np.testing.assert_array_equal(first.density, second.density)


@pytest.mark.parametrize("pixels", [np.full((300, 300), 7, np.uint8), NOISE[:31]])
def test_one_grey_level_and_what_is_smaller_than_a_tile_have_no_scale(pixels: np.ndarray) -> None:
    assert estimate_pixel_size(pixels) is None


@pytest.mark.parametrize("name", ["noise", "dot", "edge", "stripes", "small"])
def test_no_field_gets_a_size_that_no_microscope_has(name: str) -> None:
    """An earlier estimate gave 0.005 µm a pixel to a field of one dot."""
    field = np.zeros((400, 500), np.uint8)
    if name == "noise":
        field = NOISE
    elif name == "dot":
        field[200, 250] = 1
    elif name == "edge":
        field[:, 250:] = 255
    elif name == "stripes":
        field[::2] = 255
    else:
        field = drawn("homogeneous")[:32, :32]
    found = found_in(field)
    assert LEAST_UM <= found.pixel_size_um <= MOST_UM
    assert np.isfinite(found.error)


@pytest.mark.parametrize("octaves", [1.0, 9.5])
def test_what_lies_beyond_all_microscopes_is_kept_within_them(octaves: float) -> None:
    assert LEAST_UM <= estimate_of(bell(octaves, 0.1)).pixel_size_um <= MOST_UM


def test_an_estimate_is_as_wide_as_its_distribution_and_the_nuclei_of_laboratories() -> None:
    found = estimate_of(bell(6.0, 0.2))
    assert found.pixel_size_um == pytest.approx(NUCLEUS_SEEN_UM / 2**6, rel=1e-3)
    assert found.error == pytest.approx(2 ** np.hypot(0.2, 0.25) - 1, rel=0.02)


def test_a_second_possibility_makes_an_estimate_uncertain_but_does_not_move_it() -> None:
    found = estimate_of(0.8 * bell(6.0, 0.1) + 0.2 * bell(3.0, 0.1))
    assert found.pixel_size_um == pytest.approx(NUCLEUS_SEEN_UM / 2**6, rel=1e-2)
    assert found.error > LARGEST_ERROR
    assert not found.contradicts(NUCLEUS_SEEN_UM / 2**3)  # the other possibility
    assert found.contradicts(NUCLEUS_SEEN_UM / 2**8)


def test_only_a_size_that_is_far_off_is_contradicted() -> None:
    found = estimate_of(bell(6.0, 0.1))
    size = found.pixel_size_um
    assert [found.contradicts(size * times) for times in (0.35, 0.5, 1, 2, 2.45, 2.6)] == [
        True, False, False, False, False, True,
    ]  # fmt: skip


def test_the_card_is_of_the_network_that_ships() -> None:
    package = resources.files("anascope.reading.scale")
    content = package.joinpath(NETWORK).read_bytes()
    assert len(content) < 1_500_000
    with resources.as_file(package.joinpath("card.json")) as path:
        card = read_json(path)
    assert card["sha256"] == hashlib.sha256(content).hexdigest()
    assert card["learned_from_fields"].keys() == {"drawn", "mivia", "i3a"}
