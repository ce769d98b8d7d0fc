"""A prepared cohort of a few small fields with known truth, for tests of what comes after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts import Cohort
from anascope.cohorts._writer import CohortWriter
from anascope.files import new_folder
from anascope.records import FieldRecord, MaskValue, Window

PATTERNS = ("homogeneous", "nucleolar")
INTENSITIES = ("intermediate", "positive")


def record(
    name: str,
    *,
    patient: str | None = None,
    pattern: str | None = "homogeneous",
    intensity: str | None = "positive",
) -> FieldRecord:
    """Return a record with the given labels; what the writer sets is left empty."""
    return FieldRecord(
        field=name,
        patient=patient,
        specimen=patient,
        pattern=pattern,
        intensity=intensity,
        image="",
        window=Window(0, 0, 0, 0),
        has_mask=False,
        pixel_size_um=None,
        full_scale=0,
        source_image=f"{name}.tif",
        source_mask=None,
        pixels_sha256="",
        mask_sha256=None,
    )


def write_cohort(
    path: Path,
    records: Sequence[FieldRecord],
    *,
    shape: tuple[int, int] = (150, 200),
    masks: bool = True,
    seed: int = 0,
) -> Cohort:
    """Write a cohort of round cells: full ones if homogeneous, else rings with a bright core."""
    generator = np.random.default_rng(seed)
    drawn = [(one, *_draw(one, shape, generator)) for one in records]
    return write_fields(path, [(r, image, mask if masks else None) for r, image, mask in drawn])


def write_fields(
    path: Path,
    fields: Iterable[tuple[FieldRecord, NDArray[np.uint8], NDArray[np.uint8] | None]],
) -> Cohort:
    """Write a cohort of the given records, images and masks."""
    with new_folder(path) as folder:
        writer = CohortWriter(folder)
        for one, image, mask in fields:
            writer.add(one, image, mask)
        writer.close(name="small", source="drawn", source_format="drawn", cells=None, left_out=[])
    return Cohort.open(path)


def patients(count: int, *, fields: int = 1) -> list[FieldRecord]:
    """Return records of ``count`` patients whose labels take turns."""
    return [
        record(
            f"p{patient}-{field}",
            patient=f"p{patient}",
            pattern=PATTERNS[patient % 2],
            intensity=INTENSITIES[patient // 2 % 2],
        )
        for patient in range(count)
        for field in range(fields)
    ]


def _draw(
    one: FieldRecord, shape: tuple[int, int], generator: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    y, x = np.indices(shape)
    level = 180 if one.intensity == "positive" else 70
    image = generator.normal(20, 3, shape)
    mask = np.zeros(shape, dtype=np.uint8)
    for _ in range(max(shape[0] * shape[1] // 2500, 1)):
        radius = generator.uniform(9, 14)
        centre = [generator.uniform(radius + 1, side - radius - 1) for side in shape]
        distance = np.hypot(y - centre[0], x - centre[1])
        cell = distance < radius
        inside = distance < radius / 3
        image[cell] = level if one.pattern == "homogeneous" else level / 2
        if one.pattern != "homogeneous":
            image[inside] = level
        mask[cell] = MaskValue.CELL
    return np.clip(image, 0, 255).astype(np.uint8), mask
