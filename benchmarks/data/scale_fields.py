"""Fields whose pixel size is known, at scales and of sizes that they were not taken at."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.recipe import mivia_cohort
from anascope.synthetic import I3A, MIVIA, STAINS, Microscope, draw_field, draw_specimen

I3A_FIELDS = "i3a-task2-fields"
"""Folder of whole fields of the I3A set: ``NNN.png``, taken at 20×."""

_APERTURES = {10.0: 0.4, 20.0: 0.7, 40.0: 0.8, 63.0: 1.2}
_HOW = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BOX,
)
_LEAST_SIDE = 64  # pixels of what is cut out


@dataclass(frozen=True)
class ScaledField:
    """A field at some scale.

    Attributes:
        name: Which field it is, and what it shows.
        pixels: Axes (y, x), uint8.
        pixel_size_um: Micrometres.
    """

    name: str
    pixels: NDArray[np.uint8]
    pixel_size_um: float


def mivia_fields(data: Path, work: Path) -> Iterator[ScaledField]:
    """Yield the 28 fields of MIVIA."""
    cohort = mivia_cohort(data, work)
    for record in cohort.fields:
        yield ScaledField(record.field, cohort.image(record).astype(np.uint8), MIVIA.pixel_size_um)


def i3a_fields(data: Path) -> Iterator[ScaledField]:
    """Yield the whole fields of I3A that there are, in the order of their names."""
    for path in sorted((data / I3A_FIELDS).glob("*.png")):
        if not path.stem.endswith("_mask"):
            with Image.open(path) as image:
                yield ScaledField(path.stem, np.array(image.convert("L")), I3A.pixel_size_um)


def drawn_fields(seed: int, count: int) -> Iterator[ScaledField]:
    """Yield drawn fields of every stain in turn."""
    for number in range(count):
        yield drawn_field(seed, number)


def drawn_field(seed: int, number: int) -> ScaledField:
    """Return a drawn field, seen through a microscope of its own; ``number`` chooses the stain."""
    rng = np.random.default_rng([seed, number])
    stain = list(STAINS)[number % len(STAINS)]
    microscope = _some_microscope(rng)
    level = "negative" if stain == "negative" else str(rng.choice(["intermediate", "positive"]))
    specimen = draw_specimen(rng, stain, level, microscope)
    side = int(min(rng.uniform(150, 260) / microscope.pixel_size_um, 1100))
    drawn = draw_field(rng, specimen, (side, int(side * rng.uniform(1, 1.3))))
    pixels = drawn.image if drawn.image.dtype == np.uint8 else drawn.image >> 8
    return ScaledField(stain, pixels.astype(np.uint8), microscope.pixel_size_um)


def some_scale(rng: np.random.Generator, field: ScaledField) -> ScaledField:
    """Return a part of a field at some scale, of some brightness, perhaps once a JPEG."""
    factor = float(np.exp(rng.uniform(np.log(0.2), np.log(5))))
    if not 0.03 < field.pixel_size_um / factor < 1.6:
        factor = float(np.exp(rng.uniform(np.log(0.5), np.log(2))))
    wanted = 300 if rng.random() < 0.4 else float(np.exp(rng.uniform(np.log(400), np.log(2400))))
    least = _LEAST_SIDE / factor
    height, width = (
        min(max(round(wanted / factor), int(np.ceil(least))), side) for side in field.pixels.shape
    )
    top = int(rng.integers(field.pixels.shape[0] - height + 1))
    left = int(rng.integers(field.pixels.shape[1] - width + 1))
    part = field.pixels[top : top + height, left : left + width]
    pixels = resampled(part, factor, _HOW[int(rng.integers(len(_HOW)))])
    if rng.random() < 0.5:
        bright, gamma = np.exp(rng.normal(0, 0.2)), np.exp(rng.normal(0, 0.25))
        pixels = np.round(255 * np.clip(pixels / 255 * bright, 0, 1) ** gamma).astype(np.uint8)
    if rng.random() < 0.3:
        pixels = _once_jpeg(pixels, int(rng.integers(60, 95)))
    return ScaledField(field.name, pixels, field.pixel_size_um / factor)


def resampled(
    pixels: NDArray[Any], factor: float, how: Image.Resampling = Image.Resampling.BICUBIC
) -> NDArray[np.uint8]:
    """Return an image whose sides are ``factor`` times as long, as programs resample."""
    size = max(round(pixels.shape[1] * factor), 1), max(round(pixels.shape[0] * factor), 1)
    return np.array(Image.fromarray(pixels).resize(size, how))


def _some_microscope(rng: np.random.Generator) -> Microscope:
    known = (MIVIA, I3A)[int(rng.integers(2))]
    magnification, aperture = known.magnification, known.numerical_aperture
    if rng.random() < 0.5:
        magnification = float(rng.choice([10, 20, 20, 40, 40, 63]))
        aperture = _APERTURES[magnification]
    sparse, dense = known.nuclei_per_mm2
    more = float(np.exp(rng.normal(0, 0.4)))
    return replace(
        known,
        magnification=magnification,
        numerical_aperture=aperture,
        camera_pixel_um=known.camera_pixel_um * float(np.exp(rng.normal(0, 0.1))),
        nucleus_um=float(rng.uniform(12.0, 16.5)),
        nuclei_per_mm2=(sparse * more, dense * more),
        shading=float(rng.uniform(0.05, 0.3)),
        glare=float(rng.uniform(0.03, 0.2)),
        focus_um=float(rng.uniform(0.3, 1.2)),
        border_level=MIVIA.border_level,
    )


def _once_jpeg(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    stored = io.BytesIO()
    Image.fromarray(pixels).save(stored, "JPEG", quality=quality)
    with Image.open(stored) as image:
        return np.array(image)
