"""One colour for each pattern, the same in every picture, file and page."""

from __future__ import annotations

from functools import cache

from anascope.colours import GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILION, YELLOW
from anascope.reading import UNDECIDED
from anascope.words import Pattern, all_patterns, pattern_named

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

UNTOLD: Colour = (255, 255, 255)
"""Stands for no pattern: undecided, or not asked; and for families without a colour."""

# Those of Okabe and Ito for what laboratories see most; for the rest Tol's light scheme ("Colour
# Schemes", SRON/EPS/TN/09-002, 2021), which colour-blind readers tell apart too. Okabe and Ito's
# blue is too dark for a black ground and is lightened here.
_COLOURS = {
    "negative": "#aaaaaa",
    "homogeneous": SKY_BLUE,
    "speckled": ORANGE,
    "coarse speckled": VERMILION,
    "centromere": GREEN,
    "nucleolar": PURPLE,
    "nuclear envelope": "#4d8cff",
    "nuclear dots": "#44bb99",
    "pleomorphic": "#ee8866",
    "cytoplasmic": "#bbcc33",
    "golgi": YELLOW,
    "mitotic": "#ffaabb",
}


def colour_of(pattern: str | None) -> Colour:
    """Return the colour of a pattern: its own, or that of the nearest family above it.

    Raises:
        InputError: if the vocabulary does not know the pattern.

    >>> colour_of("coarse speckled"), colour_of("fine speckled")
    ((213, 94, 0), (230, 159, 0))
    """
    if pattern is None or pattern == UNDECIDED:
        return UNTOLD
    node: Pattern | None = pattern_named(pattern)
    while node is not None and node.name not in _COLOURS:
        node = _parents().get(node)
    return UNTOLD if node is None else _rgb(_COLOURS[node.name])


def as_hex(colour: Colour) -> str:
    """Return a colour as CSS writes it.

    >>> as_hex((230, 159, 0))
    '#e69f00'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


@cache
def _parents() -> dict[Pattern, Pattern]:
    return {child: node for node in all_patterns() for child in node.children}
