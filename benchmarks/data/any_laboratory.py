"""What drawn specimens of random laboratories look like: the picture in the documentation.

    python -m benchmarks.data.any_laboratory

A column a laboratory, each with a microscope of its own from the range ``any``; a row a pattern.
All squares are as wide on the slide, so that the sizes of cells can be compared. Writes
docs/images/any-laboratory.jpg.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from anascope.synthetic import Microscope, draw_field, draw_specimen, laboratory_named
from benchmarks.arguments import RESULTS, benchmark_arguments

PATTERNS = (
    "homogeneous",
    "fine speckled",
    "centromere",
    "clumpy nucleolar",
    "mitochondrial",
    "negative",
)
WIDTH_UM, SIDE, LINE, SEED = 85.0, 200, 22, 32
_DIMMEST = 40.0  # brightest grey level that is shown as white; dimmer fields stay dim


def shown(microscope: Microscope, pattern: str, seed: list[int]) -> NDArray[np.uint8]:
    """Return a square of a field, (SIDE, SIDE), as a viewer that stretches its levels shows it."""
    pixels = round(WIDTH_UM / microscope.pixel_size_um)
    rng = np.random.default_rng(seed)
    level = "negative" if pattern == "negative" else "positive"
    image = draw_field(rng, draw_specimen(rng, pattern, level, microscope), (pixels, pixels)).image
    grey = image * (255 / np.iinfo(image.dtype).max)
    low, high = np.quantile(grey, (0.01, 0.997))
    stretched = 255 * np.clip((grey - 0.8 * low) / (max(float(high), _DIMMEST) - 0.8 * low), 0, 1)
    picture = Image.fromarray(stretched.astype(np.uint8))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def sheet(laboratories: int, seed: int) -> Image.Image:
    """Return the picture: columns of laboratories, rows of patterns."""
    microscopes = laboratory_named("any").microscopes
    assert microscopes is not None, "any is a range"
    drawn = [microscopes.draw(np.random.default_rng([seed, n])) for n in range(laboratories)]
    page = Image.new("L", (laboratories * SIDE, len(PATTERNS) * SIDE + LINE), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(13)
    for column, microscope in enumerate(drawn):
        words = f"{microscope.pixel_size_um:.2f} um, NA {microscope.numerical_aperture:g}"
        pen.text((column * SIDE + 4, 4), words, fill=0, font=font)
        for row, pattern in enumerate(PATTERNS):
            square = Image.fromarray(shown(microscope, pattern, [seed, column, row]))
            page.paste(square, (column * SIDE, row * SIDE + LINE))
    return page


def main() -> None:
    """Draw and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--laboratories", type=int, default=6)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.set_defaults(out=RESULTS.parent / "docs" / "images")
    given = parser.parse_args()
    path = given.out / "any-laboratory.jpg"
    sheet(given.laboratories, given.seed).save(path, quality=80)


if __name__ == "__main__":
    main()
