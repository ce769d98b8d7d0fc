"""How long a scale bar is."""

from __future__ import annotations

import math

_SHARE = 0.2  # of the image's width that a bar may take


def bar_length_um(width: int, pixel_size_um: float) -> float:
    """Return a round length for a scale bar: 1, 2 or 5 times a power of ten, in micrometres.

    It is the longest that is at most a fifth of the image's width.

    Args:
        width: Width of the image in pixels, over 0.
        pixel_size_um: Micrometres a pixel, over 0.

    >>> bar_length_um(1388, 0.3225), bar_length_um(640, 0.1), bar_length_um(10, 1.0)
    (50.0, 10.0, 2.0)
    """
    most = width * pixel_size_um * _SHARE * (1 + 1e-9)
    power = math.floor(math.log10(most))
    lengths = [float(f"{step}e{power}") for step in (1, 2, 5)]
    return max(length for length in lengths if length <= most)
