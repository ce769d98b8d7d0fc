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
from anascope.images._channels import COLOURS, AskedChannel, Channel, channel_of
from anascope.images._codecs import codecs_needed
from anascope.images._full_scale import Stored, said_full_scale
from anascope.images._grey import EXPECTED_VALUES, grey_from, refuse_one_bit
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
_GREY = {tifffile.PHOTOMETRIC.MINISWHITE, tifffile.PHOTOMETRIC.MINISBLACK}
_WHOLE = (np.uint8, np.uint16)
_TYPES = (*_WHOLE, np.float16, np.float32, np.float64)
_ALPHAS = (1, 2)  # values of the tag ExtraSamples
_MOST_SAMPLES = 100  # of a page


def tiff_fields(
    file: Path | BinaryIO, where: str, *, one_bit: bool, asked: AskedChannel | None
) -> Iterator[Page]:
    """Yield the fields of a TIFF file.

    Args:
        file: It, or where it is.
        where: What to name in messages.
        one_bit: Whether to take an image of one bit.
        asked: The channel that is asked for, or None for the green one.

    Raises:
        InputError: if the file is damaged, and, of a page that is decoded, if that is damaged or of
            another kind; one bit a pixel is refused unless ``one_bit``.
    """
    with tifffile.TiffFile(file) as opened:
        planes = _planes(opened, where, asked)
        for number, plane in enumerate(planes, start=1):
            page_where = where if len(planes) == 1 else f"{where}, page {number}"
            page: Any = opened.pages[plane.page]
            full = plane.full_scale or said_full_scale(_max_sample_value(page))
            yield Page(
                partial(_signal, opened, plane, page_where, one_bit, full),
                plane.pixel_size_um,
                plane.channel,
                number,
                len(planes),
                is_scaled=page.dtype == np.uint8 or full is not None,
            )


def _planes(opened: tifffile.TiffFile, where: str, asked: AskedChannel | None) -> list[Plane]:
    count = len(opened.pages)
    if not 0 < count <= MOST_PAGES:
        raise InputError(where, f"{count} pages", f"1 to {MOST_PAGES} pages")
    if opened.is_ome and opened.ome_metadata:
        return ome_planes(opened.ome_metadata, count, where, asked)
    imagej: dict[str, Any] | None = opened.imagej_metadata if opened.is_imagej else None
    number = 1 if imagej is None else int(imagej.get("channels", 1))
    channel, full = None, None
    if imagej is not None:
        full = _displayed(imagej)
        images = int(imagej.get("images", 1))
        if images > count:
            raise InputError(where, f"{images} images on {count} pages", "a page for each image")
    if imagej is not None and number > 1:
        channel = channel_of(_imagej_channels(imagej, number), asked, where)
        numbers = [n for n in range(count) if n % number == channel]  # channels run fastest
        asked = None
    else:
        numbers = [
            n for n in range(count) if imagej is not None or not _is_derived(opened.pages[n])
        ]
        if asked is not None and len(numbers) > 1:
            numbers, channel = _of_channels(numbers, asked, where)
            asked = None
    return [
        Plane(n, tiff_pixel_size(opened.pages[n], imagej), channel, full, asked) for n in numbers
    ]


def _of_channels(pages: list[int], asked: AskedChannel, where: str) -> tuple[list[int], int]:
    """Return the pages of one channel, where a user says that pages are channels."""
    if asked.count is None or asked.number is None:
        found = f"{len(pages)} pages that the file does not describe as channels"
        expected = f"as channel, if its pages are channels, such as '1 of {len(pages)}'"
        raise InputError(where, found, expected)
    if len(pages) % asked.count:
        raise InputError(where, f"{len(pages)} pages", f"a multiple of {asked.count} channels")
    return pages[asked.number :: asked.count], asked.number


def _displayed(imagej: dict[str, Any]) -> int | None:
    """Return the full scale that ImageJ shows, if it is that of a camera from 0 on, or None.

    Else it is only how bright somebody wanted to see the image.
    """
    try:
        least, most = float(imagej.get("min", 0)), float(imagej.get("max", 0))
    except (TypeError, ValueError):
        return None
    return said_full_scale(most) if least == 0 and most > 255 else None


def _max_sample_value(page: Any) -> int | None:
    """Return what the tag MaxSampleValue says of all samples alike, or None."""
    entry = page.tags.get("MaxSampleValue")
    values = () if entry is None else entry.value
    values = values if isinstance(values, tuple) else (values,)
    return values[0] if values and len(set(values)) == 1 and isinstance(values[0], int) else None


