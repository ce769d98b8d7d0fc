"""The layout of the I3A Task 2 set, with its own words and their irregular spelling."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import tifffile

from anascope.errors import InputError
from anascope.synthetic._drawing import Drawing
from anascope.synthetic._field import DrawnField
from anascope.synthetic._population import PlannedField
from anascope.synthetic.layouts._base import Layout
from anascope.synthetic.optics import Microscope

_PATCH = (384, 384)
_MAX_SAMPLE_VALUE = 281  # tag of TIFF
_COLUMNS = ("Image", "Mask", "Label", "Intensity")
# The set itself spells the last in two ways; patients take turns.
_WORDS = {"nuclear envelope": ("numem",), "mitotic spindle": ("mitsp", "mistp")}


class I3aTask2Layout(Layout):
    """Fields ``<patient>_<field>.tif``, masks that end in ``_Mask`` and ``labels.csv``.

    Masks hold 0 and 255. The label is the main pattern's. As in the real table some labels end in
    a blank: those of every third patient.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._rows: list[tuple[str, ...]] = []

    @classmethod
    def check(cls, drawing: Drawing, microscope: Microscope) -> None:
        """Refuse fields that would be read as patches."""
        if microscope.shape == _PATCH:
            raise InputError("shape", "384x384", "another shape: here those are patches")

    def add(self, planned: PlannedField, drawn: DrawnField) -> None:
        """Write the field and its mask."""
        image, mask = f"{planned.name}.tif", f"{planned.name}_Mask.tif"
        # Says its full scale: a dim field alone does not show of how many bits its camera was.
        full_scale = int(np.iinfo(drawn.image.dtype).max)
        tag = (_MAX_SAMPLE_VALUE, "H", 1, full_scale, True)
        tifffile.imwrite(self.folder / image, drawn.image, extratags=[tag])
        cells = np.where(drawn.instances > 0, 255, 0).astype(np.uint8)
        tifffile.imwrite(self.folder / mask, cells)
        words = _WORDS.get(planned.patterns[0], (planned.patterns[0],))
        word = words[planned.patient % len(words)]
        blank = "" if (planned.patient + 1) % 3 else " "
        self._rows.append((image, mask, word + blank, planned.intensity))

    def close(self) -> None:
        """Write the table."""
        with (self.folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([_COLUMNS, *self._rows])
