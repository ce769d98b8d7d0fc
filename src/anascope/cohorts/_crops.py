"""Places of a cohort that show what a pattern at an intensity looks like."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts._cohort import Cohort
from anascope.errors import InputError
from anascope.images import GreyImage
from anascope.records import FieldRecord, MaskValue, Window


@dataclass(frozen=True, eq=False)
class Crop:
    """A crop of a field.

    Attributes:
        pattern, intensity: What the field is labelled with; several patterns of one serum as
            ``homogeneous+centromere``.
        field: The whole field, axes (y, x).
        window: The position of the crop.
    """

    pattern: str
    intensity: str
    field: GreyImage
    window: Window


def choose_crops(cohort: Cohort, *, per_cell: int, side: int, seed: int = 0) -> Iterator[Crop]:
    """Yield random crops, with one field in memory at a time.

    For each pair of pattern and intensity, fields are chosen, of different patients if there are
    enough, and on each field a square around some pixel of a cell. Fields without a pattern or an
    intensity are skipped. The choice for a pair does not depend on other pairs.

    Args:
        cohort: The cohort.
        per_cell: Number of crops for each pair.
        side: Height and width of a crop, in pixels; less if the field is smaller.
        seed: Seed of the choice.

    Raises:
        InputError: if there is no labelled field, or a number is not positive.
    """
    for argument, value in (("per_cell", per_cell), ("side", side)):
        if value < 1:
            raise InputError(argument, str(value), "at least 1")
    if seed < 0:
        raise InputError("seed", str(seed), "0 or more")
    by_label: dict[tuple[str, str], list[FieldRecord]] = defaultdict(list)
    for record in cohort.fields:
        if record.serum is not None and record.intensity is not None:
            by_label[record.serum, record.intensity].append(record)
    if not by_label:
        raise InputError(cohort.path, "no field with pattern and intensity", "at least one")
    for (pattern, intensity), records in by_label.items():
        rng = np.random.default_rng([seed, zlib.crc32(f"{pattern}, {intensity}".encode())])
        for record in _of_many_patients(rng, records, per_cell):
            field = cohort.image(record)
            window = _crop_window(rng, field, cohort.mask(record), side)
            yield Crop(pattern, intensity, field, window)


def _of_many_patients(
    rng: np.random.Generator, records: list[FieldRecord], count: int
) -> list[FieldRecord]:
    """Return up to ``count`` fields, no second one of a patient before all have had one."""
    shuffled = [records[index] for index in rng.permutation(len(records))]
    so_far: dict[str, int] = defaultdict(int)
    turns = []
    for record in shuffled:
        turns.append(so_far[record.split_unit])
        so_far[record.split_unit] += 1
    order = sorted(range(len(shuffled)), key=turns.__getitem__)
    return [shuffled[index] for index in order[:count]]


def _crop_window(
    rng: np.random.Generator, field: GreyImage, mask: NDArray[np.uint8] | None, side: int
) -> Window:
    """Return a square around a pixel of a cell, or of anything where no mask is."""
    cells = np.flatnonzero(mask == MaskValue.CELL) if mask is not None else np.arange(0)
    chosen = int(cells[rng.integers(len(cells))] if len(cells) else rng.integers(field.size))
    centre = divmod(chosen, field.shape[1])
    height, width = (min(side, extent) for extent in field.shape)
    y, x = (
        min(max(middle - length // 2, 0), extent - length)
        for middle, length, extent in zip(centre, (height, width), field.shape, strict=True)
    )
    return Window(y, x, height, width)
