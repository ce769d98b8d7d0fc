"""The fields that must be read: all real ones that are at hand, and drawn ones of all patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.cohorts import Cohort
from anascope.records import MaskValue
from anascope.synthetic import I3A, MIVIA, STAINS, DrawnField, Microscope, draw_field, draw_specimen
from benchmarks.accuracy._no_fields import PIXEL_UM, Case, without_cells

I3A_FIELDS = "i3a-task2-fields"
"""Folder of real fields of I3A Task 2 with masks; see its README."""
_SHAPES = {I3A.name: (624, 832), MIVIA.name: (832, 1112)}
"""Pixels of a drawn field by microscope: with fewer than its own, more patterns are drawn in the
same time."""
_NO_CELLS_PER_MM2 = (1e-6, 1e-6)
_EMPTY = 400  # pixels of a side of what is left of an empty field, where that is so large

Known = tuple[Case, NDArray[np.bool_] | None]
"""A field, and where its cells and all that may be one are, if that is known."""


def real_fields(mivia: Cohort, data: Path) -> Iterator[Known]:
    """Yield the fields of MIVIA and those of I3A Task 2."""
    for record in mivia.fields:
        mask = mivia.mask(record)
        known = None if mask is None else mask != MaskValue.BACKGROUND
        pixels = np.asarray(mivia.image(record))
        name = f"mivia {record.field}"
        yield Case("mivia", name, name, pixels, record.pixel_size_um or PIXEL_UM), known
    for path in sorted((data / I3A_FIELDS).glob("[0-9][0-9][0-9].png")):
        name = f"i3a {path.stem}"
        known = _grey(path.with_name(f"{path.stem}_mask.png")) > 0
        yield Case("i3a", name, name, _grey(path)), known


def part_of(case: Case) -> Case:
    """Return the upper left quarter of a field: less than a camera's, as screenshots are."""
    height, width = (side // 2 for side in case.image.shape)
    pixels = case.image[:height, :width]
    name = f"{case.name}, a quarter"
    return replace(case, kind=f"{case.kind} quarter", name=name, pixels=pixels)


def _grey(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("L"))


def drawn_fields(seed: int, *, negatives: int = 10) -> Iterator[Case]:
    """Yield a field of every stain, level and microscope, and several without antibodies."""
    number = 0
    for laboratory in (I3A, MIVIA):
        for stain in STAINS:
            negative = stain == "negative"
            levels = ["negative"] * negatives if negative else ["intermediate", "positive"]
            for level in levels:
                number += 1
                draw = partial(_image, [seed, number], stain, level, laboratory)
                name = f"drawn {laboratory.name} {stain} {level} {number}, seed {seed}"
                kind = "drawn negative" if negative else "drawn"
                size = laboratory.pixel_size_um
                yield Case(kind, name, name, draw, size)


def empty_fields(seed: int) -> Iterator[Case]:
    """Yield fields of slides on which no cell has grown, with their dirt and their light."""
    number = 0
    for laboratory in (I3A, MIVIA):
        empty = replace(laboratory, nuclei_per_mm2=_NO_CELLS_PER_MM2)
        for stain in STAINS:
            number += 1
            level = "negative" if stain == "negative" else "positive"
            drawn = _drawn([seed, 1000 + number], stain, level, empty)
            name = f"empty {laboratory.name} {stain}"
            case = Case("drawn", name, name, drawn.image, empty.pixel_size_um)
            # The one cell that the simulator always draws is left out.
            yield from without_cells(
                case, drawn.instances > 0, side=_EMPTY, kind="empty drawn field"
            )


def _image(seed: list[int], stain: str, level: str, microscope: Microscope) -> NDArray[Any]:
    return _drawn(seed, stain, level, microscope).image


def _drawn(seed: list[int], stain: str, level: str, microscope: Microscope) -> DrawnField:
    specimen = draw_specimen(np.random.default_rng([*seed, 0]), stain, level, microscope)
    shape = _SHAPES[microscope.name]
    return draw_field(np.random.default_rng([*seed, 1]), specimen, shape)
