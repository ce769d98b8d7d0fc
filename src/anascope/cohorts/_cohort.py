"""A prepared cohort: one folder with images (OME-Zarr), tables (Parquet) and a description.

::

    COHORT/
      cohort.json          name, source, counts, fingerprint, what was left out
      fields.parquet       one row a field
      cells.parquet        one row a cell, where the source describes cells
      images/NAME.ome.zarr images with their masks and, where known, their single cells
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import zarr
from numpy.typing import NDArray
from pydantic import Field

from anascope.cohorts._fields_table import read_fields, table_from_records
from anascope.cohorts._omezarr import (
    has_instances,
    image_folder,
    open_image,
    open_instances,
    open_mask,
)
from anascope.errors import InputError
from anascope.files import FolderFile, sha256_of, to_json
from anascope.images import GreyImage
from anascope.records import FieldRecord
from anascope.settings import Description, read_file

FIELDS = "fields.parquet"
CELLS = "cells.parquet"
IMAGES = "images"
_Opener = Callable[[Path, str], zarr.Array[Any]]
_CONTENT = ("field", "patient", "specimen", "pattern", "intensity", "pixels_sha256", "mask_sha256")


class CohortInfo(Description):
    """What ``cohort.json`` says.

    Attributes:
        name: Name of the cohort.
        source: Where it was imported from.
        source_format: The importer that read it.
        fingerprint: SHA-256 of the content (see :func:`fingerprint_of`).
        counts: Numbers of fields, patients and so on.
        left_out: One line for each item that the import left out.
        written_by: Version of anascope that wrote it.
        warnings: One line for each thing that the import took in but somebody should look at.
        format: Always ``anascope-cohort``.
        version: Version of the folder's layout.
    """

    name: str
    source: str
    source_format: str
    fingerprint: str
    counts: dict[str, Any]
    left_out: list[str]
    written_by: str
    warnings: list[str] = Field(default_factory=list)
    format: Literal["anascope-cohort"] = "anascope-cohort"
    version: Literal[1] = 1


class Cohort:
    """A prepared cohort, opened for reading.

    Attributes:
        path: Its folder.
        info: Its description.
        fields: Its fields, in the order of the table.
    """

    def __init__(self, path: Path, info: CohortInfo, records: Sequence[FieldRecord]) -> None:
        self.path = path
        self.info = info
        self.fields = tuple(records)
        self._last_sheet: dict[_Opener, tuple[str, NDArray[Any]]] = {}

    @classmethod
    def open(cls, path: str | Path) -> Cohort:
        """Open the cohort in folder ``path``.

        Raises:
            InputError: if there is no cohort, or one that this version cannot read.
        """
        path = Path(path)
        if not (path / FolderFile.COHORT).is_file():
            raise InputError(
                path,
                "not a prepared cohort",
                f"a folder with {FolderFile.COHORT} (anascope cohort import)",
            )
        return cls(
            path, read_file(CohortInfo, path / FolderFile.COHORT), read_fields(path / FIELDS)
        )

    def __len__(self) -> int:
        return len(self.fields)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns that occur, sorted."""
        return tuple(sorted({r.pattern for r in self.fields if r.pattern is not None}))

    @property
    def intensities(self) -> tuple[str, ...]:
        """The intensities that occur, sorted."""
        return tuple(sorted({r.intensity for r in self.fields if r.intensity is not None}))

    def image(self, record: FieldRecord) -> GreyImage:
        """Return the signal of a field: axes (y, x), uint8 or uint16."""
        pixels: GreyImage = self._read(open_image, record)
        return pixels

    def mask(self, record: FieldRecord) -> NDArray[np.uint8] | None:
        """Return the mask of a field (values of ``MaskValue``, axes (y, x)), or None."""
        if not record.has_mask:
            return None
        pixels: NDArray[np.uint8] = self._read(open_mask, record)
        return pixels

    def instances(self, record: FieldRecord) -> NDArray[np.uint16] | None:
        """Return the number of the cell at each pixel of a field, or None.

        Axes (y, x); 0 where no cell is. Numbers are those of the table of cells. None where the
        source did not tell single cells apart.
        """
        if not self.has_instances(record):
            return None
        pixels: NDArray[np.uint16] = self._read(open_instances, record)
        return pixels

    def has_instances(self, record: FieldRecord) -> bool:
        """Tell whether the cells of a field were told apart."""
        return has_instances(self.path / IMAGES, record.image)

    def cells(self) -> pd.DataFrame | None:
        """Return the table of cells, or None if the source described none."""
        return pd.read_parquet(self.path / CELLS) if (self.path / CELLS).is_file() else None

    def table(self) -> pd.DataFrame:
        """Return the table of fields."""
        return table_from_records(self.fields)

    def _read(self, opener: _Opener, record: FieldRecord) -> Any:
        window = record.window
        area = np.s_[window.y : window.y + window.height, window.x : window.x + window.width]
        try:
            sheet = self._last_sheet.get(opener)
            if sheet is not None and sheet[0] == record.image:
                return sheet[1][area].copy()
            array = opener(self.path / IMAGES, record.image)
            if array.shape != (window.height, window.width):
                self._keep_sheet(opener, record.image, array)
            return np.asarray(array[area])
        except Exception as error:  # a damaged store fails in whatever its codec makes of it
            raise InputError(
                image_folder(self.path / IMAGES, record.image),
                f"field '{record.field}' cannot be read ({type(error).__name__}: {error})",
                "an OME-Zarr image as the import wrote it",
            ) from error

    def _keep_sheet(self, opener: _Opener, name: str, array: zarr.Array[Any]) -> None:
        """Keep the last sheet of small images (12 MB): its cells are mostly read in a row."""
        try:
            self._last_sheet[opener] = (name, np.asarray(array[...]))
        except (OSError, RuntimeError, ValueError):  # a damaged chunk: other chunks can be read
            self._last_sheet.pop(opener, None)


def fingerprint_of(records: Sequence[FieldRecord]) -> str:
    """Return the SHA-256 of everything that training on these fields could depend on.

    That is, per field in the order of names: name, patient, specimen, labels, and the hashes
    of pixels and mask. Where and how they are stored does not matter.
    """
    content = [
        {key: getattr(record, key) for key in _CONTENT}
        for record in sorted(records, key=lambda record: record.field)
    ]
    return sha256_of(to_json(content).encode())
