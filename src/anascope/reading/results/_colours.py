"""One colour for each pattern, the same in every picture, file and page."""

from __future__ import annotations

from anascope.colours import GREEN, SKY_BLUE, YELLOW
from anascope.decisions import AND
from anascope.reading import UNDECIDED
from anascope.words import pattern_named

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

UNTOLD: Colour = (255, 255, 255)
"""Stands for no pattern: undecided, or not asked."""

# In the order of the tree. A family has a range of hues, and its patterns differ in tone as well,
# so that readers who do not see red or green tell them apart, too. Within these ranges, and bright
# enough for a black ground, the colours were searched for the greatest distances (CIEDE2000, as
# seen with and without deuteranopia and protanopia); the tests say how far apart they must be. So
# many are not told apart at a glance: the name stands beside each wherever there is room.
_COLOURS = {
    "negative": "#aaaaaa",
    "nuclear": "#9dc4e3",
    "homogeneous": SKY_BLUE,
    "speckled": "#dda356",
    "dense fine speckled": "#aa512e",
    "fine speckled": "#f4e3c2",
    "coarse speckled": "#ffb711",
    "topo i-like": "#cb9d81",
    "fine speckled with mitotic plate": "#7a6c5b",
    "myriad discrete fine speckled": "#ff5c00",
    "centromere": GREEN,
    "nuclear dots": "#00d397",
    "multiple nuclear dots": "#51968b",
    "few nuclear dots": "#9ee6cd",
    "nucleolar": "#cd0ef2",
    "homogeneous nucleolar": "#cd1f77",
    "clumpy nucleolar": "#c57bc6",
    "punctate nucleolar": "#f9c3dc",
    "nuclear envelope": "#747b9d",
    "smooth nuclear envelope": "#a6b3d1",
    "punctate nuclear envelope": "#536af1",
    "pleomorphic": "#ff2946",
    "pcna-like": "#c75a69",
    "cenp-f-like": "#efa3bc",
    "cytoplasmic": "#577600",
    "cytoplasmic fibrillar": "#b4c675",
    "cytoplasmic fibrillar linear": "#b8bd96",
    "cytoplasmic fibrillar filamentous": "#b4fe7f",
    "cytoplasmic fibrillar segmental": "#707f59",
    "cytoplasmic speckled": "#648c40",
    "cytoplasmic discrete dots": "#59aa00",
    "cytoplasmic dense fine speckled": "#91e498",
    "cytoplasmic fine speckled": "#417744",
    "mitochondrial": "#c7c462",
    "golgi": YELLOW,
    "rods and rings": "#55a25b",
    "mitotic": "#b46a81",
    "centrosome": "#10e3ff",
    "mitotic spindle": "#e30d15",
    "spindle fibers": "#fcbeba",
    "numa-like": "#fc506c",
    "intercellular bridge": "#b4827a",
    "mitotic chromosomal": "#8c6fb4",
}


def colour_of(pattern: str | None) -> Colour:
    """Return the colour of a pattern or family; no two have the same.

    For two patterns it is the colour of the first, more likely one.

    Raises:
        InputError: if the vocabulary does not know the pattern.

    >>> colour_of("coarse speckled"), colour_of("golgi")
    ((255, 183, 17), (240, 228, 66))
    """
    if pattern is None or pattern == UNDECIDED:
        return UNTOLD
    colour = _COLOURS.get(pattern_named(pattern.split(AND)[0]).name)
    return UNTOLD if colour is None else _rgb(colour)


def as_hex(colour: Colour) -> str:
    """Return a colour as CSS writes it.

    >>> as_hex((230, 159, 0))
    '#e69f00'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
