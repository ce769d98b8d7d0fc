"""Fields that nobody labelled, with what a network is sure of as their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from anascope.cohorts import Cohort, Source, SourceField
from anascope.errors import InputError
from anascope.images import GreyImage
from anascope.models import read_card
from anascope.records import FieldRecord, MaskValue
from benchmarks._whole_fields import found_in

SURE = 0.8
"""Probability from which a pattern, an intensity or a pixel is believed; the rest stays unknown."""


class SelfLabelledSource(Source):
    """Fields of a cohort, their labels replaced by what a network is sure of.

    Args:
        model: Folder of the network.
        cohort: Where the images are; its labels and masks are not looked at.
        records: Which fields.
        name: Of the cohort that they become.
    """

    def __init__(
        self, model: Path, cohort: Cohort, records: Sequence[FieldRecord], name: str
    ) -> None:
        super().__init__(cohort.path)
        self.name = name
        self._model, self._cohort, self._records = model, cohort, records

    def __len__(self) -> int:
        return len(self._records)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Read each field with the network."""
        card = read_card(self._model)
        for record, said, _, mask in found_in(self._model, self._cohort, self._records):
            pattern, above = softmax(said.pattern), expit(said.intensity)
            level = int((above >= 0.5).sum())
            graded = bool((np.maximum(above, 1 - above) >= SURE).all())
            yield SourceField(
                field=record.field,
                where=f"{self._cohort.path}, field {record.field}",
                source_image=record.source_image,
                read_image=partial(self._cohort.image, record),
                source_mask=f"by {self._model.parent.name}",
                read_mask=partial(believed, mask),
                pattern=card.patterns[int(pattern.argmax())] if pattern.max() >= SURE else None,
                intensity=card.intensities[level] if graded else None,
                pixel_size_um=record.pixel_size_um,
            )


def believed(cell: NDArray[np.float32], image: GreyImage) -> NDArray[np.uint8]:
    """Return values of ``MaskValue`` from the probability of being cell, axes (y, x)."""
    del image
    values = np.full(cell.shape, MaskValue.UNKNOWN, np.uint8)
    values[cell >= SURE] = MaskValue.CELL
    values[cell <= 1 - SURE] = MaskValue.BACKGROUND
    return values
