"""How large a pixel is on the specimen, as files say it."""

from __future__ import annotations

import unicodedata
from typing import Any

from anascope.defaults import LARGEST_UM, SMALLEST_UM

_IN_UM = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1e6),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 1e4),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 1e3),
    **dict.fromkeys(("µm", "um", "µ", "micron", "microns", "µmeter"), 1.0),
    **dict.fromkeys(("micrometer", "micrometers", "micrometre", "micrometres"), 1.0),
    **dict.fromkeys(("nm", "nanometer", "nanometers", "nanometre", "nanometres"), 1e-3),
    **dict.fromkeys(("pm", "picometer", "picometers", "picometre", "picometres"), 1e-6),
    **dict.fromkeys(("å", "angstrom", "angstroms", "ångström"), 1e-4),
    **dict.fromkeys(("in", "inch", "inches", '"'), 25400.0),
}
_SQUARE = 0.01  # by what share the sides of a pixel may differ
_INCH, _CENTIMETRE = 2, 3  # values of the tag ResolutionUnit


def pixel_size(x: float | None, y: float | None, unit: str) -> float | None:
    """Return the side of a pixel in micrometres, or None if that cannot be told.

    Args:
        x: Width of a pixel.
        y: Its height, or None if only the width is said.
        unit: Of both: m, cm, mm, µm, nm, pm, Å or inch, as a sign or a word, in one of their
            spellings.

    Returns:
        None if there is no width or no such unit, if the pixel is not square to a hundredth, or if
        it is no microscope's (:data:`SMALLEST_UM`, :data:`LARGEST_UM`).
    """
    # ImageJ writes the micro sign as an escape; Unicode has two signs that look the same.
    spelled = unit.strip().replace("\\u00B5", "µ").replace("μ", "µ").lower()
    factor = _IN_UM.get(unicodedata.normalize("NFC", spelled))
    if x is None or factor is None:
        return None
    if y is not None and not abs(x - y) <= _SQUARE * x:
        return None
    return x * factor if SMALLEST_UM <= x * factor <= LARGEST_UM else None


def tiff_pixel_size(page: Any, imagej: dict[str, Any] | None) -> float | None:
    """Return what the resolution of a page of a TIFF file says, in micrometres, or None.

    ImageJ writes pixels per unit and keeps the unit in its own metadata; other programs count by
    the inch or the centimetre.

    Args:
        page: The page, as tifffile gives it.
        imagej: The metadata of ImageJ, if the file has any.
    """
    x, y = (_pixel(page, f"{axis}Resolution") for axis in "XY")
    unit = {_INCH: "inch", _CENTIMETRE: "cm"}.get(_value(page, "ResolutionUnit", _INCH), "")
    if imagej is not None and imagej.get("unit"):
        unit = str(imagej["unit"])
    return pixel_size(x, y, unit)


def _pixel(page: Any, tag: str) -> float | None:
    """Return one over a resolution, which is stored as a fraction."""
    value = _value(page, tag, None)
    if not isinstance(value, tuple) or len(value) != 2 or not (value[0] > 0 and value[1] > 0):
        return None
    return float(value[1] / value[0])


def _value(page: Any, tag: str, default: Any) -> Any:
    entry = page.tags.get(tag)
    return default if entry is None else entry.value
