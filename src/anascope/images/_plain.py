"""PNG, JPEG and BMP files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from anascope.errors import InputError
from anascope.images._channels import COLOURS, AskedChannel, Channel, channel_of
from anascope.images._complaints import warnings_as_errors
from anascope.images._full_scale import Stored
from anascope.images._grey import EXPECTED_VALUES, grey_from, refuse_one_bit


def plain_field(
    file: Path | BinaryIO, where: str, kind: str, *, one_bit: bool, asked: AskedChannel | None
) -> Stored:
    """Return the signal of a PNG, JPEG or BMP file.

    Args:
        file: It, or where it is.
        where: What to name in messages.
        kind: Of these three.
        one_bit: Whether to take an image of one bit.
        asked: The channel that is asked for; red, green and blue are channels too.

    Raises:
        InputError: if it moves, is larger than Pillow opens, has 16-bit colours, or inks that may
            be inverted; one bit a pixel is refused unless ``one_bit``.
    """
    with warnings_as_errors():
        try:
            opened = Image.open(file, formats=[kind])
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            most = f"at most {Image.MAX_IMAGE_PIXELS} pixels"
            raise InputError(where, "a header that claims a larger image", most) from None
        with opened as image:
            frames = getattr(image, "n_frames", 1)
            if frames != 1:
                raise InputError(where, f"{frames} frames", "a still image")
            if image.mode == "1" and not one_bit:
                refuse_one_bit(where)
            values = _values(image, where)
            colour = values.ndim == 3 and values.shape[2] in (3, 4)
            channel = None
            if asked is not None:
                channel = channel_of(COLOURS if colour else (Channel(),), asked, where)
            sample = 0 if values.ndim == 3 and values.shape[2] == 2 else channel  # grey and alpha
            return Stored(grey_from(values, where, EXPECTED_VALUES, sample), None, channel)


def _values(image: ImageFile.ImageFile, where: str | Path) -> NDArray[Any]:
    """Return the values of an image that Pillow has opened, channels last."""
    if image.mode.startswith("RGB") and any(";16" in str(tile) for tile in image.tile):
        # Pillow would drop the lower half of every value without a word.
        raise InputError(where, "16-bit colour", "16-bit grey, 8-bit colour, or a TIFF file")
    if image.mode == "CMYK" and "adobe" not in image.info:
        # With Adobe's marker 255 is no ink: so write Photoshop, Pillow and ImageMagick, and so it
        # is read here. Without it the standard and the browsers take it in opposite ways.
        raise InputError(where, "inks (CMYK) that may be inverted or not", EXPECTED_VALUES)
    if image.mode in ("P", "PA", "CMYK"):
        return np.asarray(image.convert("RGB"))
    if image.mode == "I":  # 16-bit PNGs of older writers
        wide = np.asarray(image)
        if wide.min(initial=0) >= 0 and wide.max(initial=0) <= np.iinfo(np.uint16).max:
            return wide.astype(np.uint16)
    return np.asarray(image)
