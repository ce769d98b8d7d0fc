"""A folder as laboratories have them: fields in all formats, broken ones, tables, odd names."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from anascope.synthetic import MIVIA, draw_field, draw_specimen
from tests.robustness.files import cut, png_header, saved, tiff
from tests.workbooks import workbook

_SHAPE = (160, 200)
_DRAWN = 12  # specimens
_PATTERNS = ("homogeneous", "centromere", "nucleolar", "golgi")
_OME = {"axes": "YX", "PhysicalSizeX": MIVIA.pixel_size_um, "PhysicalSizeY": MIVIA.pixel_size_um}

Pixels = NDArray[np.uint8]
Write = Callable[[Pixels], bytes]


@cache
def _specimen(seed: int, number: int) -> Pixels:
    rng = np.random.default_rng([seed, number])
    level = ("positive", "intermediate", "negative")[number % 3]
    specimen = draw_specimen(rng, _PATTERNS[number % len(_PATTERNS)], level, MIVIA)
    return draw_field(rng, specimen, _SHAPE).image.astype(np.uint8)


def _drawn(seed: int, number: int) -> Pixels:
    """Return a field like no other; a few are drawn, as that takes long, and shifted."""
    shift, specimen = divmod(number, _DRAWN)
    return np.roll(_specimen(seed, specimen), 13 * shift, axis=1)


def _green(pixels: Pixels) -> Pixels:
    return np.stack([pixels // 4, pixels, np.zeros_like(pixels)], axis=-1)


def _pages(pixels: Pixels) -> list[Pixels]:
    return [pixels, pixels[::-1], pixels[:, ::-1]]


def _one_page_of_floats(pixels: Pixels) -> bytes:
    """Return three pages: the second one cannot be read, the third one can."""
    first, second, third = _pages(pixels)
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for page in (first, second.astype(np.float32), third):
            writer.write(np.ascontiguousarray(page), photometric="minisblack")
    return file.getvalue()


_READ: tuple[tuple[str, Write], ...] = (
    ("png", lambda p: saved(p, "PNG")),
    ("tif", lambda p: tiff(np.stack(_pages(p)), compression="lzw")),
    ("jpg", lambda p: saved(_green(p), "JPEG", quality=95)),
    ("ome.tif", lambda p: tiff(p, ome=True, metadata=_OME)),
    ("bmp", lambda p: saved(_green(p), "BMP")),
    ("TIFF", lambda p: tiff(p.astype(np.uint16) * 257, byteorder=">", compression="deflate")),
    ("tif", _one_page_of_floats),
    ("PNG", lambda p: saved(Image.fromarray(p).convert("P"), "PNG")),
)
_BROKEN: tuple[tuple[str, Write], ...] = (
    ("png", lambda p: cut(saved(p, "PNG"), 0.6)),
    ("tif", lambda p: cut(tiff(np.stack(_pages(p))), 0.7)),
    ("jpg", lambda _: b""),
    ("png", lambda _: png_header(100_000, 100_000)),
    ("tif", lambda p: tiff(p > 40)),
    ("bmp", lambda _: b"Dear colleague,\n"),
)
_BESIDE: tuple[tuple[str, Write], ...] = (
    ("csv", lambda _: b"image,specimen\nnobody.png,S1\n"),
    ("xlsx", lambda _: workbook([["image", "specimen"], ["nobody.png", "S1"]])),
    ("txt", lambda _: b"Dear colleague,\n"),
)
_KINDS = (*_READ[:4], _BROKEN[0], *_READ[4:], _BROKEN[1], _BESIDE[0], *_BROKEN[2:], *_BESIDE[1:])
_NAMES = (
    "field {}", "Feld-ü{}", "{}", "=1+{}", "-{}", "@{}", "two\nlines {}", "field.{}", "{}-page1",
    os.fsdecode(b"caf\xe9{}"), "a'b\"{}", "細胞{}", "{}" + "n" * 200, "FIELD {}", ".{} is hidden",
)  # fmt: skip
_FOLDERS = ("plate 1/A1", "plate 1/A2", "plate 2/A1", "plate 2/ä", "plate 2/A1/below")


def write_mixed_folder(root: Path, files: int, *, seed: int = 18) -> None:
    """Fill a folder with so many files, every twelfth the copy of another or a link to it.

    The first specimen is a file one of whose pages cannot be read, and nothing else: what is wrong
    with it must not be forgotten once the specimen is done.
    """
    first = root / "plate 0" / "A1" / "pages.tif"
    first.parent.mkdir(parents=True)
    first.write_bytes(_one_page_of_floats(_drawn(seed, 0)))
    written = [first]
    kinds = islice(cycle(_KINDS), files - 1)
    for number, (ending, write) in enumerate(kinds, start=1):
        folder = root / _FOLDERS[number // 4 % len(_FOLDERS)]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_NAMES[number % len(_NAMES)].format(number // 7)}.{ending}"
        if number % 24 == 11:
            path.symlink_to(written[number // 2])
        elif number % 12 == 11:
            path.write_bytes(written[number // 2].read_bytes())
        else:
            path.write_bytes(write(_drawn(seed, number)))
        written.append(path)
