"""The layout of the MIVIA HEp-2 images distribution, with its irregular tables."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.errors import InputError
from anascope.synthetic._drawing import Drawing
from anascope.synthetic._field import DrawnCell, DrawnField
from anascope.synthetic._population import PlannedField
from anascope.synthetic._truth import chromatin_of
from anascope.synthetic.cells import Phase
from anascope.synthetic.layouts._base import Layout
from anascope.synthetic.optics import Microscope

_HEADER = "intensity;cell_ID;seed_pointX;seed_pointY;object_type;pattern;minX;minY;maxX;maxY"
_OLD = 7  # the first images have tables of another hand: other line ends, another word
_RED = 0.06  # red over green, about as the camera's red channel sees fluorescein


class MiviaLayout(Layout):
    """Folders ``Main_Dataset/Images/NN`` with ``NN.bmp``, ``NN_mask.bmp`` and ``NN.csv``.

    The image has 24 bits with the signal in green, the mask 8 with 0 and 255. Cells that touch the
    border are not annotated: they are missing in mask and table. Mitotic cells have ``positive``
    or ``negative`` for a pattern, as their chromatin is. Tables are Latin-1 and do not end their
    last line; those of the first seven images end the others in a carriage return.
    """

    @classmethod
    def check(cls, drawing: Drawing, microscope: Microscope) -> None:
        """Refuse more than one field a patient, and 16 bits."""
        fields, bits = drawing.population.fields_each, microscope.bits
        if fields != 1:
            raise InputError("fields", str(fields), "1 in the layout mivia: an image is a patient")
        if bits != 8:
            raise InputError("bits", str(bits), "8 in the layout mivia: its images are BMP files")

    def add(self, planned: PlannedField, drawn: DrawnField) -> None:
        """Write the folder of a field."""
        number = planned.patient + 1
        name = f"{number:02d}"
        folder = self.folder / "Main_Dataset" / "Images" / name
        folder.mkdir(parents=True)
        red = np.rint(_RED * drawn.image.astype(np.float32)).astype(np.uint8)
        colour = np.stack([red, drawn.image, np.zeros_like(red)], axis=-1)
        _write_bmp(colour, folder / f"{name}.bmp")

        annotated = [cell for cell in drawn.cells if not _at_border(cell, drawn.instances.shape)]
        cells = np.isin(drawn.instances, [cell.number for cell in annotated])
        _write_bmp(np.where(cells, 255, 0).astype(np.uint8), folder / f"{name}_mask.bmp")

        lines = [_HEADER]
        for cell_number, cell in enumerate(annotated, start=1):
            seed_y, seed_x = _seed(drawn.instances, cell)
            box = (cell.min_x, cell.min_y, cell.max_x, cell.max_y)
            row = (
                planned.intensity,
                f"{cell_number:03d}",
                seed_x,
                seed_y,
                *_words(planned, cell),
                *box,
            )
            lines.append(";".join(map(str, row)))
        ending = "\r" if number <= _OLD else "\n"
        (folder / f"{name}.csv").write_bytes(ending.join(lines).encode("latin-1"))


def _write_bmp(pixels: NDArray[np.uint8], path: Path) -> None:
    encoded = io.BytesIO()  # Pillow, given a file, does not see that a full disk took only a part
    Image.fromarray(pixels).save(encoded, "BMP")
    path.write_bytes(encoded.getvalue())


def _at_border(cell: DrawnCell, shape: tuple[int, ...]) -> bool:
    height, width = shape
    first, last = min(cell.min_y, cell.min_x), (cell.max_y, cell.max_x)
    return first == 0 or last[0] == height - 1 or last[1] == width - 1


def _seed(instances: NDArray[np.uint16], cell: DrawnCell) -> tuple[int, int]:
    """Return the pixel of the cell that is nearest to its centre: a place that surely is in it."""
    box = np.s_[cell.min_y : cell.max_y + 1, cell.min_x : cell.max_x + 1]
    rows, columns = np.nonzero(instances[box] == cell.number)
    rows, columns = rows + cell.min_y, columns + cell.min_x
    nearest = int(np.argmin((rows - cell.y) ** 2 + (columns - cell.x) ** 2))
    return int(rows[nearest]), int(columns[nearest])


def _words(planned: PlannedField, cell: DrawnCell) -> tuple[str, str]:
    """Return object type and pattern."""
    if cell.phase is not Phase.INTERPHASE:
        return "mitotic_cell", "positive" if chromatin_of(cell) == "stained" else "negative"
    pattern = planned.patterns[0]
    if pattern == "centromere" and planned.patient < _OLD:
        return "cell", "centromeric"
    if pattern == "cytoplasmic":
        return "cell", "cytoplasmatic"
    return "cell", pattern.replace(" ", "_")
