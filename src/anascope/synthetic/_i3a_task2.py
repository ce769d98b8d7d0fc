"""A drawn cohort in the layout of the I3A Task 2 set."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import numpy as np
import tifffile

from anascope.errors import InputError
from anascope.files import new_folder
from anascope.records import MaskValue
from anascope.synthetic._field import BRIGHTNESS, SHAPE, draw_field
from anascope.synthetic._staining import STAININGS

_PATCH = (384, 384)


def write_i3a_task2(
    folder: str | Path,
    *,
    patients: int = 16,
    fields_per_patient: int = 4,
    shape: tuple[int, int] = SHAPE,
    seed: int = 0,
    cell_diameter: float = 40.0,
) -> None:
    """Draw a cohort and write it as the I3A Task 2 set is laid out.

    Fields ``<patient>_<field>.tif``, masks ``<patient>_<field>_Mask.tif`` (0 and 255) and a
    table ``labels.csv`` with the columns Image, Mask, Label and Intensity. Patients take the
    eight pairs of pattern and intensity in turn, so 8, 16, 24 ... of them are evenly spread.
    As in the real table, some labels end in a blank: those of every third patient.

    Each field has a random stream of its own: asking for more patients or fields leaves the
    pixels of the others as they are.

    Args:
        folder: A new or empty folder.
        patients, fields_per_patient: How many.
        shape: Height and width of a field.
        seed: The same seed gives the same files.
        cell_diameter: Diameter of a typical nucleus in pixels.

    Raises:
        InputError: if ``folder`` holds something already, or ``shape`` is 384×384, which in
            this layout means a patch of a field.
    """
    if shape == _PATCH:
        raise InputError("drawn cohort", "fields of 384×384", "another shape: those are patches")
    labels = list(product(BRIGHTNESS, STAININGS))
    rows = []
    with new_folder(Path(folder)) as unfinished:
        for patient, number in product(range(patients), range(fields_per_patient)):
            intensity, pattern = labels[patient % len(labels)]
            rng = np.random.default_rng([seed, patient, number])
            drawn = draw_field(rng, pattern, intensity, shape, cell_diameter=cell_diameter)
            name = f"{patient + 1:03d}_{number + 1}"
            image, mask = f"{name}.tif", f"{name}_Mask.tif"
            tifffile.imwrite(unfinished / image, drawn.image)
            cells = np.where(drawn.mask == MaskValue.CELL, 255, 0).astype(np.uint8)
            tifffile.imwrite(unfinished / mask, cells)
            blank = "" if (patient + 1) % 3 else " "
            rows.append((image, mask, pattern + blank, intensity))
        with (unfinished / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("Image", "Mask", "Label", "Intensity"), *rows])
