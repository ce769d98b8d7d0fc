"""Whole fields of the I3A Task 2 set with the mask of every nucleus, as handed on with a program.

``fields.csv`` (a column ``field``) beside ``NNN.png`` and ``NNN_mask.png``. A mask is 255 where a
cell is, 0 where none is, and 128 where nobody knows: the images were shifted and turned before they
were handed on, and have padding. Their grey levels were changed, too, so that no intensity can be
read from them. Patterns are not told, and neither is which fields are of one specimen, so no split
of this set is by patient.

Annotated are the nuclei, those at the border and dividing ones (their plates), too; touching ones
share one piece of the mask. They are told apart here where the outline has a waist, by
:func:`~anascope.cells.cells_apart`. Of 50 cuts of the 62 real fields, taken by chance, 47 are where
two nuclei meet, and the others mostly halve a dividing cell; 83 of 9,317 cells are left with a
hollow outline, and about one in five of those is two.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.cells import cells_apart
from anascope.cohorts.sources._base import Source, SourceField
from anascope.cohorts.sources._i3a_task1 import PIXEL_SIZE_UM
from anascope.cohorts.sources._rows import entries_of
from anascope.errors import InputError
from anascope.images import GreyImage, read_signal
from anascope.records import MaskValue
from anascope.tables import TableRow, read_table, refuse_second

_TABLE = "fields.csv"
_DIGITS = 3
_MASK_ENDING = "_mask"
_VALUES = {0: MaskValue.BACKGROUND, 128: MaskValue.UNKNOWN, 255: MaskValue.CELL}
# Nuclei of 15.8 µm are usual here. Taken for as small as this, of the 35 cuts more that were looked
# at, about 30 are right: a small nucleus beside a large one.
_SMALL_NUCLEUS_UM = 9.0


class I3aFieldsSource(Source):
    """The folder with ``fields.csv``, the images and their masks.

    Raises:
        InputError: if there is no such table.
    """

    name = "I3A Task 2 fields"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._table = path / _TABLE
        if not self._table.is_file():
            raise InputError(path, f"no {_TABLE}", f"{_TABLE} beside NNN.png and NNN_mask.png")
        self._rows = read_table(self._table, ["field"], other_columns=True)
        listed = {_name(row) for row in self._rows if isinstance(row, TableRow)}
        self._unlisted = [
            image
            for image in sorted(path.glob("*.png"))
            if image.stem.removesuffix(_MASK_ENDING) not in listed
        ]

    def __len__(self) -> int:
        return len(self._rows) + len(self._unlisted)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Yield the fields in the table's order, then files that the table lacks, as errors."""
        read = partial(self._field, first_rows={})
        yield from entries_of(self._rows, read, table=self._table, unlisted=self._unlisted)

    def _field(self, row: TableRow, first_rows: dict[str, str]) -> SourceField:
        name = _name(row)
        if not name:
            raise InputError(row.where, "no field", "the number of a field")
        refuse_second(first_rows, name, row.where, f"field '{name}'", "one row a field")
        image, mask = (self.path / f"{name}{ending}.png" for ending in ("", _MASK_ENDING))
        has_mask = mask.is_file()
        return SourceField(
            field=name,
            where=row.where,
            source_image=self.relative(image),
            read_image=partial(read_signal, image),
            source_mask=self.relative(mask) if has_mask else None,
            read_mask=(lambda _: _read_mask(mask)) if has_mask else None,
            read_instances=partial(_read_instances, mask) if has_mask else None,
            pixel_size_um=PIXEL_SIZE_UM,
        )


def _name(row: TableRow) -> str:
    """Return the name of a row's field; spreadsheets drop the zeros before a number."""
    number = row["field"]
    return number.zfill(_DIGITS) if number else ""


def _read_mask(path: Path) -> NDArray[np.uint8]:
    """Return a mask: axes (y, x), values of ``MaskValue``."""
    levels: GreyImage = read_signal(path)
    others = np.setdiff1d(levels, list(_VALUES))
    if others.size:
        found = f"grey levels such as {', '.join(map(str, others[:3]))}"
        raise InputError(path, found, "255 for cells, 0 for background, 128 for unknown")
    values = np.zeros(256, np.uint8)
    values[list(_VALUES)] = list(_VALUES.values())
    return values[levels]


def _read_instances(path: Path) -> NDArray[np.uint16]:
    """Return the number of the cell at each pixel, axes (y, x)."""
    cells = _read_mask(path) == MaskValue.CELL
    return cells_apart(cells, cell_diameter=_SMALL_NUCLEUS_UM / PIXEL_SIZE_UM).astype(np.uint16)
