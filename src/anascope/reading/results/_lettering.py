"""Letters and scale bars in pictures."""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from anascope.images import bar_length_um

_WHITE, _SHADE = (255, 255, 255), (0, 0, 0)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which comes with the package: letters are alike everywhere.

    Pillow's own font has no ``µ``, and few of the letters that names are made of.
    """
    content = (resources.files(__package__) / "letters" / "DejaVuSans.ttf").read_bytes()
    return ImageFont.truetype(BytesIO(content), size)


def fitted(text: str, width: float, size: int) -> str:
    """Return ``text``, or as much of its begin and end as fits ``width`` pixels."""
    letters = font(size)
    if letters.getlength(text) <= width:
        return text
    for kept in range(len(text) - 1, 0, -1):
        short = f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"
        if letters.getlength(short) <= width:
            return short
    return "…"


def draw_scale_bar(picture: Image.Image, pixel_size_um: float) -> None:
    """Draw a scale bar with its length into the lower right corner.

    Args:
        picture: RGB, drawn upon.
        pixel_size_um: Micrometres a pixel of this picture.
    """
    length = bar_length_um(picture.width, pixel_size_um)
    size = max(12, picture.width // 60)
    thick, gap = max(3, size // 5), size // 2
    right, bottom = picture.width - size, picture.height - size
    left = right - length / pixel_size_um
    draw = ImageDraw.Draw(picture)
    text = f"{length:g} µm"
    # On a shade, so that cells beneath do not hide it.
    draw.rectangle((left - gap, bottom - thick - 2 * size, right + gap, bottom + gap), fill=_SHADE)
    draw.rectangle((left, bottom - thick, right, bottom), fill=_WHITE)
    middle = ((left + right) / 2, bottom - thick - size // 4)
    draw.text(middle, text, fill=_WHITE, font=font(size), anchor="mb")
