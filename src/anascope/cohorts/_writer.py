"""Write a prepared cohort: whole, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope._version import __version__
from anascope.cohorts._counts import counts_of
from anascope.cohorts._description import (
    CELLS,
    FIELDS,
    IMAGES,
    CohortInfo,
    cells_hash,
    fingerprint_of,
)
from anascope.cohorts._fields_table import write_fields
from anascope.cohorts._hashing import described
from anascope.cohorts._omezarr import SHEET_CELLS, SMALL, write_image
from anascope.errors import InputError
from anascope.files import FolderFile
from anascope.images import GreyImage, size_of
from anascope.names import numbered, plain_letters
from anascope.own_tables import file_sha256
from anascope.records import FieldRecord, MaskValue, Window
from anascope.settings import write_file

_LONGEST_NAME = 100  # characters of a field's name that go into its folder's name


class _Pending(NamedTuple):
    """A small image that waits for its sheet."""

    row: int
    record: FieldRecord
    image: GreyImage
    mask: NDArray[np.uint8] | None
    instances: NDArray[np.uint16] | None

    @property
    def sort(self) -> tuple[str, bool]:
        """What all images of a sheet have in common."""
        return self.image.dtype.str, self.instances is not None


class CohortWriter:
    """Collects fields in a folder and closes it into a cohort.

    Images of at most 128×128 pixels (single cells) are laid out on shared sheets of up to
    32×32, because a store of thousands of tiny arrays is slow to open everywhere. The table
    keeps the order in which fields were added.

    Args:
        folder: The folder to fill.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fields: set[str] = set()
        self._records: dict[int, FieldRecord] = {}
        self._small: list[_Pending] = []
        self._images: set[str] = set()
        self._sheets = 0
        (folder / IMAGES).mkdir(parents=True)

    def add(
        self,
        record: FieldRecord,
        image: GreyImage,
        mask: NDArray[np.uint8] | None,
        instances: NDArray[np.uint16] | None = None,
    ) -> None:
        """Write one field.

        Args:
            record: What is known of it; image, window, full scale and hashes are set here.
            image: Signal, axes (y, x).
            mask: Values of ``MaskValue``, axes (y, x), or None.
            instances: Number of the cell at each pixel, axes (y, x), or None.

        Raises:
            InputError: if a field of that name was added already, or mask or instances have
                another size.
        """
        if record.field in self._fields:
            raise InputError(
                record.source_image, f"a second field '{record.field}'", "unique names"
            )
        for kind, labels in (("a mask", mask), ("instances", instances)):
            if labels is not None and labels.shape != image.shape:
                found = f"{kind} of {size_of(labels)}"
                raise InputError(record.source_image, found, f"{size_of(image)}, as the image")
        row = len(self._fields)
        self._fields.add(record.field)
        record = described(record, image, mask, instances)
        if max(image.shape) <= SMALL:
            self._small.append(_Pending(row, record, image, mask, instances))
            if len(self._small) == SHEET_CELLS**2:
                self._write_sheets()
            return
        name = self._image_name(record.field)
        self._write_image(name, image, mask, record.pixel_size_um, instances)
        self._records[row] = replace(record, image=name)

    def close(
        self,
        *,
        name: str,
        source: str,
        source_format: str,
        cells: pd.DataFrame | None,
        left_out: Sequence[str],
        warnings: Sequence[str] = (),
        gap: int = 0,
    ) -> CohortInfo:
        """Write what is pending, the tables and the description.

        Args:
            name: Name of the cohort.
            source: Where it comes from.
            source_format: The importer that read it.
            cells: One row a cell, or None.
            left_out: One line for each item that was left out.
            warnings: One line for each thing that somebody should look at.
            gap: Fields that folds leave out on each side of a border between two specimens.
        """
        self._write_sheets()
        records = [record for _, record in sorted(self._records.items())]
        write_fields(self._folder / FIELDS, records)
        tables, cells_sha256 = [FIELDS], None
        if cells is not None and len(cells):
            cells.to_parquet(self._folder / CELLS, index=False)
            tables.append(CELLS)
            cells_sha256 = cells_hash(cells)
        info = CohortInfo(
            name=name,
            source=source,
            source_format=source_format,
            fingerprint=fingerprint_of(records, cells_sha256),
            counts=counts_of(records),
            left_out=list(left_out),
            written_by=f"anascope {__version__}",
            warnings=list(warnings),
            tables_sha256={name: file_sha256(self._folder / name) for name in tables},
            cells_sha256=cells_sha256,
            instances_hashed=True,
            gap=gap,
        )
        write_file(self._folder / FolderFile.COHORT, info)
        return info

    def _write_sheets(self) -> None:
        """Lay the pending small images out, those of one sort on a sheet."""
        pending, self._small = self._small, []
        for sort in sorted({entry.sort for entry in pending}):
            self._write_sheet([entry for entry in pending if entry.sort == sort])

    def _write_sheet(self, entries: list[_Pending]) -> None:
        name = self._image_name(f"sheet-{self._sheets:04d}")
        self._sheets += 1
        pitch = max(max(entry.image.shape) for entry in entries)
        rows = -(-len(entries) // SHEET_CELLS)
        shape = (rows * pitch, min(len(entries), SHEET_CELLS) * pitch)
        sheet = np.zeros(shape, dtype=entries[0].image.dtype)
        masks = np.full(shape, MaskValue.UNKNOWN, dtype=np.uint8)
        numbers = np.zeros(shape, dtype=np.uint16)
        for cell, (row, record, image, mask, instances) in enumerate(entries):
            y, x = (pitch * steps for steps in divmod(cell, SHEET_CELLS))
            window = Window(y, x, *image.shape)
            area = np.s_[y : y + window.height, x : x + window.width]
            sheet[area] = image
            if mask is not None:
                masks[area] = mask
            if instances is not None:
                numbers[area] = instances
            self._records[row] = replace(record, image=name, window=window)
        any_mask = any(entry.mask is not None for entry in entries)
        _, any_instances = entries[0].sort
        sizes = {entry.record.pixel_size_um for entry in entries}
        pixel_size_um = sizes.pop() if len(sizes) == 1 else None
        self._write_image(
            name,
            sheet,
            masks if any_mask else None,
            pixel_size_um,
            numbers if any_instances else None,
        )

    def _write_image(
        self,
        name: str,
        image: GreyImage,
        mask: NDArray[np.uint8] | None,
        size_um: float | None,
        instances: NDArray[np.uint16] | None,
    ) -> None:
        write_image(self._folder / IMAGES, name, image, mask, size_um, instances)

    def _image_name(self, wanted: str) -> str:
        """Return a free name of a stored image that every file system takes."""
        stem = plain_letters(wanted)[:_LONGEST_NAME].lstrip(".") or "field"
        name = numbered(stem, self._images)
        self._images.add(name.casefold())
        return name
