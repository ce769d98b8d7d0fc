"""The single cells of a field as truth to learn from: which pixels, which phases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts._cohort import Cohort
from anascope.errors import InputError
from anascope.records import CellRecord, FieldRecord
from anascope.words import CHROMATIN, MITOSIS, PHASES, phases_allowed

UNKNOWN_CHROMATIN = -1
_BACKGROUND = 0
_HIGHEST = 2**16 - 1  # number that a stored pixel can have


@dataclass(frozen=True, eq=False)
class SingleCells:
    """The cells of a field and what is known about each.

    Phases and chromatin are looked up by the number of a cell: ``phases[instances]`` has one row a
    pixel. Row 0 is of no cell.

    Attributes:
        instances: (height, width) int32, number of the cell at each pixel; 0 where none is.
        phases: (highest number + 1, phases) bool, which of :data:`~anascope.words.PHASES` the
            source leaves possible; all where it says nothing.
        chromatin: (highest number + 1,) int8, whether the chromatin of a dividing cell is stained:
            index in :data:`~anascope.words.CHROMATIN`, -1 if it is not stated.
        artefacts: (highest number + 1,) bool, which are no cells but outlined artefacts.
    """

    instances: NDArray[np.int32]
    phases: NDArray[np.bool_]
    chromatin: NDArray[np.int8]
    artefacts: NDArray[np.bool_]


def single_cells(cohort: Cohort, record: FieldRecord, *, check: bool = True) -> SingleCells | None:
    """Return the separated cells of a field, or None if the source did not separate them.

    If the table calls a cell dividing but gives no phase, as tables of earlier versions do, it may
    be in any phase of mitosis. Artefacts and cells that the table lacks may be in any phase.

    Args:
        cohort: Where the field is.
        record: The field.
        check: Whether the numbers must be those that were imported.

    Raises:
        InputError: if something cannot be read, is not as it was imported, or the table of cells
            has no number for a cell.
    """
    instances = cohort.instances(record, check=check)
    if instances is None:
        return None
    numbered = {_number(cohort, cell): cell for cell in cohort.cells_of(record)}
    highest = max(int(instances.max(initial=0)), *numbered, 0)
    phases = np.ones((highest + 1, len(PHASES)), np.bool_)
    chromatin = np.full(highest + 1, UNKNOWN_CHROMATIN, np.int8)
    artefacts = np.zeros(highest + 1, np.bool_)
    for number, cell in numbered.items():
        phases[number] = phases_allowed(_phase(cell))
        if cell.chromatin is not None:
            chromatin[number] = CHROMATIN.index(cell.chromatin)
        artefacts[number] = cell.kind == "artefact"
    return SingleCells(instances, phases, chromatin, artefacts)


def _phase(cell: CellRecord) -> str | None:
    return MITOSIS if cell.phase is None and cell.kind == "mitotic_cell" else cell.phase


def _number(cohort: Cohort, cell: CellRecord) -> int:
    number = int(cell.cell) if cell.cell.isascii() and cell.cell.isdigit() else _BACKGROUND
    if not _BACKGROUND < number <= _HIGHEST:
        where = f"{cohort.path}, field '{cell.field}', cell '{cell.cell}'"
        raise InputError(where, "no number of a cell", f"a whole number from 1 to {_HIGHEST}")
    return number
