"""What is measured of images whose answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from anascope.synthetic import MIVIA
from anascope.synthetic.fit import (
    Shown,
    banded_power,
    border,
    cell_table,
    fit_noise,
    group,
    levels,
    noise_of,
    pairing,
    rise,
    rise_numbers,
)

PIXEL = MIVIA.pixel_size_um


def disc(level: float = 60.0, radius: int = 40, blur: float = 0.0) -> Shown:
    """Return one disc of ``level`` over a background of 10."""
    y, x = np.mgrid[:256, :256]
    inside = (y - 128) ** 2 + (x - 128) ** 2 < radius**2
    light = ndimage.gaussian_filter(inside * level, blur) + 10
    return shown(np.rint(light).astype(np.uint8), inside)


def shown(image: np.ndarray, cells: np.ndarray, unit: str = "1") -> Shown:
    return Shown(
        image=image,
        cells=cells,
        known=np.ones(image.shape, bool),
        pixel_um=PIXEL,
        name=unit,
        unit=unit,
        pattern="homogeneous",
        intensity="positive",
        whole=1,
        mitotic=0,
    )


def noisy(rng: np.random.Generator, level: float, grain: tuple[float, float]) -> Shown:
    """Return shot noise of 4 electrons a level, blurred, where no cell is."""
    noise = ndimage.gaussian_filter(
        rng.normal(0, (level / 4) ** 0.5, (512, 512)), grain, truncate=2
    )
    image = np.clip(np.rint(level + noise), 0, 255).astype(np.uint8)
    return shown(image, np.zeros(image.shape, bool))


def test_levels_and_size_of_a_disc() -> None:
    found = levels(disc())
    assert found["dark"] == pytest.approx(9.6, abs=0.5)
    assert found["inside_90"] == pytest.approx(60, abs=1)
    cell = cell_table(disc(), 10.0).iloc[0]
    assert cell["diameter_um"] == pytest.approx(80 * PIXEL, rel=0.01)
    assert cell["elongation"] == pytest.approx(1, abs=0.01)
    assert cell["brightness"] == pytest.approx(60, abs=0.5)


def test_light_rises_at_the_border_as_fast_as_the_blur_lets_it() -> None:
    sigma_um = 0.8
    found = rise_numbers(rise(disc(blur=sigma_um / PIXEL), 10.0))
    assert found["at_um"] == pytest.approx(0, abs=0.15)
    assert found["width_um"] == pytest.approx(2 * 0.6745 * sigma_um, abs=0.25)


def test_power_of_a_wave_is_in_its_band() -> None:
    wave = np.sin(2 * np.pi * np.arange(64) * PIXEL * 1.0) * np.ones((64, 1))
    assert int(np.nanargmax(banded_power(wave, PIXEL))) == 3  # 0.8 to 1.2 cycles per µm


@pytest.mark.parametrize("grain", [(0.0, 0.0), (0.55, 0.75)])
def test_noise_is_found_as_it_was_made(grain: tuple[float, float]) -> None:
    rng = np.random.default_rng(7)
    groups = [group(*noise_of(noisy(rng, level, grain), 16)) for level in (10.0, 20.0, 30.0)]
    found = fit_noise([each for each in groups if each is not None])
    assert found["grain_down"] == pytest.approx(grain[0], abs=0.2 if not grain[0] else 0.06)
    assert found["grain_across"] == pytest.approx(grain[1], abs=0.2 if not grain[1] else 0.06)
    assert found["variance_50"] == pytest.approx(20 / 4, rel=0.3)


def test_columns_that_are_alike_two_by_two_are_seen() -> None:
    rng = np.random.default_rng(3)
    halves = rng.integers(10, 30, (128, 64)).repeat(2, axis=1)
    image = (halves + rng.integers(0, 4, (128, 128))).astype(np.uint8)
    found = pairing(shown(image, np.zeros(image.shape, bool)))
    assert found["across_2"] > 2
    assert found["down_2"] == pytest.approx(1, abs=0.1)


def test_border_between_levels_is_where_fewest_are_wrong() -> None:
    fields = pd.DataFrame(
        {
            "inside_90": [10.0, 20.0, 80.0, 90.0],
            "intensity": ["intermediate"] * 2 + ["positive"] * 2,
        }
    )
    assert border(fields) == pytest.approx(40)
