"""Which value of an image counts as full brightness, and values brought to it.

Cameras of 12 and 14 bits write files of 16, and ImageJ writes what it has calculated as floats.
Which value is full scale is then not the largest of the type. It is what the file says, or else
the least of a few that holds the brightest value of all images of the same camera: a dim field
alone does not show how bright another of the same specimen may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import room_for, row_bands
from anascope.errors import InputError
from anascope.images._grey import EXPECTED_VALUES, GreyImage

FullScaleFrom = Literal["file", "values"]

_OF_16_BITS = (4095, 16383, 65535)
"""Cameras of 12, 14 and 16 bits. 10 bits are hardly used, and a dim field of 12 looks like them."""
_OF_FLOATS = (1, 255, *_OF_16_BITS)
_BELOW = 0.5  # share of the brightest value that the darkest of floats may be under zero
_POWERS = frozenset(2**bits - 1 for bits in range(8, 17))


@dataclass(frozen=True, slots=True)
class Stored:
    """The signal of a field as its file stores it.

    Attributes:
        values: Axes (y, x); uint8, uint16, or floats of any length.
        full_scale: The value of full brightness as the file says it, or None.
        channel: Which channel of several that one page holds it is, from 0, or None.
    """

    values: NDArray[Any]
    full_scale: int | None = None
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class FullScale:
    """The value of full brightness.

    Attributes:
        value: It, in units of the file.
        origin: Whether the file says it, with its type or in words, or its values do.
    """

    value: int
    origin: FullScaleFrom


def said_full_scale(value: float | None) -> int | None:
    """Return the full scale that a program has written, or None if that is no camera's.

    Programs also write the brightest value that an image happens to have, or is shown with: only
    the largest value of 8 to 16 bits is believed.
    """
    return int(value) if value is not None and value in _POWERS else None


def brightest_of(stored: Stored, where: str) -> float | None:
    """Return the brightest value of a field whose file does not say its full scale, else None.

    A file that says less than its own values is not believed.

    Raises:
        InputError: if its values are no brightness: not finite, far under zero, or too large.
    """
    values = stored.values
    if values.dtype == np.uint8 and stored.full_scale is None:
        return None
    brightest = float(values.max(initial=0))
    if values.dtype.kind == "f":
        _check_floats(values, brightest, where)
    elif stored.full_scale is not None and brightest <= stored.full_scale:
        return None
    return brightest


def full_scale_for(stored: Stored, brightest: float | None) -> FullScale:
    """Return the full scale of a field.

    Args:
        stored: The field.
        brightest: Of all images of its camera, as :func:`brightest_of` gives it, or None if the
            file says its full scale.
    """
    kind = stored.values.dtype
    if brightest is None:
        return FullScale(stored.full_scale or int(np.iinfo(kind).max), "file")
    if kind == np.uint8:
        return FullScale(255, "values")
    return FullScale(_least(_OF_FLOATS if kind.kind == "f" else _OF_16_BITS, brightest), "values")


def values_ask_for(full_scale: int, brightest: float) -> bool:
    """Tell whether a full scale that values said is right where the brightest one is this."""
    return full_scale in (_least(_OF_16_BITS, brightest), _least(_OF_FLOATS, brightest))


def full_scale_of_16_bits(brightest: float) -> int:
    """Return the full scale of cameras whose brightest value in files of 16 bits is this."""
    return _least(_OF_16_BITS, brightest)


def _least(steps: tuple[int, ...], brightest: float) -> int:
    return next((step for step in steps if brightest <= step), steps[-1])


def at_full_scale(values: NDArray[Any], most: int) -> GreyImage:
    """Return values as if their type's largest were full scale.

    ``most`` becomes the brightest of the type, 0 stays 0, and what is between is scaled and
    rounded: of 4 bits 15 becomes 255, and of 12 bits 4095 becomes 65535. Brightness is then the
    same share of the full scale, however a file packs its values. Floats become 16 bits; what of
    them is under zero becomes 0.

    Args:
        values: Axes (y, x), uint8, uint16 or floats; not over ``most``. They may be overwritten.
        most: The value that counts as full brightness.
    """
    if values.dtype.kind == "f":
        grey: GreyImage = room_for(values.shape, np.uint16)
        for rows in row_bands(values, grey):
            share = np.clip(values[rows].astype(np.float64) / most, 0, 1)
            grey[rows] = np.rint(share * 65535).astype(np.uint16)
        return grey
    full = int(np.iinfo(values.dtype).max)
    if most == full:
        return values
    steps = np.arange(most + 1, dtype=np.uint64)
    scaled = ((steps * full + most // 2) // most).astype(values.dtype)
    if not values.flags.writeable:
        values = values.copy()
    for rows in row_bands(values):
        values[rows] = scaled[values[rows]]
    return values


def _check_floats(values: NDArray[Any], brightest: float, where: str | Path) -> None:
    darkest = float(values.min(initial=0))
    if not (np.isfinite(brightest) and np.isfinite(darkest)):
        raise InputError(where, "values that are no numbers (NaN or infinity)", EXPECTED_VALUES)
    if brightest > _OF_FLOATS[-1]:
        raise InputError(where, f"floating point up to {brightest:g}", f"at most {_OF_FLOATS[-1]}")
    if darkest < -_BELOW * brightest:
        found = f"floating point from {darkest:g} to {brightest:g}"
        raise InputError(where, found, "brightness that is hardly under zero")
