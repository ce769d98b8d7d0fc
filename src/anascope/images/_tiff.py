"""TIFF files of any number of pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import prod
from pathlib import Path
from tempfile import gettempdir
from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray

from anascope.arrays import room_for
from anascope.errors import InputError
from anascope.images._channels import Channel, green_channel
from anascope.images._grey import (
    EXPECTED_VALUES,
    GreyImage,
    at_full_scale,
    grey_from,
    refuse_one_bit,
)
from anascope.images._ome import MOST_PAGES, Plane, ome_planes
from anascope.images._page import Page
from anascope.images._pixel_size import tiff_pixel_size

_MOST_VALUES = 400_000_000
"""A field is about 1.4 megapixels; a header that claims more than this is damaged or hostile."""
_MOST_TILE_VALUES = 4_000_000  # a tile may be larger than a small image, but not for no reason
_COLOURS = {
    tifffile.PHOTOMETRIC.MINISWHITE,
    tifffile.PHOTOMETRIC.MINISBLACK,
    tifffile.PHOTOMETRIC.RGB,
    tifffile.PHOTOMETRIC.PALETTE,
}
# Of these tifffile makes RGB where JPEG holds them. Inks, which JPEG may hold as well, stay inks.
_COLOURS_IN_JPEG = _COLOURS | {tifffile.PHOTOMETRIC.YCBCR}
_JPEGS = {tifffile.COMPRESSION.OJPEG, tifffile.COMPRESSION.JPEG}
_REDUCED, _TRANSPARENCY = 1, 4  # bits of the tag NewSubfileType


def tiff_fields(file: Path | BinaryIO, where: str, *, one_bit: bool) -> Iterator[Page]:
    """Yield the fields of a TIFF file.

    Raises:
        InputError: if the file is damaged, and, of a page that is decoded, if that is damaged or of
            another kind; one bit a pixel is refused unless ``one_bit``.
    """
    with tifffile.TiffFile(file) as opened:
        planes = _planes(opened, where)
        for number, plane in enumerate(planes, start=1):
            page_where = where if len(planes) == 1 else f"{where}, page {number}"
            yield Page(
                partial(_signal, opened, plane.page, page_where, one_bit),
                plane.pixel_size_um,
                plane.channel,
                number,
                len(planes),
            )


def _planes(opened: tifffile.TiffFile, where: str) -> list[Plane]:
    count = len(opened.pages)
    if not 0 < count <= MOST_PAGES:
        raise InputError(where, f"{count} pages", f"1 to {MOST_PAGES} pages")
    if opened.is_ome and opened.ome_metadata:
        return ome_planes(opened.ome_metadata, count, where)
    imagej: dict[str, Any] | None = opened.imagej_metadata if opened.is_imagej else None
    channel = None
    if imagej is not None:
        numbers, channel = _green_pages(imagej, count, where)
    else:
        numbers = [n for n in range(count) if not _is_derived(opened.pages[n])]
    return [Plane(n, tiff_pixel_size(opened.pages[n], imagej), channel) for n in numbers]


def _is_derived(page: Any) -> bool:
    """Tell whether a page is a smaller copy or a transparency mask of another."""
    return bool(int(page.subfiletype) & (_REDUCED | _TRANSPARENCY))


def _green_pages(imagej: dict[str, Any], count: int, where: str) -> tuple[list[int], int]:
    """Return the pages of the green channel of what ImageJ has saved, and which channel it is."""
    images = int(imagej.get("images", 1))
    if images > count:
        raise InputError(where, f"{images} images on {count} pages", "a page for each image")
    number = int(imagej.get("channels", 1))
    green = green_channel(_imagej_channels(imagej, number), where)
    return [n for n in range(count) if n % number == green], green  # channels run fastest


def _imagej_channels(imagej: dict[str, Any], number: int) -> list[Channel]:
    tables = imagej.get("LUTs") or []
    names = imagej.get("Labels") or []
    colours: list[tuple[int, int, int] | None] = [None] * number
    if len(tables) == number:
        colours = [tuple(int(v) for v in np.asarray(table)[:, -1]) for table in tables]  # type: ignore[misc]
    elif imagej.get("mode") == "composite" and number > 1:
        # Without tables of its own ImageJ draws a composite in red, green, blue, ...
        colours = [(0, 255, 0) if n == 1 else None for n in range(number)]
    labels = [str(names[n]) if n < len(names) else "" for n in range(number)]
    return [Channel(name, colour=colour) for name, colour in zip(labels, colours, strict=True)]


def _signal(opened: tifffile.TiffFile, number: int, where: str, one_bit: bool) -> GreyImage:
    page: Any = opened.pages[number]
    if page.size == 0:
        raise InputError(where, "an image without pixels", "a whole TIFF file")
    if page.size > _MOST_VALUES:
        raise InputError(
            where, f"a header that claims {page.size} values", f"at most {_MOST_VALUES}"
        )
    if page.is_tiled and prod(page.chunks) > page.size + _MOST_TILE_VALUES:
        tile = "×".join(map(str, page.chunks))
        raise InputError(where, f"an image in tiles of {tile}", "tiles no larger than the image")
    if page.dtype == np.bool_ or page.bitspersample == 1:
        if not one_bit:
            refuse_one_bit(where)
    elif page.dtype not in (np.uint8, np.uint16) or isinstance(page.bitspersample, tuple):
        known = page.dtype and not isinstance(page.bitspersample, tuple)
        samples = f"type {page.dtype}" if known else f"{page.bitspersample} bits"
        raise InputError(where, f"pixels of {samples}", EXPECTED_VALUES)
    if page.photometric not in (_COLOURS_IN_JPEG if page.compression in _JPEGS else _COLOURS):
        name = getattr(page.photometric, "name", page.photometric)
        raise InputError(where, f"colours of kind {name}", EXPECTED_VALUES)
    if _end_of(page) > opened.filehandle.size or _lacks_data(page):
        raise InputError(where, "a truncated file", "a whole TIFF file")
    return grey_from(_values(page, where), where, EXPECTED_VALUES)


def _lacks_data(page: Any) -> bool:
    """Tell whether a part of a page is missing, which tifffile would give as zeros."""
    counts = page.databytecounts
    if not counts or min(counts) <= 0:
        return True
    plain = page.compression == tifffile.COMPRESSION.NONE
    return bool(plain and sum(counts) * 8 < page.size * page.bitspersample)


def _end_of(page: Any) -> int:
    """Return where in its file the pixels of a page of a TIFF file end, in bytes."""
    return max(map(sum, zip(page.dataoffsets, page.databytecounts, strict=True)), default=0)


def _values(page: Any, where: str) -> NDArray[Any]:
    """Return the values that a page of a TIFF file shows, channels last, at 8 or 16 bits."""
    try:
        room = room_for(page.shape, page.dtype)
    except OSError as error:
        found = f"no room for its pixels in {gettempdir()} ({error.strerror})"
        raise InputError(where, found, "free space, or another folder as TMPDIR") from None
    # One thread: what tifffile complains of is heard in the thread that caused it.
    pixels: NDArray[Any] = page.asarray(out=room, maxworkers=1)
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None:
        return np.moveaxis(_eight_bits(page.colormap)[:, pixels], 0, -1)
    if pixels.dtype != bool:
        pixels = at_full_scale(pixels, page.bitspersample)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        np.invert(pixels, out=pixels)  # of unsigned numbers what is left to the largest
        return pixels
    return np.moveaxis(pixels, 0, -1) if page.axes == "SYX" else pixels


def _eight_bits(palette: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return the colours of a palette, which TIFF stores in 16 bits, in 8.

    Some writers scale by 256, some by 257: the upper byte is right for both. Some do not scale.
    """
    if palette.max(initial=0) <= np.iinfo(np.uint8).max:
        return palette.astype(np.uint8)
    return (palette >> 8).astype(np.uint8)
