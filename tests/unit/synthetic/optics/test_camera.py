"""Grey levels of a camera: by hand, for light without noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.synthetic import Microscope
from anascope.synthetic.optics import photograph, thinned

# So many electrons that no noise is left.
QUIET = Microscope(
    name="quiet",
    magnification=20,
    numerical_aperture=0.5,
    electrons_per_level=1e9,
    read_noise=0,
)
LIGHT = np.array([[0.0, 10.0, 64.0, 127.0, 255.0, 400.0]], np.float32)


def levels(**changes: Any) -> NDArray[Any]:
    rng = np.random.default_rng(0)
    image: NDArray[Any] = photograph(rng, LIGHT.copy(), replace(QUIET, **changes))
    return image.ravel()


def test_eight_bits_are_rounded_and_clipped() -> None:
    assert levels().tolist() == [0, 10, 64, 127, 255, 255]


def test_an_offset_lifts_all_or_takes_the_background_away() -> None:
    assert levels(offset=7.0).tolist() == [7, 17, 71, 134, 255, 255]
    assert levels(offset=-10.0).tolist() == [0, 0, 54, 117, 245, 255]


@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_gamma_is_an_exponent_of_the_share_of_full_brightness(gamma: float) -> None:
    expected = [round(255 * (value / 255) ** gamma) for value in (0, 10, 64, 127, 255, 255)]
    np.testing.assert_allclose(levels(gamma=gamma), expected, atol=1)
    assert levels(gamma=gamma)[2] == (128 if gamma == 0.5 else 16)


def test_twelve_bits_are_4096_levels_at_the_full_scale_of_sixteen() -> None:
    rng = np.random.default_rng(0)
    light = rng.uniform(0, 255, (300, 300)).astype(np.float32)
    fine, coarse = (photograph(rng, light, replace(QUIET, bits=bits)) for bits in (16, 12))
    assert fine.dtype == coarse.dtype == np.uint16
    assert np.abs(fine.astype(int) - coarse).max() <= 65535 / 4095 / 2 + 2
    possible = (np.arange(4096) * 65535 + 2047) // 4095
    assert set(np.unique(coarse)) <= set(possible)
    assert len(np.unique(fine)) > 4096
    assert levels(bits=12)[-1] == levels(bits=16)[-1] == 65535


def test_thinning_gathers_light_and_keeps_places() -> None:
    light = np.zeros((8, 10), np.float32)
    light[4, 6] = 16
    half = thinned(light, 2)
    assert half.shape == (4, 5)
    assert half[2, 3] == 4  # a quarter of the dot's rows times one of its columns, each a half
    assert half.sum() == 4
    assert thinned(light, 1) is light
    np.testing.assert_allclose(thinned(np.full((9, 7), 3, np.float32), 2), 3)
