"""A table that says which specimen an image belongs to, and how large its pixels are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from anascope.errors import InputError
from anascope.images import spelled
from anascope.tables import TableRow, read_table, refuse_second


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        where: The table and the row, for messages.
        image: A file's name, with as many of the folders above it as are needed.
        specimen: Whose it is.
        pixel_size_um: Micrometres, or None if it is not said.
    """

    where: str
    image: PurePosixPath
    specimen: str
    pixel_size_um: float | None

    def fits(self, path: Path) -> bool:
        """Tell whether this row is about a file: names and folders are the same from the end."""
        names = path.absolute().parts
        return names[-len(self.image.parts) :] == self.image.parts

    def __str__(self) -> str:
        return spelled(str(self.image))


def read_image_table(path: Path) -> tuple[list[Row], list[InputError]]:
    """Return the rows of a table, and what is wrong with those that cannot be used.

    CSV, Excel or Parquet (:func:`~anascope.tables.read_table`). Columns other than ``image``,
    ``specimen`` and ``pixel_size_um`` are passed over.

    Raises:
        InputError: if the table cannot be read or lacks a column.
    """
    rows: list[Row] = []
    refused: list[InputError] = []
    first_rows: dict[PurePosixPath, str] = {}
    table = read_table(path, ["image", "specimen"], ["pixel_size_um"], other_columns=True)
    for cells in table:
        try:
            if isinstance(cells, InputError):
                raise cells
            row = _row(cells)
            refuse_second(first_rows, row.image, row.where, str(row), "one row an image")
            rows.append(row)
        except InputError as error:
            refused.append(error)
    return rows, refused


def _row(cells: TableRow) -> Row:
    image, specimen = (_needed(cells, column) for column in ("image", "specimen"))
    path = PurePosixPath(image.replace("\\", "/"))
    return Row(cells.where, path, spelled(specimen), cells.micrometres("pixel_size_um"))


def _needed(cells: TableRow, column: str) -> str:
    text = cells[column]
    if text is None:
        raise InputError(cells.where, f"no {column}", "one")
    return text
