"""What a microscope's program burns into its pictures: a scale bar, words and numbers."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from anascope.synthetic.optics._microscope import Microscope

_LENGTHS_UM = (5, 10, 20, 25, 50, 100, 200)
_LONGEST = 0.3  # of the width of the field that a bar takes
_SHORTEST = 0.07
_LEAST_SIDE = 96  # pixels; smaller pictures have no room for words
_WORDS = ("{n:03d}", "FITC {n} ms", "1:{d}", "40x", "Well {n}", "20{y}-0{m}-1{m}", "S{n:04d} 1:{d}")


def burn_in(
    rng: np.random.Generator,
    image: NDArray[np.uint8] | NDArray[np.uint16],
    microscope: Microscope,
) -> NDArray[np.bool_] | None:
    """Write a scale bar and words over a field, in place, as the microscope says.

    Where they stand and how large they are is a setting of the program: the same in all fields of
    a microscope. What is written differs.

    Args:
        rng: Where chance comes from.
        image: The field, axes (y, x).
        microscope: Gives what is written, its pixel size and its name.

    Returns:
        Where nothing of the field can be seen any more, axes (y, x); None where nothing is written.
    """
    if not (microscope.scale_bar or microscope.label) or min(image.shape) < _LEAST_SIDE:
        return None
    settings = np.random.default_rng(zlib.crc32(microscope.name.encode()))
    sheet = Image.new("L", (image.shape[1], image.shape[0]))
    size = max(9, round(image.shape[0] * settings.uniform(0.022, 0.045)))
    corners = settings.permutation(4)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size)
    if microscope.scale_bar:
        _bar(settings, pen, font, int(corners[0]), microscope)
    if microscope.label:
        _label(rng, settings, pen, font, int(corners[1]))
    written = np.asarray(sheet)
    share = written.astype(np.float32) / 255
    most = np.iinfo(image.dtype).max
    image[...] = np.rint(image * (1 - share) + most * share).astype(image.dtype)
    hidden = ndimage.binary_dilation(written > 0, np.ones((3, 3), np.bool_))
    return np.asarray(hidden) if hidden.any() else None


def _bar(
    settings: np.random.Generator,
    pen: ImageDraw.ImageDraw,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    corner: int,
    microscope: Microscope,
) -> None:
    """Draw a bar of a round length, often with that length over it."""
    width, height = pen.im.size
    pixels = {length: round(length / microscope.pixel_size_um) for length in _LENGTHS_UM}
    known = [n for n in pixels if _SHORTEST * width < pixels[n] < _LONGEST * width]
    thick = max(2, round(height * settings.uniform(0.004, 0.012)))
    if not known:
        return
    length = int(settings.choice(known))
    left, top = _corner(corner, (width, height), (pixels[length], thick))
    pen.rectangle((left, top, left + pixels[length] - 1, top + thick - 1), fill=255)
    if settings.random() < 0.7:  # "um", as many programs write, whose letters have no µ, too
        middle = (left + pixels[length] // 2, top - 2 if corner >= 2 else top + thick + 2)
        anchor = "mb" if corner >= 2 else "mt"
        pen.text(middle, f"{length} um", fill=255, font=font, anchor=anchor)


def _label(
    rng: np.random.Generator,
    settings: np.random.Generator,
    pen: ImageDraw.ImageDraw,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    corner: int,
) -> None:
    """Write a line of words and numbers."""
    width, height = pen.im.size
    words = _WORDS[int(settings.integers(len(_WORDS)))].format(
        n=int(rng.integers(1, 400)),
        d=int(rng.choice([40, 80, 160, 320, 640])),
        y=int(rng.integers(10, 26)),
        m=int(rng.integers(1, 10)),
    )
    left, top, right, bottom = pen.textbbox((0, 0), words, font=font)
    place = _corner(corner, (width, height), (round(right - left), round(bottom - top)))
    pen.text((place[0] - left, place[1] - top), words, fill=255, font=font)


def _corner(number: int, field: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Return left and top of something of that size (width, height) in a corner, from 0 to 3."""
    margin = max(3, round(0.025 * field[1]))
    left = margin if number % 2 == 0 else field[0] - margin - size[0]
    top = margin if number < 2 else field[1] - margin - size[1]
    return left, top
