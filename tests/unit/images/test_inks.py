"""Images in inks (CMYK): the green that they show, or a refusal by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from anascope.errors import InputError
from anascope.images import read_signal
from tests.robustness.files import saved, without_adobe

RAMP = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (32, 1))
RGB = np.stack([RAMP // 4, RAMP, 255 - RAMP], axis=-1)
INKS = Image.fromarray(RGB).convert("CMYK")


@pytest.mark.parametrize("transform", ["CMYK", "YCCK"])
def test_inks_with_adobes_marker_are_inverted(tmp_path: Path, transform: str) -> None:
    stored = 255 - np.asarray(INKS)  # 255 is no ink
    content = imagecodecs.jpeg8_encode(
        stored, level=97, colorspace="CMYK", outcolorspace=transform, subsampling="444"
    )
    (tmp_path / "a.jpg").write_bytes(content)
    assert b"Adobe" in content
    np.testing.assert_allclose(read_signal(tmp_path / "a.jpg").astype(int), RAMP, atol=4)


def test_black_ink_darkens_green(tmp_path: Path) -> None:
    inks = np.zeros((32, 64, 4), np.uint8)
    inks[..., 1], inks[..., 3] = 51, RAMP  # a fifth of magenta under more and more black
    image = Image.fromarray(inks, "CMYK")
    (tmp_path / "a.jpg").write_bytes(saved(image, "JPEG", quality=97))
    wanted = (255 - 51) * (255.0 - RAMP) / 255
    np.testing.assert_allclose(read_signal(tmp_path / "a.jpg"), wanted, atol=4)


def test_inks_without_the_marker_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(without_adobe(saved(INKS, "JPEG")))
    with pytest.raises(InputError, match=r"inks \(CMYK\) that may be inverted or not"):
        read_signal(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("kind", "compression"),
    [
        (np.uint8, None),
        (np.uint8, "lzw"),
        (np.uint8, "jpeg"),
        (np.uint16, None),
        (np.uint16, "lzw"),
    ],
)
def test_inks_in_tiff_are_refused(tmp_path: Path, kind: type, compression: str | None) -> None:
    pixels: NDArray[Any] = np.asarray(INKS).astype(kind)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="separated", compression=compression)
    with pytest.raises(InputError, match="colours of kind SEPARATED"):
        read_signal(tmp_path / "a.tif")


def test_ycbcr_in_jpeg_in_tiff_is_still_read(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", RGB, photometric="rgb", compression="jpeg")
    np.testing.assert_allclose(read_signal(tmp_path / "a.tif").astype(int), RAMP, atol=12)
