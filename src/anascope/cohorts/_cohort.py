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
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import zarr
from numpy.typing import NDArray

from anascope.cohorts._cells_table import CellsByField, read_cells
from anascope.cohorts._changes import other_instances, other_mask, other_pixels
from anascope.cohorts._description import CELLS, FIELDS, IMAGES, CohortInfo
from anascope.cohorts._fields_table import (
    OTHER_PATTERNS,
    has_column,
    read_fields,
    table_from_records,
)
from anascope.cohorts._hashing import pixels_hash
from anascope.cohorts._omezarr import (
    has_instances,
    image_folder,
    open_image,
    open_instances,
    open_mask,
)
from anascope.cohorts._quick_check import quick_findings
from anascope.cohorts.sources import Finding
from anascope.errors import InputError
from anascope.files import FolderFile
from anascope.images import GreyImage
from anascope.records import CellRecord, FieldRecord
from anascope.settings import read_file

_Opener = Callable[[Path, str], zarr.Array[Any]]


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
        self._cells_by_field: CellsByField | None = None

    @classmethod
    def open(cls, path: str | Path, *, check: bool = True) -> Cohort:
        """Open the cohort in folder ``path``.

        Args:
            path: The folder.
            check: Whether tables, description and stores must match. Pixels are compared with their
                hashes later, when they are read.

        Raises:
            InputError: if there is no cohort, or one that this version cannot read, or, if it is
            checked, one that was changed since it was imported.
        """
        path = Path(path)
        if not (path / FolderFile.COHORT).is_file():
            raise InputError(
                path,
                "not a prepared cohort",
                f"a folder with {FolderFile.COHORT} (anascope cohort import)",
            )
        info = read_file(CohortInfo, path / FolderFile.COHORT)
        records = read_fields(path / FIELDS)
        if check:
            for finding in quick_findings(path, info, records):
                raise finding.as_error()
        cohort = cls(path, info, records)
        if not has_column(path / FIELDS, OTHER_PATTERNS):
            cohort._take_other_patterns_from_cells()
        return cohort

    def __len__(self) -> int:
        return len(self.fields)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns that occur, alone or beside others of one serum, sorted."""
        return tuple(sorted({name for record in self.fields for name in record.patterns}))

    @property
    def intensities(self) -> tuple[str, ...]:
        """The intensities that occur, sorted."""
        return tuple(sorted({r.intensity for r in self.fields if r.intensity is not None}))

    def image(self, record: FieldRecord, *, check: bool = True) -> GreyImage:
        """Return the signal of a field: axes (y, x), uint8 or uint16.

        Args:
            record: The field.
            check: Whether the pixels must be those that were imported.

        Raises:
            InputError: if they cannot be read, or are others.
        """
        pixels: GreyImage = self._read(open_image, record)
        if check and pixels_hash(pixels) != record.pixels_sha256:
            raise self._refused(other_pixels(record))
        return pixels

    def mask(self, record: FieldRecord, *, check: bool = True) -> NDArray[np.uint8] | None:
        """Return the mask of a field (values of ``MaskValue``, axes (y, x)), or None.

        Args:
            record: The field.
            check: Whether the mask must be the one that was imported.

        Raises:
            InputError: if it cannot be read, or is another.
        """
        if not record.has_mask:
            return None
        pixels: NDArray[np.uint8] = self._read(open_mask, record)
        if check and pixels_hash(pixels) != record.mask_sha256:
            raise self._refused(other_mask(record))
        return pixels

    def instances(self, record: FieldRecord, *, check: bool = True) -> NDArray[np.int32] | None:
        """Return the number of the cell at each pixel of a field, or None.

        Axes are (y, x), with 0 where no cell is. Numbers are those of the table of cells. The
        result is None if the source did not separate single cells.
        :func:`~anascope.cohorts.single_cells` also returns what is known of each cell.

        Args:
            record: The field.
            check: Whether the numbers must be those that were imported; a cohort of an earlier
                version does not say which those are.

        Raises:
            InputError: if they cannot be read, or are others.
        """
        if not self.has_instances(record):
            return None
        pixels: NDArray[np.uint16] = self._read(open_instances, record)
        known = record.instances_sha256
        if check and known is not None and pixels_hash(pixels) != known:
            raise self._refused(other_instances(record))
        return pixels.astype(np.int32)

    def has_instances(self, record: FieldRecord) -> bool:
        """Return whether the cells of a field were separated."""
        return has_instances(self.path / IMAGES, record.image)

    def cells(self) -> pd.DataFrame | None:
        """Return the table of cells, or None if the source described none.

        Raises:
            InputError: if it is damaged, or not the one that was imported.
        """
        known = self.info.tables_sha256
        if CELLS not in known if known is not None else not (self.path / CELLS).exists():
            return None
        return read_cells(self.path / CELLS, None if known is None else known[CELLS])

    def cells_of(self, record: FieldRecord) -> tuple[CellRecord, ...]:
        """Return the cells of a field that the source described, in its order.

        The table is read once, even if the file changes later.

        Raises:
            InputError: if it is damaged, or not the one that was imported.
        """
        if self._cells_by_field is None:
            self._cells_by_field = CellsByField(self.cells())
        return self._cells_by_field.of(record.field)

    def table(self) -> pd.DataFrame:
        """Return the table of fields."""
        return table_from_records(self.fields)

    def _take_other_patterns_from_cells(self) -> None:
        """Take what a serum shows beside its main pattern from what is said of its cells.

        Cohorts of earlier versions say it of the cells that were drawn, and not of their fields.
        """
        if not has_column(self.path / CELLS, OTHER_PATTERNS):
            return
        with suppress(InputError):  # whoever asks for cells is told what is wrong with them
            others = {
                record.field: next((cell.other_patterns for cell in self.cells_of(record)), None)
                for record in self.fields
                if record.pattern is not None
            }
            self.fields = tuple(
                replace(record, other_patterns=others.get(record.field)) for record in self.fields
            )

    def _refused(self, finding: Finding) -> InputError:
        """Return the error that a field was changed; outside of a check it names the cohort."""
        return replace(finding, where=f"{self.path}, {finding.where}").as_error()

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
        except InputError:
            raise
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
