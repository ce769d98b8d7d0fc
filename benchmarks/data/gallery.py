"""What the drawn patterns look like: the picture in the documentation.

    python -m benchmarks.data.gallery

For each pattern cells in interphase, and one cell in metaphase and one in telophase of the same
serum, in one contrast. Writes docs/images/gallery.jpg.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from anascope.synthetic import (
    MIVIA,
    STAINS,
    DrawnCell,
    DrawnField,
    Specimen,
    draw_field,
    draw_specimen,
)
from anascope.words import pattern_named
from benchmarks.arguments import RESULTS, benchmark_arguments

COLUMNS, SIDE, LINE, SEED = 4, 204, 20, 22
DIVIDING = ("metaphase", "telophase")
MOST_FIELDS = 30
GAMMA = 0.8

MICROSCOPE = replace(
    MIVIA,
    name="gallery",
    camera_pixel_um=0.2 * MIVIA.magnification,
    shape=(480, 480),
    video_lines=0.0,
    chroma_noise=0.0,
    electrons_per_level=40.0,
    stuck_pixels=0,
    focus_um=0.3,
)
"""That of MIVIA with a quiet camera and a nearly level slide: for showing patterns, not noise."""

Piece = NDArray[np.float32]


def cut(field: DrawnField, cell: DrawnCell, side: int) -> Piece:
    """Return the square around a cell, moved where it would leave the field."""
    height, width = field.image.shape
    top = int(np.clip(cell.y - side / 2, 0, height - side))
    left = int(np.clip(cell.x - side / 2, 0, width - side))
    return field.image[top : top + side, left : left + side].astype(np.float32)


def fields(specimen: Specimen, number: int, mitotic: float) -> Iterator[DrawnField]:
    """Yield fields of a specimen of whose cells so many divide."""
    dense = replace(specimen.habit, mitotic=mitotic, bare=0.0, per_mm2=2000.0)
    for attempt in range(MOST_FIELDS):
        rng = np.random.default_rng([SEED, number, int(mitotic > 0), attempt])
        yield draw_field(rng, replace(specimen, habit=dense))


def middle_cell(field: DrawnField, phase: str, room: float) -> DrawnCell | None:
    """Return the cell in a phase that is nearest the middle, if one has so much room about it."""
    side = field.image.shape[0]
    there = [cell for cell in field.cells if cell.phase == phase]
    inside = [cell for cell in there if room < min(cell.y, cell.x, side - cell.y, side - cell.x)]
    return min(inside, key=lambda c: np.hypot(c.y - side / 2, c.x - side / 2), default=None)


def pieces(leaf: str, number: int) -> list[Piece]:
    """Return a square of interphase, and half as wide ones of :data:`DIVIDING`."""
    level = "negative" if leaf == "negative" else "positive"
    specimen = draw_specimen(np.random.default_rng([SEED, number]), leaf, level, MICROSCOPE)
    if leaf == "negative":  # one of the brighter ones, so that something is seen
        specimen = replace(specimen, strength=0.18, background=10.0)
    resting = next(fields(specimen, number, 0.0))
    centre = middle_cell(resting, "interphase", 0)
    assert centre is not None
    found = {"interphase": cut(resting, centre, SIDE)}
    for field in fields(specimen, number, 0.35):
        for phase in DIVIDING:
            cell = middle_cell(field, phase, SIDE / 4)
            if cell is not None and phase not in found:
                found[phase] = cut(field, cell, SIDE // 2)
        if len(found) > len(DIVIDING):
            break
    return [found[phase] for phase in ("interphase", *DIVIDING)]


def main() -> None:
    """Draw, cut, write."""
    parser = benchmark_arguments(__doc__)
    parser.set_defaults(out=RESULTS.parent / "docs" / "images")
    given = parser.parse_args()
    rows, wide = -(-len(STAINS) // COLUMNS), SIDE + SIDE // 2
    sheet = Image.new("L", (COLUMNS * (wide + 6) - 6, rows * (SIDE + LINE)), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for number, leaf in enumerate(STAINS):
        shown = pieces(leaf, number)
        low = min(float(np.quantile(piece, 0.01)) for piece in shown)
        high = max(float(np.quantile(piece, 0.995)) for piece in shown)
        left, top = number % COLUMNS * (wide + 6), number // COLUMNS * (SIDE + LINE)
        for piece, place in zip(shown, ((0, 0), (SIDE, 0), (SIDE, SIDE // 2)), strict=True):
            grey = ((piece - low) / (high - low)).clip(0, 1) ** GAMMA
            tile = Image.fromarray((grey * 255).astype(np.uint8))
            sheet.paste(tile, (left + place[0], top + LINE + place[1]))
        pen.text((left + 2, top + 3), f"{pattern_named(leaf).code} {leaf}", fill=0, font=font)
    sheet.save(given.out / "gallery.jpg", quality=75, optimize=True)


if __name__ == "__main__":
    main()
