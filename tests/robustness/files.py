"""Builders of broken and odd image files: bytes made by code, nothing is stored."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

GREY = np.random.default_rng(0).integers(0, 256, (40, 50), dtype=np.uint8)
WIDE = np.random.default_rng(1).integers(0, 65536, (40, 50), dtype=np.uint16)
COLOUR = np.random.default_rng(2).integers(0, 256, (40, 50, 3), dtype=np.uint8)


def saved(image: Image.Image | NDArray[Any], kind: str, **options: Any) -> bytes:
    """Return an image as Pillow writes it."""
    file = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(file, kind, **options)
    return file.getvalue()


def animated(kind: str) -> bytes:
    """Return a moving picture of two frames."""
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


def tiff(pixels: NDArray[Any], **options: Any) -> bytes:
    """Return an image as tifffile writes it."""
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **({"photometric": "minisblack"} | options))
    return file.getvalue()


def png_chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG file with its length and sum."""
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png_header(width: int, height: int, rest: bytes = b"") -> bytes:
    """Return a PNG file of 8-bit grey that claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + rest


def bmp_header(width: int, height: int) -> bytes:
    """Return a BMP file of 24 bits a pixel that claims a size and has no pixels."""
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info


def ifd(entries: Sequence[tuple[int, int, int, int]], following: int = 0) -> bytes:
    """Return a directory of a little-endian TIFF file from (tag, type, count, value)."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + body + struct.pack("<I", following)


def hand_made_tiff(
    changes: dict[int, tuple[int, int, int]] | None = None,
    *,
    following: int = 0,
    first: int = 8,
    pixels: bytes | None = None,
) -> bytes:
    """Return a TIFF file of 16×16 grey pixels, written tag by tag.

    Args:
        changes: By tag, type, count and value in place of the right ones.
        following: Where the next directory is said to be.
        first: Where the first directory is said to be.
        pixels: The strip; 256 bytes if None.
    """
    pixels = bytes(range(256)) if pixels is None else pixels
    tags = {
        256: (3, 1, 16),
        257: (3, 1, 16),
        258: (3, 1, 8),
        259: (3, 1, 1),
        262: (3, 1, 1),
        273: (4, 1, 200),
        277: (3, 1, 1),
        278: (3, 1, 16),
        279: (4, 1, len(pixels)),
    }
    entries = [(tag, *value) for tag, value in sorted((tags | (changes or {})).items())]
    content = b"II*\x00" + struct.pack("<I", first) + ifd(entries, following)
    return content.ljust(200, b"\0") + pixels


def damaged(content: bytes, place: float, size: int = 8) -> bytes:
    """Return ``content`` with some bytes turned over, ``place`` being a share of its length."""
    start = int(len(content) * place)
    turned = bytes(byte ^ 0xFF for byte in content[start : start + size])
    return content[:start] + turned + content[start + size :]


def cut(content: bytes, share: float) -> bytes:
    """Return the first ``share`` of ``content``."""
    return content[: int(len(content) * share)]


def packed(values: NDArray[Any], bits: int) -> bytes:
    """Return rows of numbers of so many bits each, one after the other; each row fills bytes."""
    places = np.arange(bits - 1, -1, -1)
    each = (values[..., None] >> places & 1).astype(np.uint8)
    return np.packbits(each.reshape(len(values), -1), axis=1).tobytes()


def without_adobe(jpeg: bytes) -> bytes:
    """Return a JPEG file without the marker of Adobe's that says how its inks are stored."""
    start = jpeg.index(b"\xff\xee")
    length = int.from_bytes(jpeg[start + 2 : start + 4], "big")
    return jpeg[:start] + jpeg[start + 2 + length :]
