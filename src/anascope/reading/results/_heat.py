"""What the pattern of a field was read from."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from anascope.reading import FieldArrays, FieldReading
from anascope.reading.results._lettering import font
from anascope.reading.results._shown import shown

_OPAQUE = 0.75  # share of the colour where the map is certain


def heat_map(field: FieldReading, arrays: FieldArrays) -> Image.Image | None:
    """Return the probability of a field's likeliest pattern at each position, as a picture, RGB.

    The map lies over the grey image, from dark for a probability of 0 to yellow for 1. The scale at
    the bottom shows this.

    Args:
        field: What was read of the field.
        arrays: Its image and maps by class.

    Returns:
        A picture of the image's own size, as :func:`~anascope.reading.results._overlay.overlay`
        gives it; None if the model has no such map, or no pattern is told.
    """
    decision = field.decision
    if arrays.heat is None or decision is None or decision.likeliest is None:
        return None
    classes = list(decision.patterns)
    grey, _, scale = shown(arrays)
    places = arrays.heat[classes.index(decision.likeliest)]
    # Places may end before the image does: what the last ones say holds to its end.
    coarse = Image.fromarray(np.pad(places, ((0, 1), (0, 1)), mode="edge"))
    (height, width), (tall, wide) = grey.shape, (scale * side for side in arrays.place)
    heat = np.asarray(
        coarse.resize(
            (width, height), Image.Resampling.BILINEAR, box=(0, 0, width / wide, height / tall)
        )
    )
    strength = (255 * np.clip(heat, 0, 1)).astype(np.uint8)
    # Both are of 8 bits, so that every mixture is in one table.
    colours = _colours().astype(np.float32)
    share = np.linspace(0, _OPAQUE, 256, dtype=np.float32)[:, None]
    rgb = (colours * share).astype(np.uint8)[strength]
    rgb += ((1 - share[:, 0]).astype(np.float32)[strength] * grey).astype(np.uint8)[..., None]
    picture = Image.fromarray(rgb)
    _draw_scale(picture, decision.likeliest)
    return picture


@cache
def _colours() -> NDArray[np.uint8]:
    """Return the colour of each strength from 0 to 255, axes (strength, rgb).

    Matplotlib's "inferno": from none to certain, on black and even in lightness. Matplotlib itself
    is not needed for it.
    """
    text = (resources.files(__package__) / "inferno.txt").read_text(encoding="ascii")
    return np.frombuffer(bytes.fromhex(text), np.uint8).reshape(256, 3)


def _draw_scale(picture: Image.Image, pattern: str) -> None:
    size = max(12, picture.width // 60)
    width = picture.width // 5
    left, bottom = size, picture.height - size
    draw = ImageDraw.Draw(picture)
    words = f"{pattern}: 0 to 1"
    right = left + max(width, int(font(size).getlength(words)))
    top = bottom - size - 2 * size
    draw.rectangle((left - size // 2, top, right + size // 2, bottom + size // 2), fill=(0, 0, 0))
    bar = Image.fromarray(_colours()[None]).resize((width, size * 2 // 3))
    picture.paste(bar, (left, bottom - bar.height))
    draw.text(
        (left, bottom - bar.height - size // 4), words, (255, 255, 255), font(size), anchor="lb"
    )
