"""Fields of which it is known how many pixels wide a nucleus is, real and drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from scipy import ndimage

from anascope.files import replacing
from anascope.records import MaskValue
from anascope.synthetic import (
    I3A,
    MIVIA,
    STAINS,
    DrawnField,
    Microscope,
    Specimen,
    draw_field,
    draw_specimen,
)
from anascope.synthetic.cells import Phase
from benchmarks.sets import mivia_cohort

I3A_FIELDS = "i3a-task2-fields"
"""Folder of whole fields of the I3A set: ``NNN.png``, taken at 20×, and ``NNN_mask.png``."""

_APERTURES = {10.0: 0.4, 20.0: 0.7, 40.0: 0.8, 63.0: 1.2}
_LEAST_UM = 5.0  # diameter of a piece of mask that counts as a nucleus
_MIVIA_UM = 12.9  # median of its nuclei; its cytoplasmic cells are outlined whole
_I3A_CELL = 255  # in the masks of its fields


@dataclass(frozen=True)
class ScaledField:
    """A field at some scale.

    Attributes:
        name: Which field it is, and what it shows.
        pixels: Axes (y, x), uint8.
        pixel_size_um: Micrometres.
        nucleus: Diameter of its nuclei in pixels: the median of the circles of their area.
    """

    name: str
    pixels: NDArray[np.uint8]
    pixel_size_um: float
    nucleus: float


def fields_of(source: str, data: Path, work: Path, drawn: tuple[int, int]) -> list[ScaledField]:
    """Return the fields of a source.

    Args:
        source: ``mivia``, ``i3a`` or ``drawn``.
        data: Folder of the real sets.
        work: Folder that keeps imported cohorts and drawn fields.
        drawn: Seed and number of drawn fields.
    """
    if source == "mivia":
        return list(mivia_fields(data, work))
    return list(i3a_fields(data)) if source == "i3a" else _kept_drawn_fields(work, *drawn)


def mivia_fields(data: Path, work: Path) -> Iterator[ScaledField]:
    """Yield the 28 fields of MIVIA."""
    cohort, size = mivia_cohort(data, work), MIVIA.pixel_size_um
    for record in cohort.fields:
        nucleus = _MIVIA_UM / size
        if record.pattern != "cytoplasmic":
            mask = cohort.mask(record)
            assert mask is not None
            nucleus = _diameter(np.equal(mask, MaskValue.CELL), size)
        pixels = cohort.image(record).astype(np.uint8)
        yield ScaledField(record.field, pixels, size, nucleus)


def i3a_fields(data: Path) -> Iterator[ScaledField]:
    """Yield the whole fields of I3A that there are, in the order of their names."""
    for path in sorted((data / I3A_FIELDS).glob("*.png")):
        if not path.stem.endswith("_mask"):
            with Image.open(path.with_name(f"{path.stem}_mask.png")) as mask:
                nucleus = _diameter(np.array(mask) == _I3A_CELL, I3A.pixel_size_um)
            with Image.open(path) as image:
                pixels = np.array(image.convert("L"))
            yield ScaledField(path.stem, pixels, I3A.pixel_size_um, nucleus)


def drawn_fields(seed: int, count: int) -> Iterator[ScaledField]:
    """Yield drawn fields of every stain in turn."""
    for number in range(count):
        yield drawn_field(seed, number)


def _kept_drawn_fields(work: Path, seed: int, count: int) -> list[ScaledField]:
    """Return drawn fields as WORK keeps them, which are drawn if it has none."""
    path = work / f"drawn-fields-{seed}-{count}.npz"
    if not path.exists():
        fields = list(drawn_fields(seed, count))
        arrays: dict[str, Any] = {f"pixels{place}": f.pixels for place, f in enumerate(fields)}
        arrays["names"] = np.array([field.name for field in fields])
        arrays["sizes"] = np.array([(f.pixel_size_um, f.nucleus) for f in fields])
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)
    with np.load(path, allow_pickle=False) as kept:
        return [
            ScaledField(str(name), kept[f"pixels{place}"], float(size), float(nucleus))
            for place, (name, (size, nucleus)) in enumerate(
                zip(kept["names"], kept["sizes"], strict=True)
            )
        ]


def drawn_field(seed: int, number: int) -> ScaledField:
    """Return a drawn field of a stain that ``number`` chooses."""
    stain = list(STAINS)[number % len(STAINS)]
    drawn, specimen, microscope = draw_anywhere(np.random.default_rng([seed, number]), stain)
    size = microscope.pixel_size_um
    nucleus = microscope.nucleus_um / size
    if not specimen.whole_cell:
        interphase = (cell for cell in drawn.cells if cell.phase is Phase.INTERPHASE)
        nucleus = _median_diameter([cell.area for cell in interphase], size)
    return ScaledField(stain, eight_bits(drawn), size, nucleus)


def draw_anywhere(rng: np.random.Generator, stain: str) -> tuple[DrawnField, Specimen, Microscope]:
    """Draw a field through a microscope of its own, with the specimen and that microscope."""
    microscope = _some_microscope(rng)
    level = "negative" if stain == "negative" else str(rng.choice(["intermediate", "positive"]))
    specimen = draw_specimen(rng, stain, level, microscope)
    side = int(min(rng.uniform(150, 260) / microscope.pixel_size_um, 1100))
    drawn = draw_field(rng, specimen, (side, int(side * rng.uniform(1, 1.3))))
    return drawn, specimen, microscope


def eight_bits(drawn: DrawnField) -> NDArray[np.uint8]:
    """Return the pixels of a drawn field, (y, x)."""
    pixels = drawn.image if drawn.image.dtype == np.uint8 else drawn.image >> 8
    return pixels.astype(np.uint8)


def resampled(
    pixels: NDArray[Any], factor: float, how: Image.Resampling = Image.Resampling.BICUBIC
) -> NDArray[np.uint8]:
    """Return an image whose sides are ``factor`` times as long, as programs resample."""
    size = max(round(pixels.shape[1] * factor), 1), max(round(pixels.shape[0] * factor), 1)
    return np.array(Image.fromarray(pixels).resize(size, how))


def _diameter(mask: NDArray[np.bool_], pixel_size_um: float) -> float:
    """Return the median diameter of the pieces of a mask, in pixels."""
    return _median_diameter(np.bincount(ndimage.label(mask)[0].ravel())[1:], pixel_size_um)


def _median_diameter(areas: ArrayLike, pixel_size_um: float) -> float:
    diameters = 2 * np.sqrt(np.asarray(areas) / np.pi)
    return float(np.median(diameters[diameters * pixel_size_um > _LEAST_UM]))


def _some_microscope(rng: np.random.Generator) -> Microscope:
    """Return a microscope of a laboratory that nobody knows."""
    known = (MIVIA, I3A)[int(rng.integers(2))]
    magnification, aperture = known.magnification, known.numerical_aperture
    if rng.random() < 0.5:
        magnification = float(rng.choice([10, 20, 20, 40, 40, 63]))
        aperture = _APERTURES[magnification]
    sparse, dense = known.nuclei_per_mm2
    more = float(np.exp(rng.normal(0, 0.5)))
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
