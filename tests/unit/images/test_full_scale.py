"""Which value of a file counts as full brightness: said by the file, or by its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from anascope.errors import InputError
from anascope.images import SameCamera, SignalImage, read_pages, read_signal
from tests.robustness.files import GREY, WIDE

TWELVE: NDArray[np.uint16] = (GREY.astype(np.uint32) * 4095 // 255).astype(np.uint16)
"""The field of 8 bits as a camera of 12 bits in a file of 16 has it."""
DIM: NDArray[np.uint16] = (GREY.astype(np.uint16) * 3).astype(np.uint16)


def only(path: Path, camera: SameCamera | None = None) -> SignalImage:
    (image,) = read_pages(path, camera=camera)
    assert isinstance(image, SignalImage), image
    return image


def full_scale_of(image: SignalImage) -> tuple[int, str, float | None]:
    return image.full_scale.value, image.full_scale.origin, image.brightest


def written(path: Path, pixels: NDArray[Any], **options: Any) -> Path:
    tifffile.imwrite(path, pixels, **({"photometric": "minisblack"} | options))
    return path


def test_12_bits_in_16_are_as_bright_as_8_bits(tmp_path: Path) -> None:
    image = only(written(tmp_path / "a.tif", TWELVE))
    assert full_scale_of(image) == (4095, "values", float(TWELVE.max()))
    np.testing.assert_allclose(image.pixels / 65535, GREY / 255, atol=1 / 4095)
    assert image.pixels.max() == 65535


def test_all_of_8_and_of_16_bits_stay_as_they_are(tmp_path: Path) -> None:
    image = only(written(tmp_path / "a.tif", WIDE))
    assert full_scale_of(image) == (65535, "values", float(WIDE.max()))
    np.testing.assert_array_equal(image.pixels, WIDE)
    image = only(written(tmp_path / "b.tif", GREY))
    assert full_scale_of(image) == (255, "file", None)
    np.testing.assert_array_equal(image.pixels, GREY)


@pytest.mark.parametrize(
    ("bits", "expected"),
    [("12", (4095, "file", None)), ("14", (16383, "file", None)), ("10", (1023, "file", None))],
)
def test_significant_bits_of_ome_are_the_full_scale(
    tmp_path: Path, bits: str, expected: tuple[int, str, None]
) -> None:
    pixels = np.minimum(DIM, 1023)
    written(tmp_path / "a.ome.tif", pixels, metadata={"SignificantBits": int(bits)})
    assert f'SignificantBits="{bits}"'.encode() in (tmp_path / "a.ome.tif").read_bytes()
    image = only(tmp_path / "a.ome.tif")
    assert full_scale_of(image) == expected
    np.testing.assert_allclose(image.pixels / 65535, pixels / expected[0], atol=1e-5)


def test_as_many_significant_bits_as_the_type_has_say_nothing(tmp_path: Path) -> None:
    """Programs that do not know the camera write them."""
    written(tmp_path / "a.ome.tif", TWELVE, metadata={"SignificantBits": 16})
    assert full_scale_of(only(tmp_path / "a.ome.tif"))[:2] == (4095, "values")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(4095, (4095, "file")), (65535, (65535, "file")), (765, (4095, "values"))],
)
def test_the_tag_of_the_largest_value_counts_if_it_is_a_cameras(
    tmp_path: Path, value: int, expected: tuple[int, str]
) -> None:
    """Some programs write the brightest value that the image happens to have."""
    written(tmp_path / "a.tif", DIM, extratags=[(281, "H", 1, value, True)])
    assert full_scale_of(only(tmp_path / "a.tif"))[:2] == expected


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0.0, 16383.0, (16383, "file")),
        (0.0, 700.0, (4095, "values")),
        (12.0, 16383.0, (4095, "values")),
        (0.0, 255.0, (4095, "values")),
    ],
)
def test_the_display_range_of_imagej_counts_if_it_is_a_cameras(
    tmp_path: Path, least: float, most: float, expected: tuple[int, str]
) -> None:
    written(tmp_path / "a.tif", DIM, imagej=True, metadata={"min": least, "max": most})
    assert full_scale_of(only(tmp_path / "a.tif"))[:2] == expected


def test_a_file_that_says_less_than_its_values_is_not_believed(tmp_path: Path) -> None:
    written(tmp_path / "a.tif", TWELVE, extratags=[(281, "H", 1, 1023, True)])
    assert full_scale_of(only(tmp_path / "a.tif"))[:2] == (4095, "values")


def test_a_dim_field_has_the_full_scale_of_the_brightest_of_its_camera(tmp_path: Path) -> None:
    dim, bright = written(tmp_path / "a.tif", DIM), written(tmp_path / "b.tif", WIDE)
    assert only(dim).full_scale.value == 4095
    camera = SameCamera([(dim, None), (bright, None)])
    unasked: int | None = camera.full_scale
    assert unasked is None
    image = only(dim, camera)
    assert full_scale_of(image) == (65535, "values", float(DIM.max()))
    np.testing.assert_array_equal(image.pixels, DIM)
    assert camera.full_scale == 65535
    assert only(dim, SameCamera([], known=[9000.0])).full_scale.value == 16383


def test_fields_of_8_bits_and_broken_ones_say_nothing_of_the_camera(tmp_path: Path) -> None:
    dim, grey = written(tmp_path / "a.tif", DIM), written(tmp_path / "b.tif", GREY)
    broken = tmp_path / "c.tif"
    broken.write_bytes(b"II*\0")
    camera = SameCamera([(path, None) for path in (dim, grey, broken, tmp_path / "no.tif")])
    assert camera.brightest == DIM.max()


def test_png_of_16_bits(tmp_path: Path) -> None:
    Image.fromarray(TWELVE).save(tmp_path / "a.png")
    image = only(tmp_path / "a.png")
    assert full_scale_of(image) == (4095, "values", float(TWELVE.max()))
    assert image.pixels.max() == 65535


def test_white_is_zero_at_12_bits(tmp_path: Path) -> None:
    negative = (4095 - TWELVE).astype(np.uint16)
    tag = [(281, "H", 1, 4095, True)]
    written(tmp_path / "a.tif", negative, photometric="miniswhite", extratags=tag)
    image = only(tmp_path / "a.tif")
    np.testing.assert_allclose(image.pixels / 65535, GREY / 255, atol=1 / 4095)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("full", [1, 255, 4095, 16383, 65535])
def test_floats_have_the_least_usual_full_scale_that_holds_them(
    tmp_path: Path, kind: type, full: int
) -> None:
    values: NDArray[Any] = (GREY / 255 * full * 0.95).astype(kind)
    image = only(written(tmp_path / "a.tif", values))
    assert full_scale_of(image) == (full, "values", float(values.max()))
    assert image.pixels.dtype == np.uint16
    np.testing.assert_allclose(image.pixels / 65535, GREY / 255 * 0.95, atol=1e-3)


def test_what_a_subtracted_background_leaves_under_zero_is_black(tmp_path: Path) -> None:
    values = GREY.astype(np.float32) - 20
    image = only(written(tmp_path / "a.tif", values, imagej=True))
    assert full_scale_of(image)[:2] == (255, "values")
    np.testing.assert_allclose(image.pixels / 257, np.clip(values, 0, None), atol=0.5)


def test_black_floats_are_black(tmp_path: Path) -> None:
    image = only(written(tmp_path / "a.tif", np.zeros((40, 50), np.float32)))
    assert full_scale_of(image) == (1, "values", 0.0)
    assert not image.pixels.any()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (np.nan, r"values that are no numbers \(NaN or infinity\)"),
        (np.inf, r"values that are no numbers \(NaN or infinity\)"),
        (-200.0, "floating point from -200 to 255"),
        (70_000.0, "floating point up to 70000; expected at most 65535"),
    ],
)
def test_floats_that_are_no_brightness_are_refused(
    tmp_path: Path, value: float, found: str
) -> None:
    values = GREY.astype(np.float32)
    values[3, 4], values[0, 0] = value, 255
    with pytest.raises(InputError, match=found):
        read_signal(written(tmp_path / "a.tif", values))
