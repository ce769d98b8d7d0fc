"""What the drawn patterns look like: the picture in the documentation.

    python -m benchmarks.data.gallery

One place of a drawn field for each pattern, under the microscope of MIVIA, with a dividing cell
in it where the field has one. Writes docs/images/gallery.jpg.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from anascope.synthetic import MIVIA, STAINS, DrawnField, draw_field, draw_specimen
from anascope.words import pattern_named
from benchmarks.arguments import RESULTS, benchmark_arguments

COLUMNS, SIDE, LINE, SEED, TRIES = 6, 300, 24, 22, 6


def place(field: DrawnField) -> tuple[int, int]:
    """Return the corner of the square to show: around a dividing cell, else the middle one."""
    height, width = field.image.shape

    def badness(cell: object) -> float:
        y, x = getattr(cell, "y", 0.0), getattr(cell, "x", 0.0)
        divides = getattr(cell, "phase", "interphase") != "interphase"
        return float(np.hypot(y - height / 2, x - width / 2)) - (1e6 if divides else 0)

    best = min(field.cells, key=badness)
    y = int(np.clip(best.y - SIDE / 2 + 60, 0, height - SIDE))
    x = int(np.clip(best.x - SIDE / 2 + 60, 0, width - SIDE))
    return y, x


def drawn(leaf: str, number: int) -> DrawnField:
    """Return a field with a dividing cell well inside, if one of a few has any."""
    level = "negative" if leaf == "negative" else "positive"
    for attempt in range(TRIES):
        rng = np.random.default_rng([SEED, number, attempt])
        field = draw_field(rng, draw_specimen(rng, leaf, level, MIVIA))
        height, width = field.image.shape
        if any(
            cell.phase != "interphase"
            and SIDE < cell.y < height - SIDE
            and SIDE < cell.x < width - SIDE
            for cell in field.cells
        ):
            break
    return field


def main() -> None:
    """Draw, cut, write."""
    parser = benchmark_arguments(__doc__)
    parser.set_defaults(out=RESULTS.parent / "docs" / "images")
    given = parser.parse_args()
    rows = -(-len(STAINS) // COLUMNS)
    sheet = Image.new("L", (COLUMNS * SIDE, rows * (SIDE + LINE)), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, leaf in enumerate(STAINS):
        field = drawn(leaf, number)
        low, high = np.quantile(field.image, (0.01, 0.997))
        y, x = place(field)
        cut = field.image[y : y + SIDE, x : x + SIDE].astype(np.float32)
        grey = ((cut - low) / (high - low)).clip(0, 1) ** 0.7
        left, top = number % COLUMNS * SIDE, number // COLUMNS * (SIDE + LINE)
        sheet.paste(Image.fromarray((grey * 255).astype(np.uint8)), (left, top + LINE))
        pen.text((left + 4, top + 3), f"{pattern_named(leaf).code} {leaf}", fill=0, font=font)
    sheet.save(given.out / "gallery.jpg", quality=82)


if __name__ == "__main__":
    main()
