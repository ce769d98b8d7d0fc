"""Write a prepared cohort: whole, or not at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope._version import __version__
from anascope.cohorts._cohort import (
    CELLS,
    DESCRIPTION,
    FIELDS,
    IMAGES,
    CohortInfo,
    fingerprint_of,
    table_from_records,
)
from anascope.cohorts._omezarr import write_image
from anascope.cohorts._pixels import GreyImage
from anascope.errors import InputError
from anascope.files import sha256_of, write_json
from anascope.records import FieldRecord, MaskValue, Window

_SMALL = 128  # pixels; images of at most this size go together on sheets
_SHEET_CELLS = 32  # small images along a side of a sheet


class CohortWriter:
    """Collects fields in a folder and closes it into a cohort.

    Images of at most 128×128 pixels (single cells) are laid out on shared sheets of up to
    32×32, because a store of thousands of tiny arrays is slow to open everywhere.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._records: list[FieldRecord] = []
        self._names: set[str] = set()
        self._small: list[tuple[FieldRecord, GreyImage, NDArray[np.uint8] | None]] = []
        self._sheets = 0
        (folder / IMAGES).mkdir(parents=True)

    def add(self, record: FieldRecord, image: GreyImage, mask: NDArray[np.uint8] | None) -> None:
        """Write one field.

        Args:
            record: What is known of it; image, window, full scale and hashes are set here.
            image: Signal, axes (y, x).
            mask: Values of ``MaskValue``, axes (y, x), or None.

        Raises:
            InputError: if a field of that name was added already.
        """
        if record.field in self._names:
            raise InputError(record.source_image, f"a second field '{record.field}'", "unique names")
        self._names.add(record.field)
        record = replace(
            record,
            window=Window(0, 0, *image.shape),
            image=re.sub(r"[^\w.-]+", "_", record.field),
            full_scale=int(np.iinfo(image.dtype).max),
            has_mask=mask is not None,
            pixels_sha256=pixels_hash(image),
            mask_sha256=None if mask is None else pixels_hash(mask),
        )
        if max(image.shape) <= _SMALL:
            self._small.append((record, image, mask))
            if len(self._small) == _SHEET_CELLS**2:
                self._write_sheet()
            return
        write_image(self._folder / IMAGES, record.image, image, mask, record.pixel_size_um)
        self._records.append(record)

    def close(
        self,
        *,
        name: str,
        source: str,
        source_format: str,
        cells: pd.DataFrame | None,
        left_out: Sequence[str],
    ) -> CohortInfo:
        """Write what is pending, the tables and the description."""
        self._write_sheet()
        table_from_records(self._records).to_parquet(self._folder / FIELDS, index=False)
        if cells is not None and len(cells):
            cells.to_parquet(self._folder / CELLS, index=False)
        info = CohortInfo(
            name=name,
            source=source,
            source_format=source_format,
            fingerprint=fingerprint_of(self._records),
            counts=counts_of(self._records),
            left_out=list(left_out),
            written_by=f"anascope {__version__}",
        )
        write_json(self._folder / DESCRIPTION, asdict(info))
        return info

    def _write_sheet(self) -> None:
        """Lay the pending small images out on a sheet, one type of pixels a sheet."""
        pending, self._small = self._small, []
        for dtype in {image.dtype.str for _, image, _ in pending}:
            group = [entry for entry in pending if entry[1].dtype.str == dtype]
            self._write_sheet_of(group)

    def _write_sheet_of(
        self, group: list[tuple[FieldRecord, GreyImage, NDArray[np.uint8] | None]]
    ) -> None:
        name = f"sheet-{self._sheets:04d}"
        self._sheets += 1
        pitch = max(max(image.shape) for _, image, _ in group)
        rows = -(-len(group) // _SHEET_CELLS)
        shape = (rows * pitch, min(len(group), _SHEET_CELLS) * pitch)
        sheet = np.zeros(shape, dtype=group[0][1].dtype)
        masks = np.full(shape, MaskValue.UNKNOWN, dtype=np.uint8)
        for place, (record, image, mask) in enumerate(group):
            y, x = (pitch * index for index in divmod(place, _SHEET_CELLS))
            window = Window(y, x, *image.shape)
            area = np.s_[y : y + window.height, x : x + window.width]
            sheet[area] = image
            if mask is not None:
                masks[area] = mask
            self._records.append(replace(record, image=name, window=window))
        any_mask = any(mask is not None for _, _, mask in group)
        sizes = {record.pixel_size_um for record, _, _ in group}
        pixel_size_um = sizes.pop() if len(sizes) == 1 else None
        write_image(
            self._folder / IMAGES, name, sheet, masks if any_mask else None, pixel_size_um
        )


def pixels_hash(pixels: NDArray[Any]) -> str:
    """Return the SHA-256 of an array's type, shape and values."""
    header = f"{pixels.dtype.str} {pixels.shape}".encode()
    return sha256_of(header, np.ascontiguousarray(pixels).tobytes())


def counts_of(records: Sequence[FieldRecord]) -> dict[str, Any]:
    """Return the numbers that ``cohort.json`` and ``cohort show`` report."""
    return {
        "fields": len(records),
        "patients": len({r.patient for r in records if r.patient}),
        "specimens": len({r.specimen for r in records if r.specimen}),
        "patterns": _tally(r.pattern for r in records),
        "intensities": _tally(r.intensity for r in records),
        "missing": {
            what: sum(getattr(r, what) is None for r in records)
            for what in ("patient", "specimen", "pattern", "intensity", "pixel_size_um")
        }
        | {"mask": sum(not r.has_mask for r in records)},
    }


def _tally(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(value for value in values if value is not None).items()))
