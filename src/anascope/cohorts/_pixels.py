"""Image files into grey arrays: the fluorescence signal, and masks."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from anascope.errors import InputError

GreyImage = NDArray[np.uint8] | NDArray[np.uint16]

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
    pixels = _decode(path)
    if pixels.ndim == 3 and pixels.shape[2] in (3, 4):
        colours = pixels[..., :3]
        pixels = colours[..., 1]
    elif pixels.ndim == 3 and pixels.shape[2] in (1, 2):
        pixels = pixels[..., 0]
    if pixels.ndim != 2:
        raise InputError(path, f"an array of shape {pixels.shape}", _EXPECTED)
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise InputError(path, f"pixels of type {pixels.dtype}", _EXPECTED)
    return np.ascontiguousarray(pixels)


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Return where an image file of a mask shows cells: pixels over half its brightest value.

    Some public masks have grey edges, some hold 0 and 1: half the brightest value cuts both.

    Returns:
        Boolean array of axes (y, x).

    Raises:
        InputError: if the file is missing, truncated, or not an image.
    """
    pixels = read_signal(path)
    return pixels > int(pixels.max(initial=0)) / 2


def _decode(path: Path) -> NDArray[Any]:
    if not path.is_file():
        raise InputError(path, "no such file", "an image file")
    if path.stat().st_size == 0:
        raise InputError(path, "an empty file", _EXPECTED)
    try:
        with warnings.catch_warnings():
            # Pillow warns of files that it reads in part; a part is not an image.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("error", message="Truncated", category=UserWarning)
            if path.suffix.lower() in _TIFF_SUFFIXES:
                return _decode_tiff(path)
            return _decode_plain(path)
    except InputError:
        raise
    except Exception as error:  # decoders raise whatever their format makes them raise
        reason = str(error) or type(error).__name__
        raise InputError(path, f"cannot be read ({reason})", _EXPECTED) from error


def _decode_tiff(path: Path) -> NDArray[Any]:
    with tifffile.TiffFile(path) as file:
        if len(file.pages) != 1:
            raise InputError(path, f"{len(file.pages)} pages", _EXPECTED)
        page = file.pages.first
        if page.size > _MOST_PIXELS:
            raise InputError(path, f"a header that claims {page.size} values", _EXPECTED)
        if page.dataoffsets and max(
            offset + count
            for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True)
        ) > file.filehandle.size:
            raise InputError(path, "a truncated file", _EXPECTED)
        pixels = page.asarray()
        if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
            pixels = np.iinfo(pixels.dtype).max - pixels
        if page.axes == "SYX":
            pixels = np.moveaxis(pixels, 0, -1)
        return pixels


def _decode_plain(path: Path) -> NDArray[Any]:
    with Image.open(path) as image:
        if getattr(image, "n_frames", 1) != 1:
            raise InputError(path, f"{getattr(image, 'n_frames', 1)} frames", _EXPECTED)
        if image.mode in ("P", "PA", "CMYK", "YCbCr", "LAB", "HSV"):
            return np.asarray(image.convert("RGB"))
        if image.mode == "I":  # 16-bit PNGs of older writers
            wide = np.asarray(image)
            if wide.min(initial=0) >= 0 and wide.max(initial=0) <= np.iinfo(np.uint16).max:
                return wide.astype(np.uint16)
        return np.asarray(image)
