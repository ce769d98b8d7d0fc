"""Resizing is PyTorch's to the last bits; the range is NumPy's to the last."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import interpolate

from anascope import arrays
from anascope.images import at_scale, resize_area, resized, signal_range, size_at

SCALES = st.floats(0.05, 4).map(lambda scale: round(scale, 3))
SIDES = st.integers(1, 70)
SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, shape: tuple[int, int], dtype: type = np.uint8) -> np.ndarray:
    top = np.iinfo(dtype).max + 1
    return np.random.default_rng(seed).integers(0, top, shape, dtype=dtype)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(SEEDS, SIDES, SIDES, SCALES, st.sampled_from([np.uint8, np.uint16]))
def test_resizing_is_what_pytorch_does(
    seed: int, height: int, width: int, scale: float, dtype: type
) -> None:
    image = drawn(seed, (height, width), dtype)
    size = size_at(image.shape, scale)
    mode = "area" if size[0] <= height else "bilinear"
    tensor = torch.from_numpy(image.astype(np.float32))[None, None]
    expected = interpolate(tensor, size=size, mode=mode)[0, 0].numpy()
    found = resize_area(image, scale)
    assert found.dtype == np.float32
    assert found.flags.c_contiguous
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * float(np.iinfo(dtype).max))


@pytest.mark.parametrize("scale", [0.5, 0.645, 0.3225, 1.7])
def test_whole_fields_too(scale: float) -> None:
    image = drawn(0, (1038, 1388))
    size = size_at(image.shape, scale)
    mode = "area" if scale < 1 else "bilinear"
    expected = interpolate(torch.from_numpy(image)[None, None].float(), size=size, mode=mode)
    np.testing.assert_allclose(resize_area(image, scale), expected[0, 0].numpy(), atol=1e-4)


def test_each_new_pixel_is_the_mean_of_what_it_covers() -> None:
    image = np.arange(12, dtype=np.float32).reshape(3, 4)
    # Three rows to two: rows 0 and 1, then rows 1 and 2; four columns to three overlap likewise.
    expected = [[np.mean([0, 1, 4, 5]), 3.5, 4.5], [6.5, 7.5, 8.5]]
    np.testing.assert_array_equal(resize_area(image, 0.67), expected)


def between(values: np.ndarray, length: int) -> np.ndarray:
    """Interpolate along the first axis, in double precision."""
    middles = (np.arange(length) + 0.5) * len(values) / length - 0.5
    middles = np.clip(middles, 0, len(values) - 1)
    first = middles.astype(int)
    share = (middles - first)[:, None]
    second = np.minimum(first + 1, len(values) - 1)
    result: np.ndarray = values[first] * (1 - share) + values[second] * share
    return result


@settings(deadline=None, max_examples=150, derandomize=True)
@given(SEEDS, SIDES, SIDES, SIDES, SIDES, st.sampled_from([np.uint8, np.uint16]))
def test_resized_lies_between_the_nearest_two_pixels(
    seed: int, height: int, width: int, tall: int, wide: int, dtype: type
) -> None:
    image = drawn(seed, (height, width), dtype)
    expected = between(between(image.astype(float), tall).T, wide).T
    found = resized(image, (tall, wide))
    assert found.dtype == np.float32
    assert found.flags.writeable
    np.testing.assert_allclose(found, expected, atol=2e-7 * float(np.iinfo(dtype).max))


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.uint16, np.int32, np.float32])
@pytest.mark.parametrize(
    ("shape", "size"), [((1038, 1388), (479, 640)), ((50, 70), (149, 201)), ((9, 15), (3, 10))]
)
def test_nearest_takes_the_pixel_under_the_middle(
    dtype: type, shape: tuple[int, int], size: tuple[int, int]
) -> None:
    image: np.ndarray = np.random.default_rng(0).integers(0, 200, shape).astype(dtype)
    rows, columns = (
        ((2 * np.arange(new) + 1) * old // (2 * new)) for old, new in zip(shape, size, strict=True)
    )
    found = resized(image, size, nearest=True)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, image[rows[:, None], columns])


def test_scale_one_changes_nothing() -> None:
    image = drawn(1, (9, 7))
    kept = at_scale(image, 1.0, 255)
    np.testing.assert_array_equal(kept, image)
    assert kept.dtype == np.uint8
    assert not np.shares_memory(kept, image)
    np.testing.assert_array_equal(resize_area(image, 1.0), image)
    np.testing.assert_array_equal(resized(image, image.shape), image)


def test_wide_fields_count_from_their_full_scale() -> None:
    image = np.full((4, 4), 2048, np.uint16)
    assert (at_scale(image, 1.0, 4096) == 0.5).all()
    assert at_scale(image, 0.5, 4096).dtype == np.float16


@settings(deadline=None, max_examples=150, derandomize=True)
@given(SEEDS, SIDES, SIDES, st.integers(1, 256))
def test_range_of_8_bits_is_numpys_to_the_last_bit(
    seed: int, height: int, width: int, levels: int
) -> None:
    image = np.random.default_rng(seed).integers(0, levels, (height, width), dtype=np.uint8)
    unit = image.astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(signal_range(image), np.percentile(unit, (5, 99.5)))


def test_range_of_half_floats() -> None:
    image = at_scale(drawn(2, (50, 60)), 0.5, 255)
    expected = np.percentile(image.astype(np.float32), (5, 99.5))
    np.testing.assert_array_equal(signal_range(image), expected)


@pytest.mark.parametrize("scale", [0.31, 0.5, 1.7])
def test_rows_are_those_of_the_whole(scale: float) -> None:
    image = drawn(3, (61, 47))
    height, width = size_at(image.shape, scale)
    bands = [slice(top, min(top + 7, height)) for top in range(0, height, 7)]
    rows = np.concatenate([resize_area(image, scale, band) for band in bands])
    np.testing.assert_array_equal(rows, resize_area(image, scale))
    shape = (height, width)
    rows = np.concatenate([resized(image, shape, rows=band) for band in bands])
    np.testing.assert_allclose(rows, resized(image, shape), atol=1e-3)
    rows = np.concatenate([resized(image, shape, nearest=True, rows=band) for band in bands])
    np.testing.assert_array_equal(rows, resized(image, shape, nearest=True))


def test_a_large_field_is_resized_in_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    image = drawn(4, (90, 70), np.uint16)
    whole = at_scale(image, 0.4, 65535)
    monkeypatch.setattr(arrays, "IN_MEMORY", 1)
    monkeypatch.setattr(arrays, "_BAND", 100)
    bands = at_scale(image, 0.4, 65535)
    assert isinstance(bands, np.memmap)
    np.testing.assert_array_equal(bands, whole)
    np.testing.assert_array_equal(signal_range(bands), signal_range(whole))