def _is_derived(page: Any) -> bool:
    """Tell whether a page is a smaller copy or a transparency mask of another."""
    return bool(int(page.subfiletype) & (_REDUCED | _TRANSPARENCY))


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


def _signal(
    opened: tifffile.TiffFile, plane: Plane, where: str, one_bit: bool, full: int | None
) -> Stored:
    page: Any = opened.pages[plane.page]
    if page.size == 0:
        raise InputError(where, "an image without pixels", "a whole TIFF file")
    if page.size > _MOST_VALUES:
        raise InputError(
            where, f"a header that claims {page.size} values", f"at most {_MOST_VALUES}"
        )
    if page.is_tiled and prod(page.chunks) > page.size + _MOST_TILE_VALUES:
        tile = "×".join(map(str, page.chunks))
        raise InputError(where, f"an image in tiles of {tile}", "tiles no larger than the image")
    _check_values(page, where, one_bit)
    if _end_of(page) > opened.filehandle.size or _lacks_data(page):
        raise InputError(where, "a truncated file", "a whole TIFF file")
    sample = _sample(page, plane.asked, where)
    if page.dtype in _WHOLE and page.bitspersample < 8 * page.dtype.itemsize:
        full = 2**page.bitspersample - 1  # as many as are packed
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE:
        full = None
    values = grey_from(_values(page, where, full), where, EXPECTED_VALUES, sample)
    return Stored(values, full if values.dtype in _WHOLE else None, sample)


def _check_values(page: Any, where: str, one_bit: bool) -> None:
    """Refuse a page whose values are of no type or colour that is read."""
    if page.dtype == np.bool_ or page.bitspersample == 1:
        if not one_bit:
            refuse_one_bit(where)
    elif page.dtype not in _TYPES or isinstance(page.bitspersample, tuple):
        known = page.dtype and not isinstance(page.bitspersample, tuple)
        samples = f"type {page.dtype}" if known else f"{page.bitspersample} bits"
        raise InputError(where, f"pixels of {samples}", EXPECTED_VALUES)
    colours = _COLOURS_IN_JPEG if page.compression in _JPEGS else _COLOURS
    inverted = page.photometric == tifffile.PHOTOMETRIC.MINISWHITE and page.dtype not in _WHOLE
    if page.photometric not in colours or (inverted and page.dtype != np.bool_):
        name = getattr(page.photometric, "name", page.photometric)
        raise InputError(where, f"colours of kind {name}", EXPECTED_VALUES)


def _sample(page: Any, asked: AskedChannel | None, where: str) -> int | None:
    """Return which sample of each pixel is the signal, or None for the only one, or for green.

    Several grey samples are channels, of which a TIFF file says no names; alpha is none of them.
    """
    samples = int(page.samplesperpixel)
    alphas = sum(int(kind) in _ALPHAS for kind in page.extrasamples)
    if page.photometric not in _GREY:
        return None if asked is None else channel_of(COLOURS, asked, where)
    channels = [Channel()] * min(max(samples - alphas, 1), _MOST_SAMPLES)
    number = channel_of(channels, asked, where)
    return None if samples == 1 and asked is None else number


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


def _values(page: Any, where: str, full: int | None) -> NDArray[Any]:
    """Return the values that a page of a TIFF file shows, samples last, of which more is brighter.

    Args:
        page: The page.
        where: What to name in messages.
        full: Their full scale as the file says it, or None.
    """
    try:
        room = room_for(page.shape, page.dtype)
    except OSError as error:
        found = f"no room for its pixels in {gettempdir()} ({error.strerror})"
        raise InputError(where, found, "free space, or another folder as TMPDIR") from None
    with codecs_needed(page, where):
        # One thread: what tifffile complains of is heard in the thread that caused it.
        pixels: NDArray[Any] = page.asarray(out=room, maxworkers=1)
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None:
        return np.moveaxis(_eight_bits(page.colormap)[:, pixels], 0, -1)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        if pixels.dtype == bool or full is None or int(pixels.max(initial=0)) > full:
            np.invert(pixels, out=pixels)  # of unsigned numbers what is left to the largest
        else:
            np.subtract(full, pixels, out=pixels)
    return np.moveaxis(pixels, 0, -1) if page.axes == "SYX" else pixels


def _eight_bits(palette: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return the colours of a palette, which TIFF stores in 16 bits, in 8.

    Some writers scale by 256, some by 257: the upper byte is right for both. Some do not scale.
    """
    if palette.max(initial=0) <= np.iinfo(np.uint8).max:
        return palette.astype(np.uint8)
    return (palette >> 8).astype(np.uint8)
