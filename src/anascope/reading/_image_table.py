"""A table that says which specimen an image belongs to, and how large its pixels are."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from anascope.errors import InputError
from anascope.images import spelled
from anascope.reading._records import NotRead

_NEEDED = ("image", "specimen")
_EXPECTED = "columns image, specimen and, if known, pixel_size_um"


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
        parts = path.absolute().parts
        return parts[-len(self.image.parts) :] == self.image.parts

    def __str__(self) -> str:
        return spelled(str(self.image))


def read_image_table(path: Path) -> tuple[list[Row], list[NotRead]]:
    """Return the rows of a table, and what cannot be used.

    CSV in UTF-8 with a header; columns are separated by commas, semicolons or tabs. Others than
    ``image``, ``specimen`` and ``pixel_size_um`` are passed over.

    Raises:
        InputError: if the table cannot be read or lacks a column.
    """
    where = spelled(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(where, f"cannot be read ({error.strerror})", "a table") from None
    except UnicodeDecodeError:
        raise InputError(where, "text that is not UTF-8", "CSV saved as UTF-8") from None
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    try:
        table = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise InputError(where, f"not CSV ({error})", _EXPECTED) from None
    columns = {name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])}
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise InputError(where, f"no column {', '.join(missing)}", _EXPECTED)
    rows: dict[PurePosixPath, Row] = {}
    refused: list[NotRead] = []
    for number, cells in enumerate(table, start=2):
        row = _row({str(k).strip().lower(): v for k, v in cells.items()}, f"{where}, row {number}")
        if isinstance(row, NotRead):
            refused.append(row)
        elif row.image in rows:
            first = rows[row.image]
            found = f"{row} a second time"
            if first.specimen != row.specimen:
                found += f", as specimen '{row.specimen}' and not '{first.specimen}'"
            refused.append(NotRead(row.where, f"{found}; expected one row for each image"))
        else:
            rows[row.image] = row
    return list(rows.values()), refused


def _row(cells: dict[str, str | None], where: str) -> Row | NotRead:
    image, specimen = ((cells.get(name) or "").strip() for name in _NEEDED)
    for name, value in zip(_NEEDED, (image, specimen), strict=True):
        if not value:
            return NotRead(where, f"no {name}; expected one")
    text = (cells.get("pixel_size_um") or "").strip()
    size = None
    if text:
        try:
            size = float(text.replace(",", "."))
        except ValueError:
            size = float("nan")
        if not 0 < size < float("inf"):
            return NotRead(where, f"pixel_size_um '{spelled(text)}'; expected micrometres")
    path = PurePosixPath(image.replace("\\", "/"))
    return Row(where, path, spelled(specimen), size)
