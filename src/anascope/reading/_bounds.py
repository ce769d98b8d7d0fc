"""How large a field may be, checked before anything is made of it."""

from __future__ import annotations

import numpy as np

from anascope.errors import InputError
from anascope.images import GreyImage, size_of
from anascope.models.engines import Engine

SMALLEST_PIXEL_UM, LARGEST_PIXEL_UM = 0.01, 10.0
"""Micrometres a pixel that can be read, whoever says it: the file, a table or an option."""
MOST_PIXELS = 400_000_000
"""Of an image: a slide of 20,000×20,000."""
MOST_NETWORK_PIXELS = 500_000_000
"""Of a field at the network's scale, where it is read in tiles."""
MOST_IN_ONE_PIECE = 4096**2
"""The same of a network that cannot read in tiles: it would take about 5 GB."""
LARGEST_GROWTH = 8.0
"""How many times a field may be enlarged for the network: a nucleus is then 5 of its pixels."""


def check_pixel_size(size_um: float, source: str) -> None:
    """Refuse a pixel size that no microscope has.

    Raises:
        InputError: if it is out of range or no number.
    """
    if not SMALLEST_PIXEL_UM <= size_um <= LARGEST_PIXEL_UM:
        expected = f"{SMALLEST_PIXEL_UM:g} to {LARGEST_PIXEL_UM:g} micrometres"
        raise InputError(source, f"{size_um:g} µm a pixel", expected)


def check_pixels(pixels: GreyImage, source: str) -> None:
    """Refuse what is no field, or too large a one.

    Raises:
        InputError: if it is.
    """
    if pixels.ndim != 2 or pixels.dtype not in (np.uint8, np.uint16):
        found = f"an array of shape {pixels.shape} and type {pixels.dtype}"
        raise InputError(source, found, "grey levels (y, x), uint8 or uint16")
    if pixels.size > MOST_PIXELS:
        raise InputError(source, size_of(pixels), f"at most {MOST_PIXELS:,} pixels")


def checked_scale(pixels: GreyImage, size_um: float | None, source: str, engine: Engine) -> float:
    """Return by how much to resize a field for the network.

    Args:
        pixels: The field, checked by :func:`check_pixels`.
        size_um: Its pixel size, or None if it is neither known nor needed.
        source: What to name in messages.
        engine: What will read it.

    Raises:
        InputError: if the pixel size is out of range, or the field too small or too large for the
            network.
    """
    image = engine.card.preset.image
    if size_um is not None:
        check_pixel_size(size_um, source)
    scale = image.scale_of(size_um, source)
    if size_um is not None and scale > LARGEST_GROWTH:
        most = f"at most {size_um / scale * LARGEST_GROWTH:.2f} micrometres for this network"
        raise InputError(source, f"{size_um:g} µm a pixel, which hides the cells", most)
    if min(pixels.shape) * scale < engine.smallest:
        side = int(np.ceil(engine.smallest / scale))
        raise InputError(source, size_of(pixels), f"at least {side}×{side} at this pixel size")
    _check_enlarged(pixels, scale, source, engine)
    return scale


def _check_enlarged(pixels: GreyImage, scale: float, source: str, engine: Engine) -> None:
    """Refuse a field that is too large at the network's scale."""
    enlarged = pixels.size * scale**2
    if enlarged <= MOST_IN_ONE_PIECE:
        return
    most = MOST_IN_ONE_PIECE if engine.halo is None else MOST_NETWORK_PIXELS
    if enlarged > most:
        found = f"{size_of(pixels)}, which are {enlarged / 1e6:,.0f} million for the network"
        expected = f"at most {most / 1e6:,.0f} million"
        if engine.halo is None and enlarged <= MOST_NETWORK_PIXELS:
            expected += ": this one does not read in tiles"
        raise InputError(source, found, expected)
