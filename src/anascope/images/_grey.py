"""Decoded arrays of any layout into the grey signal."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from anascope.errors import InputError

GreyImage = NDArray[np.uint8] | NDArray[np.uint16]
EXPECTED_VALUES = "whole numbers of 8 or 16 bits or floating point, grey or RGB"


def grey_from(
    pixels: NDArray[Any], where: str | Path, expected: str, sample: int | None = None
) -> NDArray[Any]:
    """Return the signal of a decoded image.

    A colour image whose channels are equal gives that channel; any other gives its green
    channel, where the fluorescein signal is. Alpha is passed over; one bit gives 0 and 255.

    Args:
        pixels: Axes (y, x) or (y, x, sample): 3 or 4 samples are red, green, blue.
        where: What to name in messages.
        expected: What to ask for in messages.
        sample: Which of several samples to take, from 0; None takes green.

    Returns:
        Array of axes (y, x); uint8, uint16 or floats.

    Raises:
        InputError: if it has other axes, no pixels, or values of another type.
    """
    if pixels.ndim == 3 and sample is not None:
        pixels = pixels[..., sample]
    elif pixels.ndim == 3 and pixels.shape[2] in (3, 4):
        pixels = pixels[..., 1]
    elif pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim != 2 or pixels.size == 0:
        raise InputError(where, f"an array of shape {pixels.shape}", expected)
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    # Big-endian files must give the same array type, and so the same hash, as little-endian.
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    if pixels.dtype not in (np.uint8, np.uint16, np.float16, np.float32, np.float64):
        raise InputError(where, f"pixels of type {pixels.dtype}", expected)
    return np.ascontiguousarray(pixels)


def refuse_one_bit(where: str) -> NoReturn:
    """Raise the error that refuses an image of one bit, which is a mask and no field."""
    raise InputError(where, "an image of one bit", f"a field: {EXPECTED_VALUES}")


def size_of(pixels: NDArray[Any]) -> str:
    """Return the size of an image in words, width first: ``1388×1040 pixels``."""
    return f"{pixels.shape[1]}×{pixels.shape[0]} pixels"
