"""How large a nucleus of a HEp-2 cell is."""

from __future__ import annotations

NUCLEUS_UM = 13.0
"""Diameter of a typical HEp-2 nucleus, in micrometres."""

_USUAL_PIXEL_UM = 0.16125  # a camera pixel of 6.45 µm behind a 40× objective, as in MIVIA


def nucleus_pixels(pixel_size_um: float | None) -> float:
    """Return the diameter of a typical HEp-2 nucleus in pixels.

    Args:
        pixel_size_um: Side of a pixel on the specimen, in micrometres. If it is not known, 40-fold
            magnification is assumed: 0.16125 µm a pixel, as in the MIVIA set.

    >>> nucleus_pixels(0.325)
    40.0
    >>> round(nucleus_pixels(None), 1)
    80.6
    """
    return NUCLEUS_UM / (_USUAL_PIXEL_UM if pixel_size_um is None else pixel_size_um)
