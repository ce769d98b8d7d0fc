"""All fields of a specimen on one sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from anascope.errors import InputError
from anascope.reading import FieldReading, SpecimenReading
from anascope.reading.results._decided import said_of, why_not_of
from anascope.reading.results._lettering import fitted, font

_WIDTH_ALONE = 640  # pixels of a sheet without fields
_GAP, _LINE = 20, 24  # pixels between pictures, and of a line
_TITLE, _TEXT = 30, 18
_COLUMNS = 4
_PAPER, _INK, _SOFT = (255, 255, 255), (27, 31, 36), (89, 98, 109)


def contact_sheet(
    specimen: SpecimenReading, fields: Sequence[FieldReading], pictures: Mapping[str, Path]
) -> Image.Image:
    """Return the fields of a specimen beside each other, each with its name and decision.

    Args:
        specimen: What was read of it.
        fields: What was read of its fields.
        pictures: Of each field a small overlay, a file.

    Returns:
        A picture, RGB: up to four fields a row, at the size of their pictures.
    """
    small = [_opened(pictures[field.field]) for field in fields]
    wide = max((each.width for each in small), default=_WIDTH_ALONE)
    high = max((each.height for each in small), default=0)
    columns = max(1, min(_COLUMNS, len(fields)))
    rows = -(-len(fields) // columns)
    head = 2 * _GAP + _TITLE + 2 * _LINE
    size = (columns * (wide + _GAP) + _GAP, head + rows * (high + 3 * _LINE))
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    room = size[0] - 2 * _GAP
    draw.text((_GAP, _GAP), fitted(specimen.specimen, room, _TITLE), _INK, font(_TITLE))
    line = fitted(said_of(specimen.decision), room, _TEXT)
    draw.text((_GAP, _GAP + _TITLE + 10), line, _SOFT, font(_TEXT))
    for index, (field, picture) in enumerate(zip(fields, small, strict=True)):
        x = _GAP + index % columns * (wide + _GAP)
        y = head + index // columns * (high + 3 * _LINE)
        sheet.paste(picture, (x, y))
        flags = ", ".join(flag.flag.value for flag in field.quality)
        name = f"{field.field} ({flags})" if flags else field.field
        words = said_of(field.decision)
        if field.decision is None:
            words += f": {why_not_of(field.evaluability)}"
        for number, (text, ink) in enumerate(((name, _INK), (words, _SOFT))):
            below = y + picture.height + 4 + number * _LINE
            draw.text((x, below), fitted(text, wide, _TEXT), ink, font(_TEXT))
    return sheet


def _opened(path: Path) -> Image.Image:
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except OSError as error:
        raise InputError(path, f"a damaged picture ({error})", "JPEG") from None
