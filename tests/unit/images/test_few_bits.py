"""Values of fewer bits than their type: the right brightness, however a file packs them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.images import read_signal
from tests.robustness.files import hand_made_tiff, packed, png_chunk

SIDE = 16


def values_of(bits: int) -> NDArray[np.uint32]:
    """Return 16×16 values from 0 to the largest of so many bits, both among them."""
    numbers = np.random.default_rng(bits).integers(0, 2**bits, (SIDE, SIDE), dtype=np.uint32)
    numbers[0, :2] = 0, 2**bits - 1
    return numbers


def few_bits(bits: int, *, photometric: int = 1, samples: int = 1) -> bytes:
    """Return a TIFF file of :func:`values_of`, its pixels repeated for each sample."""
    values = np.repeat(values_of(bits), samples, axis=1)
    depth = (3, 1, bits) if samples == 1 else (3, samples, 180)
    changes = {258: depth, 262: (3, 1, photometric), 277: (3, 1, samples)}
    content = bytearray(hand_made_tiff(changes, pixels=packed(values, bits)))
    if samples > 1:
        content[180 : 180 + 2 * samples] = struct.pack(f"<{samples}H", *[bits] * samples)
    return bytes(content)


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 7])
def test_up_to_8_bits_become_8(tmp_path: Path, bits: int) -> None:
    (tmp_path / "a.tif").write_bytes(few_bits(bits))
    read = read_signal(tmp_path / "a.tif")
    assert read.dtype == np.uint8
    exact = values_of(bits) * 255 / (2**bits - 1)
    np.testing.assert_array_equal(read, np.rint(exact))
    assert (read[0, 0], read[0, 1]) == (0, 255)


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 15])
def test_up_to_16_bits_become_16(tmp_path: Path, bits: int) -> None:
    (tmp_path / "a.tif").write_bytes(few_bits(bits))
    read = read_signal(tmp_path / "a.tif")
    assert read.dtype == np.uint16
    exact = values_of(bits) * 65535 / (2**bits - 1)
    np.testing.assert_array_equal(read, np.rint(exact))
    assert (read[0, 0], read[0, 1]) == (0, 65535)


def test_4_bits_are_seventeen_times_what_is_stored(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(few_bits(4))
    np.testing.assert_array_equal(read_signal(tmp_path / "a.tif"), values_of(4) * 17)


@pytest.mark.parametrize(("bits", "full"), [(4, 255), (12, 65535)])
def test_white_may_be_zero(tmp_path: Path, bits: int, full: int) -> None:
    (tmp_path / "a.tif").write_bytes(few_bits(bits))
    (tmp_path / "b.tif").write_bytes(few_bits(bits, photometric=0))
    black, white = (read_signal(tmp_path / name) for name in ("a.tif", "b.tif"))
    np.testing.assert_array_equal(white, full - black)


def test_colours_of_4_bits(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(few_bits(4, photometric=2, samples=3))
    np.testing.assert_array_equal(read_signal(tmp_path / "a.tif"), values_of(4) * 17)


def test_colours_of_unlike_bits_are_refused(tmp_path: Path) -> None:
    content = bytearray(few_bits(5, photometric=2, samples=3))
    content[180:186] = struct.pack("<3H", 5, 6, 5)
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(InputError, match=r"pixels of \(5, 6, 5\) bits"):
        read_signal(tmp_path / "a.tif")


@pytest.mark.parametrize("scale", [256, 257, 1])
def test_palettes_of_4_bits_hold_colours_of_16_or_8_bits(tmp_path: Path, scale: int) -> None:
    greens = np.random.default_rng(0).permutation(256)[:16].astype(np.uint16)
    greens[0] = 255
    palette = np.stack([greens // 2, greens, greens // 3]) * scale
    changes = {258: (3, 1, 4), 262: (3, 1, 3), 320: (3, 48, 200 + SIDE * SIDE // 2)}
    content = hand_made_tiff(changes, pixels=packed(values_of(4), 4))
    (tmp_path / "a.tif").write_bytes(content + palette.astype("<u2").tobytes())
    np.testing.assert_array_equal(read_signal(tmp_path / "a.tif"), greens[values_of(4)])


@pytest.mark.parametrize(("bits", "step"), [(2, 85), (4, 17)])
def test_png_of_few_bits(tmp_path: Path, bits: int, step: int) -> None:
    values = values_of(bits)
    rows = packed(values, bits)
    wide = len(rows) // SIDE
    lines = b"".join(b"\0" + rows[n * wide : (n + 1) * wide] for n in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, bits, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)
    (tmp_path / "a.png").write_bytes(content)
    np.testing.assert_array_equal(read_signal(tmp_path / "a.png"), values * step)
