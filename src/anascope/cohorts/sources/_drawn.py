"""Specimens drawn on the way into a cohort: nothing lies on disk between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts.sources._base import Source, SourceField
from anascope.errors import InputError
from anascope.images import GreyImage
from anascope.synthetic import Drawing, DrawnField, Microscope, PlannedField, cells_of
from anascope.words import label_of


class DrawnSource(Source):
    """Fields as they are drawn, with the truth about every cell.

    Args:
        drawing: What to draw.
        jobs: Number of processes that draw.
    """

    def __init__(self, drawing: Drawing, jobs: int = 1) -> None:
        super().__init__(Path())
        self._drawing = drawing
        self._jobs = jobs
        self.name = f"synthetic, like {drawing.microscope.name}"

    @property
    def origin(self) -> str:
        """What was drawn, in words."""
        drawing = self._drawing
        optics = drawing.microscope
        if isinstance(optics, Microscope):
            microscope = f"microscope {optics.name}, {optics.bits} bits"
        else:
            microscope = f"a microscope of {optics.name} for each patient"
            if optics.avoided:
                names = " and ".join(other.name for other in optics.avoided)
                microscope += f", none near that of {names}"
        return (
            f"drawn: {microscope}, "
            f"{len(drawing.population.labels)} patients, {drawing.population.fields_each} fields "
            f"each, seed {drawing.seed}"
        )

    def __len__(self) -> int:
        return len(self._drawing.population)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Draw and yield the fields in order; each comes with its pixels."""
        for planned, drawn in self._drawing.fields(self._jobs):
            yield self._field(planned, drawn)

    def _field(self, planned: PlannedField, drawn: DrawnField) -> SourceField:
        def read_mask(image: GreyImage) -> NDArray[np.uint8]:
            return drawn.mask

        patient = str(planned.patient + 1)
        return SourceField(
            field=planned.name,
            where=f"drawn field {planned.name}",
            source_image=f"drawn {planned.name}",
            read_image=lambda: drawn.image,
            read_mask=read_mask,
            read_instances=lambda: drawn.instances,
            patient=patient,
            specimen=patient,
            pattern=label_of(planned.patterns),
            intensity=planned.intensity,
            pixel_size_um=self._drawing.microscope_of(planned.patient).pixel_size_um,
            cells=tuple(cells_of(planned, drawn)),
        )
