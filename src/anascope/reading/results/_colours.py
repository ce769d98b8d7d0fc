"""One colour for each pattern, the same in every picture, file and page."""

from __future__ import annotations

from functools import cache

from anascope.errors import InputError
from anascope.reading import UNDECIDED
from anascope.words import Pattern, all_patterns, pattern_named

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

UNTOLD: Colour = (255, 255, 255)
"""Stands for no pattern: undecided, or not asked."""

# Okabe & Ito, "Color Universal Design" (2008), for what laboratories see most; for the rest Tol's
# light scheme ("Colour Schemes", SRON/EPS/TN/09-002, 2021). Both are told apart by colour-blind
# readers. Okabe and Ito's blue is too dark for a black ground and is lightened here.
_COLOURS: dict[str, Colour] = {
    "negative": (170, 170, 170),
    "homogeneous": (86, 180, 233),
    "speckled": (230, 159, 0),
    "coarse speckled": (213, 94, 0),
    "centromere": (0, 158, 115),
    "nucleolar": (204, 121, 167),
    "nuclear envelope": (77, 140, 255),
    "nuclear dots": (68, 187, 153),
    "pleomorphic": (238, 136, 102),
    "cytoplasmic": (187, 204, 51),
    "golgi": (240, 228, 66),
    "mitotic": (255, 170, 187),
}


def colour_of(pattern: str | None) -> Colour:
    """Return the colour of a pattern: its own, or that of the nearest family above it.

    >>> colour_of("coarse speckled"), colour_of("fine speckled")
    ((213, 94, 0), (230, 159, 0))
    """
    if pattern is None or pattern == UNDECIDED:
        return UNTOLD
    try:
        node = pattern_named(pattern)
    except InputError:
        return UNTOLD
    while node.name not in _COLOURS:
        above = _parents().get(node)
        if above is None:
            return UNTOLD
        node = above
    return _COLOURS[node.name]


def as_hex(colour: Colour) -> str:
    """Return a colour as CSS writes it.

    >>> as_hex((230, 159, 0))
    '#e69f00'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


@cache
def _parents() -> dict[Pattern, Pattern]:
    return {child: node for node in all_patterns() for child in node.children}
