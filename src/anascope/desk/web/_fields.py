"""What lies of a field in the folder of results, if it is still that of the reading."""

from __future__ import annotations

from pathlib import Path

from anascope.desk.review import SpecimenView
from anascope.desk.worklist import ReadField
from anascope.errors import InputError
from anascope.reading import CellReading, FieldReading
from anascope.reading.results import read_field_files


def field_of(view: SpecimenView, number: int) -> ReadField:
    """Return a field of a specimen by its number, from 1.

    Raises:
        InputError: if there is none.
    """
    fields = view.read.fields
    if not 1 <= number <= len(fields):
        raise InputError(f"field {number}", "no such field", f"1 to {len(fields)}")
    return fields[number - 1]


def stored_field(view: SpecimenView, field: ReadField) -> FieldReading:
    """Return what lies in the folder of results of a field, with its cells.

    Raises:
        InputError: if it is gone or damaged, or was read anew since it was brought in.
    """
    folder = folder_of(view, field)
    found = read_field_files(folder)
    if _identity(found) != _identity(field.summary) or found.cell_count != field.cells:
        expected = "the results that were brought in: anascope desk import"
        raise InputError(folder, "was read anew since", expected)
    return found


def folder_of(view: SpecimenView, field: ReadField) -> Path:
    """Return the folder of a field in the folder of results.

    Raises:
        InputError: if that is beside it.
    """
    root = view.folder.resolve()
    folder = (root / field.folder).resolve()
    if not folder.is_relative_to(root):
        raise InputError(folder, "is outside of the folder of results", f"a folder in {root}")
    return folder


def in_order(field: FieldReading) -> list[CellReading]:
    """Return the cells of a field, dividing ones first, the likeliest first."""
    rank = {cell.cell: number for number, cell in enumerate(field.dividing)}
    return sorted(
        field.cells,
        key=lambda cell: (rank.get(cell.cell, len(rank)), -(cell.mitotic or 0), cell.cell),
    )


def _identity(summary: object) -> tuple[str, str]:
    provenance = getattr(summary, "provenance", None)
    return ("", "") if provenance is None else (provenance.sha256, provenance.model)
