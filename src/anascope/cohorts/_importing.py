"""From a source to a prepared cohort: read, check, map labels, write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.cohorts._cohort import Cohort
from anascope.cohorts._pixels import GreyImage
from anascope.cohorts._writer import CohortWriter
from anascope.cohorts.sources import Source, SourceField
from anascope.cohorts.sources._base import CELL_COLUMNS
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.records import FieldRecord, MaskValue, Window
from anascope.words import intensity_named, pattern_named


@dataclass(frozen=True)
class ReadField:
    """A field of a source, read and checked on its own."""

    record: FieldRecord
    image: GreyImage
    mask: NDArray[np.uint8] | None
    cells: tuple[dict[str, object], ...]


def read_fields(source: Source) -> Iterator[ReadField | InputError]:
    """Yield each field of ``source``, or the error that says why it cannot be used."""
    for field in source.fields():
        if isinstance(field, InputError):
            yield field
            continue
        if isinstance(field, Exception):
            raise field
        try:
            yield _read(field)
        except InputError as error:
            yield error


def import_cohort(
    source: Source,
    destination: Path,
    *,
    source_format: str,
    skip_bad: bool = False,
    on_field: Callable[[], None] = lambda: None,
) -> Cohort:
    """Write ``source`` as a prepared cohort into the new folder ``destination``.

    Args:
        source: What to import.
        destination: The folder to make; it appears only when the whole import has succeeded.
        source_format: Name of the layout, for the record.
        skip_bad: Import what is good and list the rest, instead of stopping at the first.
        on_field: Called after each field, for progress.

    Raises:
        InputError: for the first bad field (unless ``skip_bad``), or if no field is good.
    """
    left_out: list[str] = []
    cells: list[dict[str, object]] = []
    with new_folder(destination) as folder:
        writer = CohortWriter(folder)
        for item in read_fields(source):
            if isinstance(item, ReadField):
                try:
                    writer.add(item.record, item.image, item.mask)
                    cells.extend(item.cells)
                except InputError as error:
                    item = error
            if isinstance(item, InputError):
                if not skip_bad:
                    raise item
                left_out.append(str(item))
            on_field()
        if len(left_out) == len(source):
            raise InputError(source.path, "no usable field", "at least one good field")
        writer.close(
            name=source.name,
            source=str(source.path.resolve()),
            source_format=source_format,
            cells=pd.DataFrame(cells, columns=list(CELL_COLUMNS)) if cells else None,
            left_out=left_out,
        )
    return Cohort.open(destination)


def _read(field: SourceField) -> ReadField:
    pattern = _said(field.pattern)
    intensity = _said(field.intensity)
    record = FieldRecord(
        field=field.field,
        patient=_said(field.patient),
        specimen=_said(field.specimen),
        pattern=pattern and pattern_named(pattern, where=field.where).name,
        intensity=intensity and intensity_named(intensity, where=field.where),
        image="",
        window=Window(0, 0, 0, 0),
        has_mask=False,
        pixel_size_um=field.pixel_size_um,
        full_scale=0,
        source_image=field.source_image,
        source_mask=field.source_mask,
        pixels_sha256="",
        mask_sha256=None,
    )
    image = field.read_image()
    mask = None if field.read_mask is None else field.read_mask(image)
    if mask is not None:
        _check_mask(field, image, mask)
    return ReadField(record, image, mask, tuple(_named_cell(cell, field) for cell in field.cells))


def _check_mask(field: SourceField, image: GreyImage, mask: NDArray[np.uint8]) -> None:
    where = field.source_mask or field.where
    if mask.shape != image.shape:
        raise InputError(where, f"a mask of {_size(mask)}", f"{_size(image)}, as the image")
    if not (mask == MaskValue.CELL).any():
        raise InputError(where, "an empty mask", "at least one cell")


def _named_cell(cell: dict[str, object], field: SourceField) -> dict[str, object]:
    named = dict(cell)
    if cell.get("pattern"):
        named["pattern"] = pattern_named(str(cell["pattern"]), where=field.where).name
    if cell.get("intensity"):
        named["intensity"] = intensity_named(str(cell["intensity"]), where=field.where)
    return named


def _said(text: str | None) -> str | None:
    return text.strip() or None if text is not None else None


def _size(pixels: GreyImage) -> str:
    return f"{pixels.shape[1]}×{pixels.shape[0]} pixels"
