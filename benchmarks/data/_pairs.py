"""Real images and drawn ones of the same labels, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cohorts import Cohort, I3aTask1Source, SourceField
from anascope.records import MaskValue
from anascope.synthetic import I3A, MIVIA, DrawnField, Microscope, draw_field, draw_specimen
from anascope.synthetic.fit import Shown

CUT_OUT_MARGIN = 10
"""Pixels around the box of a cell in the cut-outs of I3A Task 1."""

I3A_INTENSITIES = ("intermediate", "positive")
"""What the cells of Task 1 are; which is which is not told."""


def real_fields(cohort: Cohort) -> Iterator[Shown]:
    """Yield the fields of MIVIA, without cells of unknown truth."""
    cells = cohort.cells()
    for record in cohort.fields:
        mask = cohort.mask(record)
        image = cohort.image(record)
        if mask is None or cells is None or image.dtype != np.uint8:
            raise ValueError("MIVIA has 8-bit images, masks and a table of cells")
        kinds = cells.loc[cells["field"] == record.field, "kind"]
        yield Shown(
            image=image.astype(np.uint8),
            cells=mask == MaskValue.CELL,
            known=mask != MaskValue.UNKNOWN,
            pixel_um=MIVIA.pixel_size_um,
            name=record.field,
            unit=record.split_unit,
            pattern=str(record.pattern),
            intensity=record.intensity,
            whole=int(kinds.isin(["cell", "mitotic_cell"]).sum()),
            mitotic=int((kinds == "mitotic_cell").sum()),
        )


def drawn_fields(labels: list[tuple[str, str, str]], seed: int) -> Iterator[Shown]:
    """Yield drawn fields of given names, patterns and intensities, as MIVIA would show them."""
    for place, (name, pattern, intensity) in enumerate(labels):
        rng = np.random.default_rng((seed, place))
        specimen = draw_specimen(rng, pattern, intensity, MIVIA)
        unit = f"{seed}-{name}"
        yield shown_of(draw_field(rng, specimen), MIVIA, unit, pattern, intensity)


def shown_of(
    field: DrawnField, microscope: Microscope, unit: str, pattern: str, intensity: str
) -> Shown:
    """Return a drawn field as it is measured: cells that the rim cuts are of unknown truth.

    Annotators leave those out, and the import of MIVIA marks them as unknown.
    """
    height, width = field.instances.shape
    cut = {
        cell.number
        for cell in field.cells
        if min(cell.min_y, cell.min_x) == 0 or cell.max_y == height - 1 or cell.max_x == width - 1
    }
    on_rim = np.isin(field.instances, list(cut))
    whole = [cell for cell in field.cells if cell.number not in cut]
    return Shown(
        image=field.image.astype(np.uint8),
        cells=(field.instances > 0) & ~on_rim,
        known=~on_rim,
        pixel_um=microscope.pixel_size_um,
        name=unit,
        unit=unit,
        pattern=pattern,
        intensity=intensity,
        whole=len(whole),
        mitotic=sum(cell.phase != "interphase" for cell in whole),
    )


def real_cells(data: Path, count: int, seed: int) -> Iterator[Shown]:
    """Yield a sample of the cells of I3A Task 1, in the order of their numbers."""
    source = I3aTask1Source(data / "i3a-task1", recover=False)
    rng = np.random.default_rng(seed)
    chosen = set(rng.choice(len(source), min(count, len(source)), replace=False).tolist())
    for place, entry in enumerate(source.fields()):
        if place not in chosen or not isinstance(entry, SourceField) or not entry.read_mask:
            continue
        image = entry.read_image()
        cells = entry.read_mask(image) == MaskValue.CELL
        yield Shown(
            image=image.astype(np.uint8),
            cells=np.asarray(cells),
            known=np.ones(image.shape, bool),
            pixel_um=I3A.pixel_size_um,
            name=entry.field,
            unit=entry.field,
            pattern=str(entry.pattern).lower(),
        )


def drawn_cells(patterns: list[str], fields: int, seed: int) -> Iterator[Shown]:
    """Yield the cells of drawn fields, cut out as Task 1 has them: interphase, whole.

    Args:
        patterns: Which to draw, in the words of the set.
        fields: How many fields of each pattern and intensity.
        seed: Of the draws.
    """
    for place, pattern in enumerate(patterns):
        for level, intensity in enumerate(I3A_INTENSITIES):
            for number in range(fields):
                rng = np.random.default_rng((seed, place, level, number))
                specimen = draw_specimen(rng, pattern, intensity, I3A)
                field = draw_field(rng, specimen)
                unit = f"{pattern}-{intensity}-{number}"
                yield from _cut_outs(field, unit, pattern, intensity)


def _cut_outs(field: DrawnField, unit: str, pattern: str, intensity: str) -> Iterator[Shown]:
    height, width = field.instances.shape
    for cell in field.cells:
        top, left = cell.min_y - CUT_OUT_MARGIN, cell.min_x - CUT_OUT_MARGIN
        bottom, right = cell.max_y + CUT_OUT_MARGIN + 1, cell.max_x + CUT_OUT_MARGIN + 1
        if min(top, left) < 0 or bottom > height or right > width or cell.phase != "interphase":
            continue
        box = np.s_[top:bottom, left:right]
        own: NDArray[np.bool_] = field.instances[box] == cell.number
        yield Shown(
            image=field.image[box].astype(np.uint8),
            cells=np.asarray(ndimage.binary_fill_holes(own)),
            known=np.ones(own.shape, bool),
            pixel_um=I3A.pixel_size_um,
            name=f"{unit}-{cell.number}",
            unit=unit,
            pattern=pattern,
            intensity=intensity,
        )
