"""Image files of every kind that comes along, whole and damaged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from anascope.errors import InputError
from anascope.images import cells_shown, plain_mask, read_mask, read_signal, signal_from

GREY = np.random.default_rng(0).integers(0, 256, (40, 50), dtype=np.uint8)
WIDE = np.random.default_rng(1).integers(0, 65536, (40, 50), dtype=np.uint16)


@pytest.mark.parametrize("suffix", [".bmp", ".png", ".tif", ".tiff", ".TIF"])
def test_grey_images_are_read_as_they_are(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"image{suffix}"
    Image.fromarray(GREY).save(path, "TIFF" if "tif" in suffix.lower() else None)
    signal = read_signal(path)
    assert signal.dtype == np.uint8
    np.testing.assert_array_equal(signal, GREY)


@pytest.mark.parametrize("compression", ["none", "lzw", "deflate", "packbits"])
@pytest.mark.parametrize("pixels", [GREY, WIDE], ids=["8 bits", "16 bits"])
def test_compressed_tiff_is_exact(tmp_path: Path, compression: str, pixels: NDArray[Any]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels, compression=compression, rowsperstrip=8)
    np.testing.assert_array_equal(read_signal(tmp_path / "a.tif"), pixels)


def test_big_endian_tiff_gives_the_native_type(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", WIDE, byteorder=">")
    assert read_signal(tmp_path / "a.tif").dtype.str == np.dtype(np.uint16).str


def test_16_bit_png_keeps_its_values(tmp_path: Path) -> None:
    Image.fromarray(WIDE).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_signal(tmp_path / "a.png"), WIDE)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
def test_colour_gives_its_green_channel(tmp_path: Path, suffix: str) -> None:
    colour = np.stack([GREY // 4, GREY, GREY // 8], axis=-1)
    Image.fromarray(colour).save(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(read_signal(tmp_path / f"a{suffix}"), GREY)


def test_colour_planes_one_after_the_other(tmp_path: Path) -> None:
    planes = np.stack([GREY // 4, GREY, GREY // 8])
    tifffile.imwrite(tmp_path / "a.tif", planes, photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(read_signal(tmp_path / "a.tif"), GREY)


def test_alpha_is_passed_over(tmp_path: Path) -> None:
    Image.fromarray(GREY).convert("LA").save(tmp_path / "la.png")
    Image.fromarray(GREY).convert("RGBA").save(tmp_path / "rgba.png")
    for name in ("la.png", "rgba.png"):
        np.testing.assert_array_equal(read_signal(tmp_path / name), GREY)


def test_palettes_are_looked_up(tmp_path: Path) -> None:
    palette = np.repeat(np.arange(255, -1, -1, dtype=np.uint8), 3).tolist()
    indexed = Image.fromarray(GREY)
    indexed.putpalette(palette)
    for name in ("a.png", "a.tif"):
        indexed.save(tmp_path / name)
        np.testing.assert_array_equal(read_signal(tmp_path / name), 255 - GREY)


def test_white_may_be_zero(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY, photometric="miniswhite")
    np.testing.assert_array_equal(read_signal(tmp_path / "a.tif"), 255 - GREY)
    bits = GREY > 100
    tifffile.imwrite(tmp_path / "b.tif", ~bits, photometric="miniswhite")
    np.testing.assert_array_equal(read_mask(tmp_path / "b.tif"), bits)


def test_one_bit_images_are_black_and_white(tmp_path: Path) -> None:
    for name in ("a.png", "a.tif"):
        Image.fromarray(GREY > 100).save(tmp_path / name)
        signal = read_signal(tmp_path / name, one_bit=True)
        np.testing.assert_array_equal(signal, (GREY > 100) * 255)
        np.testing.assert_array_equal(read_mask(tmp_path / name), GREY > 100)
        with pytest.raises(InputError, match="an image of one bit; expected a field"):
            read_signal(tmp_path / name)


def test_the_kind_is_told_from_the_content_and_thumbnails_are_passed_over(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.png") as writer:
        writer.write(GREY, photometric="minisblack")
        writer.write(GREY[::2, ::2], photometric="minisblack", subfiletype=1)
    np.testing.assert_array_equal(read_signal(tmp_path / "a.png"), GREY)


@pytest.mark.parametrize("suffix", [".tif", ".png", ".bmp"])
@pytest.mark.parametrize("left", [0.9, 0.5, 0.1, 0.01])
def test_a_truncated_file_is_refused(
    tmp_path: Path, suffix: str, left: float, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(GREY).save(path)
    path.write_bytes(path.read_bytes()[: int(left * path.stat().st_size)])
    with pytest.raises(InputError, match="expected a whole ") as refused:
        read_signal(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("compression", ["none", "lzw", "deflate"])
@pytest.mark.parametrize("left", [0.95, 0.5, 0.2])
def test_a_truncated_tiff_is_refused_however_packed(
    tmp_path: Path, compression: str, left: float
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, WIDE, compression=compression, rowsperstrip=8)
    path.write_bytes(path.read_bytes()[: int(left * path.stat().st_size)])
    with pytest.raises(InputError, match="expected a whole"):
        read_signal(path)


def test_what_tifffile_only_logs_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, GREY)
    as_array = tifffile.TiffPage.asarray

    def complaining(page: tifffile.TiffPage, **options: Any) -> NDArray[Any]:
        logging.getLogger("tifffile").warning("corrupted strip cannot be reshaped")
        return as_array(page, **options)

    monkeypatch.setattr(tifffile.TiffPage, "asarray", complaining)
    with pytest.raises(InputError, match="a damaged or truncated TIFF file"):
        read_signal(path)
    assert logging.getLogger("tifffile").propagate


@pytest.mark.parametrize(
    ("name", "pixels", "found"),
    [
        ("a.tif", np.zeros((4, 5), np.complex64), "pixels of type complex64"),
        ("a.tif", np.zeros((4, 5), np.int16), "pixels of type int16"),
        ("a.tif", np.zeros((2, 4, 5), np.uint8), "2 pages"),
    ],
)
def test_other_kinds_of_images_are_refused(
    tmp_path: Path, name: str, pixels: NDArray[Any], found: str
) -> None:
    tifffile.imwrite(tmp_path / name, pixels, photometric="minisblack")
    with pytest.raises(InputError, match=found):
        read_signal(tmp_path / name)


def test_moving_pictures_are_refused(tmp_path: Path) -> None:
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:])
    with pytest.raises(InputError, match="2 frames"):
        read_signal(tmp_path / "a.png")


def test_16_bit_colour_png_is_refused_rather_than_cut_to_8(tmp_path: Path) -> None:
    import imagecodecs

    content = imagecodecs.png_encode(np.stack([WIDE] * 3, axis=-1))
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match="16-bit colour"):
        read_signal(tmp_path / "a.png")


def test_missing_and_empty_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.png: no such file; expected an image file"):
        read_signal(tmp_path / "no.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(InputError, match="an empty file"):
        read_signal(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("not an image")
    with pytest.raises(InputError, match="a text file; expected an image file"):
        read_signal(tmp_path / "text.png")


def test_a_file_in_memory_is_called_what_it_is_called() -> None:
    import io

    with pytest.raises(InputError, match=r"training\.tar, 00001\.png: a text file"):
        signal_from(io.BytesIO(b"nothing"), "training.tar, 00001.png")


def test_masks_are_cut_at_half_their_brightest_value() -> None:
    np.testing.assert_array_equal(cells_shown(np.array([[0, 1, 1]], np.uint8)), [[0, 1, 1]])
    np.testing.assert_array_equal(
        cells_shown(np.array([[0, 127, 128, 255]], np.uint8)), [[0, 0, 1, 1]]
    )
    assert not cells_shown(np.zeros((3, 3), np.uint8)).any()
    np.testing.assert_array_equal(plain_mask(np.array([[True, False]])), [[1, 0]])
