"""Image files into grey arrays: the fluorescence signal, and masks."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from anascope.errors import InputError
from anascope.records import MaskValue

GreyImage = NDArray[np.uint8] | NDArray[np.uint16]

IMAGE_SUFFIXES = frozenset({".tif", ".tiff", ".png", ".bmp", ".jpg", ".jpeg"})
_TIFF_SUFFIXES = {".tif", ".tiff"}
_EXPECTED = "a whole 8- or 16-bit image, grey or RGB, of one page"
# A field is about 1.4 megapixels; a header that claims more than this is damaged or hostile.
_MOST_PIXELS = 400_000_000


def read_signal(path: Path) -> GreyImage:
    """Return the fluorescence signal of an image file.

    A colour image whose channels are equal gives that channel; any other gives its green
    channel, where the fluorescein signal is.

    Returns:
        Array of axes (y, x), uint8 or uint16.

    Raises:
        InputError: if the file is missing, truncated, or not such an image.
    """
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
    pixels = _decode(file, where)
    if pixels.ndim == 3 and pixels.shape[2] in (3, 4):
        pixels = pixels[..., 1]
    elif pixels.ndim == 3 and pixels.shape[2] in (1, 2):
        pixels = pixels[..., 0]
    if pixels.ndim != 2 or pixels.size == 0:
        raise InputError(where, f"an array of shape {pixels.shape}", _EXPECTED)
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    # Big-endian files must give the same array type, and so the same hash, as little-endian.
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise InputError(where, f"pixels of type {pixels.dtype}", _EXPECTED)
    return np.ascontiguousarray(pixels)


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Return where an image file of a mask shows cells, as :func:`cells_shown` finds them.

    Returns:
        Boolean array of axes (y, x).

    Raises:
        InputError: if the file is missing, truncated, or not an image.
    """
    return cells_shown(read_signal(path))


def cells_shown(pixels: GreyImage) -> NDArray[np.bool_]:
    """Return which pixels of a mask's image are over half its brightest value.

    Some public masks have grey edges, some hold 0 and 1: half the brightest value cuts both.
    """
    return pixels > int(pixels.max(initial=0)) / 2


def plain_mask(cells: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return a mask in which everything is known: cells, and background elsewhere.

    Returns:
        Array of :class:`~anascope.records.MaskValue`, axes (y, x).
    """
    return np.where(cells, MaskValue.CELL, MaskValue.BACKGROUND).astype(np.uint8)


def size_of(pixels: NDArray[Any]) -> str:
    """Return the size of an image in words, width first: ``1388×1040 pixels``."""
    return f"{pixels.shape[1]}×{pixels.shape[0]} pixels"


def _decode(file: Path | BinaryIO, where: str | Path) -> NDArray[Any]:
    try:
        with warnings.catch_warnings():
            # Pillow warns of files that it reads in part; a part is not an image.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("error", message="Truncated", category=UserWarning)
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
        if page.size > _MOST_PIXELS:
            raise InputError(where, f"a header that claims {page.size} values", _EXPECTED)
        ends = map(sum, zip(page.dataoffsets, page.databytecounts, strict=True))
        if max(ends, default=0) > opened.filehandle.size:
            raise InputError(where, "a truncated file", _EXPECTED)
        return _shown(page, page.asarray())


def _shown(page: Any, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the values that a page of a TIFF file shows, channels last."""
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        return ~pixels if pixels.dtype == bool else np.iinfo(pixels.dtype).max - pixels
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None:
        # Some writers scale 8 bits to 16 by 256, some by 257: the upper byte is right for both.
        return np.moveaxis((page.colormap >> 8).astype(np.uint8)[:, pixels], 0, -1)
    return np.moveaxis(pixels, 0, -1) if page.axes == "SYX" else pixels


@contextmanager
def _complaints_as_errors(where: str | Path) -> Iterator[None]:
    """Raise where tifffile would log that part of a file is damaged, and go on with the rest."""
    complaints: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: complaints.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("tifffile")
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
    if complaints:
        raise InputError(where, f"a damaged file ({complaints[0]})", _EXPECTED)


def _decode_plain(file: Path | BinaryIO, where: str | Path) -> NDArray[Any]:
    with Image.open(file) as image:
        frames = getattr(image, "n_frames", 1)
        if frames != 1:
            raise InputError(where, f"{frames} frames", _EXPECTED)
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
