"""Image files of one page into grey arrays: the fluorescence signal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageFile

from anascope.errors import InputError
from anascope.images._complaints import tifffile_complaints, warnings_as_errors
from anascope.images._grey import GreyImage, grey_from

IMAGE_SUFFIXES = frozenset({".tif", ".tiff", ".png", ".bmp", ".jpg", ".jpeg"})
_TIFF_SUFFIXES = {".tif", ".tiff"}
_EXPECTED = "a whole 8- or 16-bit image, grey or RGB, of one page"
MOST_VALUES = 400_000_000
"""A field is about 1.4 megapixels; a header that claims more than this is damaged or hostile."""


def read_signal(path: str | Path) -> GreyImage:
    """Return the fluorescence signal of an image file of one page.

    A colour image whose channels are equal gives that channel; any other gives its green
    channel, where the fluorescein signal is.

    Returns:
        Array of axes (y, x), uint8 or uint16.

    Raises:
        InputError: if the file is missing, truncated, or not such an image.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "no such file", "an image file")
    if path.stat().st_size == 0:
        raise InputError(path, "an empty file", _EXPECTED)
    return signal_from(path, path)


def signal_from(file: Path | BinaryIO, where: str | Path) -> GreyImage:
    """Return the fluorescence signal of an image file, on disk or in memory.

    Args:
        file: The image file, or its content opened for reading.
        where: What to name in messages; its suffix tells TIFF from the other formats.

    Returns:
        Array of axes (y, x), uint8 or uint16.

    Raises:
        InputError: if the file is truncated or not such an image.
    """
    return grey_from(_decode(file, where), where, _EXPECTED)


def page_values(page: Any) -> NDArray[Any]:
    """Return the values that a page of a TIFF file shows, channels last."""
    # One thread: what tifffile complains of is heard in the thread that caused it.
    pixels: NDArray[Any] = page.asarray(maxworkers=1)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        return ~pixels if pixels.dtype == bool else np.iinfo(pixels.dtype).max - pixels
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None:
        # Some writers scale 8 bits to 16 by 256, some by 257: the upper byte is right for both.
        return np.moveaxis((page.colormap >> 8).astype(np.uint8)[:, pixels], 0, -1)
    return np.moveaxis(pixels, 0, -1) if page.axes == "SYX" else pixels


def plain_values(image: ImageFile.ImageFile, where: str | Path) -> NDArray[Any]:
    """Return the values of an image that Pillow has opened, channels last.

    Raises:
        InputError: if it has 16-bit colours.
    """
    if image.mode.startswith("RGB") and any(";16" in str(tile) for tile in image.tile):
        # Pillow would drop the lower half of every value without a word.
        raise InputError(where, "16-bit colour", "16-bit grey, 8-bit colour, or a TIFF file")
    if image.mode in ("P", "PA", "CMYK", "YCbCr", "LAB", "HSV"):
        return np.asarray(image.convert("RGB"))
    if image.mode == "I":  # 16-bit PNGs of older writers
        wide = np.asarray(image)
        if wide.min(initial=0) >= 0 and wide.max(initial=0) <= np.iinfo(np.uint16).max:
            return wide.astype(np.uint16)
    return np.asarray(image)


def _decode(file: Path | BinaryIO, where: str | Path) -> NDArray[Any]:
    try:
        with warnings_as_errors():
            if PurePath(where).suffix.lower() in _TIFF_SUFFIXES:
                return _decode_tiff(file, where)
            return _decode_plain(file, where)
    except InputError:
        raise
    except Exception as error:  # decoders raise whatever their format makes them raise
        reason = str(error) or type(error).__name__
        raise InputError(where, f"cannot be read ({reason})", _EXPECTED) from error


def _decode_tiff(file: Path | BinaryIO, where: str | Path) -> NDArray[Any]:
    with _complaints_as_errors(where), tifffile.TiffFile(file) as opened:
        if len(opened.pages) != 1:
            raise InputError(where, f"{len(opened.pages)} pages", _EXPECTED)
        page: Any = opened.pages.first
        if page.size > MOST_VALUES:
            raise InputError(where, f"a header that claims {page.size} values", _EXPECTED)
        if end_of(page) > opened.filehandle.size:
            raise InputError(where, "a truncated file", _EXPECTED)
        return page_values(page)


def end_of(page: Any) -> int:
    """Return where in its file the pixels of a page of a TIFF file end, in bytes."""
    return max(map(sum, zip(page.dataoffsets, page.databytecounts, strict=True)), default=0)


@contextmanager
def _complaints_as_errors(where: str | Path) -> Iterator[None]:
    with tifffile_complaints() as complaints:
        yield
    if complaints:
        raise InputError(where, f"a damaged file ({complaints[0]})", _EXPECTED)


def _decode_plain(file: Path | BinaryIO, where: str | Path) -> NDArray[Any]:
    with Image.open(file) as image:
        frames = getattr(image, "n_frames", 1)
        if frames != 1:
            raise InputError(where, f"{frames} frames", _EXPECTED)
        return plain_values(image, where)
