"""A plain table of images: the layout for anybody's own cohort.

A CSV file, an Excel workbook or a Parquet file with one row an image and the columns
``image, mask, patient, specimen, pattern, intensity, pixel_size_um, channel``. All but ``image``
may be missing, or empty in a row; paths are relative to the table's folder. Several patterns of one
serum stand with ``+`` between them, the main one first: ``homogeneous+centromere``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath

from anascope.cohorts.sources._base import Source, SourceField, read_plain_mask
from anascope.cohorts.sources._rows import entries_of
from anascope.errors import InputError
from anascope.images import AskedChannel, SameCamera, read_signal
from anascope.names import names_of_files
from anascope.tables import TableRow, read_table, refuse_second

_COLUMNS = ("mask", "patient", "specimen", "pattern", "intensity", "pixel_size_um", "channel")
# What a spreadsheet or pandas makes of a whole number in a column with gaps.
_WHOLE = re.compile(r"(\d+)\.0+")


class TableSource(Source):
    """The images that a table names.

    A field has the name of its image file without the suffix; where two files share it, they
    have their relative paths instead.

    Args:
        path: The table: a CSV, Excel or Parquet file.

    Raises:
        InputError: if ``path`` is no table, or has a column of another name.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.name = path.stem
        if path.is_dir():
            raise InputError(path, "a folder", "a CSV, Excel or Parquet table of images")
        self._root = path.parent
        self._rows = read_table(path, ["image"], _COLUMNS)
        images = {
            _normal(row["image"])
            for row in self._rows
            if isinstance(row, TableRow) and row["image"] is not None
        }
        self._names = names_of_files(images)
        self.camera = SameCamera(self._images())

    def __len__(self) -> int:
        return len(self._rows)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Yield one field a row, in the table's order."""
        read = partial(self._field, first_rows={})
        yield from entries_of(self._rows, read, table=self.path)

    def _images(self) -> Iterator[tuple[Path, AskedChannel | None]]:
        """Yield the image of each row and its channel; what is wrong with a row it says itself."""
        for row in self._rows:
            if isinstance(row, TableRow) and row["image"] is not None:
                with suppress(InputError):
                    yield self._root / _normal(row["image"]), _channel(row)

    def _field(self, row: TableRow, first_rows: dict[str, str]) -> SourceField:
        if row["image"] is None:
            raise InputError(row.where, "no image", "the path of an image file")
        image = _normal(row["image"])
        refuse_second(first_rows, image, row.where, f"image '{image}'", "one row an image")
        mask = None if row["mask"] is None else _normal(row["mask"])
        return SourceField(
            field=self._names[image],
            where=row.where,
            source_image=image,
            read_image=partial(
                read_signal, self._root / image, asked=_channel(row), camera=self.camera
            ),
            source_mask=mask,
            read_mask=None if mask is None else partial(read_plain_mask, self._root / mask),
            patient=_identifier(row["patient"]),
            specimen=_identifier(row["specimen"]),
            pattern=row["pattern"],
            intensity=row["intensity"],
            pixel_size_um=row.micrometres("pixel_size_um"),
        )


def _normal(path: str | None) -> str:
    """Return a path of a table with forward slashes and without detours."""
    return PurePosixPath(os.path.normpath((path or "").replace("\\", "/"))).as_posix()


def _channel(row: TableRow) -> AskedChannel | None:
    text = row["channel"]
    return None if text is None else AskedChannel.of(text, row.where)


def _identifier(text: str | None) -> str | None:
    whole = _WHOLE.fullmatch(text) if text is not None else None
    return whole[1] if whole else text
