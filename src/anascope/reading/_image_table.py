"""A table that says which specimen an image belongs to, and how large its pixels are."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from anascope.errors import InputError
from anascope.images import AskedChannel, spelled
from anascope.tables import TableRow, read_table, refuse_second


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        where: The table and the row, for messages.
        image: A file's name, with as many of the folders above it as are needed.
        specimen: Whose it is.
        pixel_size_um: Micrometres, or None if it is not said.
        channel: Which channel to read, as :class:`~anascope.images.AskedChannel` takes it, or None.
    """

    where: str
    image: PurePosixPath
    specimen: str
    pixel_size_um: float | None
    channel: str | None = None

    def fits(self, path: Path) -> bool:
        """Tell whether this row is about a file: names and folders are the same from the end."""
        names = tuple(map(comparable, path.absolute().parts[-len(self.image.parts) :]))
        return names == tuple(map(comparable, self.image.parts))

    def path_below(self, folder: Path) -> Path:
        """Return the file that is meant, if the image is named from ``folder`` on.

        Where none is called exactly so, it is the only one that :func:`comparable` takes for it.
        """
        path = folder / self.image
        for part in () if os.path.lexists(path) else self.image.parts:
            folder = _named(folder, part)
            path = folder
        return path

    def __str__(self) -> str:
        return spelled(str(self.image))


def comparable(name: str) -> str:
    """Return a file's name as a table may spell it.

    A letter may be spelled as one or with a mark of its own, and bytes that are no UTF-8 are
    letters of Windows-1252, in which tables are read that are no UTF-8 either.
    """
    raw = os.fsencode(name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return unicodedata.normalize("NFC", text)


def _named(folder: Path, part: str) -> Path:
    """Return what in ``folder`` is called ``part``, exactly or else in another spelling."""
    path = folder / part
    if part.isascii() or os.path.lexists(path):  # letters of English have one spelling alone
        return path
    try:
        paths = [other for other in folder.iterdir() if comparable(other.name) == comparable(part)]
    except OSError:
        return path
    return paths[0] if len(paths) == 1 else path


def read_image_table(path: Path) -> tuple[list[Row], list[InputError]]:
    """Return the rows of a table, and what is wrong with those that cannot be used.

    CSV, Excel or Parquet (:func:`~anascope.tables.read_table`). Columns other than ``image``,
    ``specimen``, ``pixel_size_um`` and ``channel`` are passed over.

    Raises:
        InputError: if the table cannot be read or lacks a column.
    """
    rows: list[Row] = []
    refused: list[InputError] = []
    first_rows: dict[PurePosixPath, str] = {}
    optional = ["pixel_size_um", "channel"]
    table = read_table(path, ["image", "specimen"], optional, other_columns=True)
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
    channel = cells["channel"]
    if channel is not None:
        channel = AskedChannel.of(channel, cells.where).text
    size_um = cells.micrometres("pixel_size_um")
    return Row(cells.where, path, spelled(specimen), size_um, channel)


def _needed(cells: TableRow, column: str) -> str:
    text = cells[column]
    if text is None:
        raise InputError(cells.where, f"no {column}", "one")
    return text
