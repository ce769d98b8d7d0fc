"""Quality flags: none on a good field, and the right one when something is wrong."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from anascope import arrays
from anascope.reading import _focus
from anascope.reading._quality import LIMITS, QualityLimits, check_quality, measure_field
from anascope.reading._records import Flag, QualityFlag
from anascope.synthetic import MIVIA, draw_field, draw_specimen

UM = MIVIA.pixel_size_um
Floats = NDArray[np.float64]


def checked(
    pixels: NDArray[Any],
    labels: NDArray[np.int32],
    um: float | None,
    limits: QualityLimits = LIMITS,
) -> tuple[QualityFlag, ...]:
    return check_quality(measure_field(pixels, labels, um), um, limits)


def round_cells(
    blur_um: float = 0.4,
    *,
    height: float = 120,
    noise: float = 1.5,
    radius_um: float = 6.5,
    um: float = UM,
    shape: tuple[int, int] = (500, 700),
    background: float = 20,
) -> tuple[Floats, NDArray[np.int32]]:
    """Return discs in rows, blurred by a known amount, and their labels."""
    y, x = np.indices(shape)
    pitch = 3.2 * radius_um / um
    from_y, from_x = (y % pitch) - pitch / 2, (x % pitch) - pitch / 2
    inside = np.hypot(from_y, from_x) < radius_um / um
    labels, _ = ndimage.label(inside)
    signal = background + height * ndimage.gaussian_filter(inside.astype(float), blur_um / um)
    return signal + np.random.default_rng(0).normal(0, noise, shape), labels.astype(np.int32)


def as_8_bits(signal: Floats) -> NDArray[np.uint8]:
    return np.clip(np.round(signal), 0, 255).astype(np.uint8)


def flags(signal: Floats, labels: NDArray[np.int32], um: float | None = UM) -> list[Flag]:
    return [flag.flag for flag in checked(as_8_bits(signal), labels, um)]


def test_a_good_field_has_no_flag() -> None:
    assert flags(*round_cells()) == []


@pytest.mark.parametrize("pattern", ["homogeneous", "coarse speckled", "centromere", "cytoplasmic"])
def test_drawn_fields_are_good_until_they_are_blurred(pattern: str) -> None:
    from anascope.synthetic import STAINS

    stain = pattern if pattern in STAINS else next(s for s in STAINS if s.startswith(pattern))
    specimen = draw_specimen(np.random.default_rng([3, 0]), stain, "intermediate", MIVIA)
    field = draw_field(np.random.default_rng([3, 1]), specimen, (600, 800))
    labels = field.instances.astype(np.int32)
    assert flags(field.image.astype(float), labels) == []
    soft = ndimage.gaussian_filter(field.image.astype(float), 2.0 / UM)
    assert flags(soft, labels) == [Flag.OUT_OF_FOCUS]


@pytest.mark.parametrize("um", [0.1, UM, 0.3225, 0.645])
@pytest.mark.parametrize("blur", [0.8, 1.2, 1.6])
def test_blur_is_measured_in_micrometres_whatever_the_pixels(um: float, blur: float) -> None:
    shape = (round(90 / um), round(110 / um))
    signal, labels = round_cells(blur, um=um, shape=shape)
    found = measure_field(as_8_bits(signal), labels, um).blur_um
    assert found == pytest.approx(blur, rel=0.15, abs=0.1)


@pytest.mark.parametrize("um", [0.1, 0.3225])
def test_blur_of_a_field_that_is_gone_through_in_bands_is_the_same(
    um: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal, labels = round_cells(0.8, um=um, shape=(round(90 / um), round(110 / um)))
    whole = measure_field(as_8_bits(signal), labels, um)
    monkeypatch.setattr(_focus, "_AT_ONCE", 4000)
    monkeypatch.setattr(arrays, "_BAND", 4000)
    assert measure_field(as_8_bits(signal), labels, um) == whole
    assert whole.blur_um is not None


@pytest.mark.parametrize("height", [30, 60, 200])
def test_blur_does_not_depend_on_brightness(height: float) -> None:
    signal, labels = round_cells(1.5, height=height)
    assert measure_field(as_8_bits(signal), labels, UM).blur_um == pytest.approx(1.5, rel=0.15)


def test_noise_is_not_taken_for_sharpness() -> None:
    signal, labels = round_cells(2.5, height=60, noise=6)
    found = measure_field(as_8_bits(signal), labels, UM).blur_um
    assert found is not None
    assert found > LIMITS.blur_um


def test_cells_that_drown_in_noise_say_nothing_of_focus() -> None:
    signal, labels = round_cells(3, height=2, noise=8)
    assert measure_field(as_8_bits(signal), labels, UM).blur_um is None


def test_without_a_pixel_size_focus_is_judged_by_the_cells() -> None:
    assert flags(*round_cells(), None) == [Flag.NO_PIXEL_SIZE]
    assert flags(*round_cells(2.5), None) == [Flag.OUT_OF_FOCUS, Flag.NO_PIXEL_SIZE]


def test_saturated_cells() -> None:
    signal, labels = round_cells(height=300)
    assert flags(signal, labels) == [Flag.SATURATED]
    (flag,) = checked(as_8_bits(signal), labels, UM)
    share = 100 * (as_8_bits(signal)[labels > 0] == 255).mean()
    assert flag.value == pytest.approx(share)
    assert (flag.limit, flag.unit) == (1.0, "% of the cells' pixels")
    assert flag.advice


def test_16_bits_saturate_at_the_full_scale_of_their_type() -> None:
    """Decoding brings 12 bits in 16 to it, so that a dim field is judged as a dim one."""
    signal, labels = round_cells(height=300)
    wide = np.clip(signal * 257, 0, 65535).astype(np.uint16)
    assert [flag.flag for flag in checked(wide, labels, UM)] == [Flag.SATURATED]
    assert checked((signal * 128).astype(np.uint16), labels, UM) == ()
    (flag,) = checked((signal * 4).astype(np.uint16), labels, UM)
    assert flag.flag is Flag.TOO_DARK


def test_dark_fields() -> None:
    assert flags(*round_cells(height=5, noise=0.3)) == [Flag.TOO_DARK]


def test_a_field_of_one_value_is_dark_and_empty() -> None:
    empty = np.zeros((60, 80), np.int32)
    assert flags(np.full((60, 80), 20.0), empty) == [Flag.TOO_DARK, Flag.FEW_CELLS]
    assert flags(np.zeros((60, 80)), empty, None) == [
        Flag.TOO_DARK,
        Flag.FEW_CELLS,
        Flag.CLIPPED,
        Flag.NO_PIXEL_SIZE,
    ]


def test_few_cells() -> None:
    signal, labels = round_cells(shape=(200, 280))
    labels[labels > 4] = 0
    assert Flag.FEW_CELLS in flags(signal, labels)


@pytest.mark.parametrize(("um", "limit"), [(0.05, 8.0), (0.6, 24.0)])
def test_cells_of_the_wrong_size(um: float, limit: float) -> None:
    signal, labels = round_cells()
    found = {flag.flag: flag for flag in checked(as_8_bits(signal), labels, um)}
    flag = found[Flag.CELL_SIZE]
    assert (flag.limit, flag.unit) == (limit, "µm")
    assert flag.value == pytest.approx(13 * um / UM, rel=0.02)


def test_sizes_in_pixels_where_the_pixel_size_is_not_known() -> None:
    signal, labels = round_cells(radius_um=0.8, blur_um=0.1)
    found = {flag.flag: flag for flag in checked(as_8_bits(signal), labels, None)}
    assert (found[Flag.CELL_SIZE].limit, found[Flag.CELL_SIZE].unit) == (12, "pixels")


def test_a_clipped_background() -> None:
    signal, labels = round_cells(background=0)
    assert flags(signal, labels) == [Flag.CLIPPED]


def test_limits_can_be_set() -> None:
    signal, labels = round_cells()
    strict = QualityLimits(cells=1000)
    found = checked(as_8_bits(signal), labels, UM, strict)
    assert [(flag.flag, flag.limit) for flag in found] == [(Flag.FEW_CELLS, 1000)]
    assert all(isinstance(flag, QualityFlag) for flag in found)


def test_a_field_takes_less_than_the_network_by_far() -> None:
    signal, labels = round_cells(shape=(1038, 1388))
    pixels = as_8_bits(signal)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        checked(pixels, labels, UM)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.25  # 20 ms where nothing else runs
