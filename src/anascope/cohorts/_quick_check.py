"""What can be told of a cohort's soundness without its pixels: quick enough for every opening."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from anascope.cohorts._changes import changed, table_file_findings
from anascope.cohorts._counts import counts_of
from anascope.cohorts._description import CELLS, FIELDS, IMAGES, CohortInfo, fingerprint_of
from anascope.cohorts._omezarr import (
    LARGEST_SHEET,
    StoredArray,
    has_instances,
    image_folder,
    stored_image,
    stored_instances,
    stored_mask,
)
from anascope.cohorts.sources import Finding, Kind, Severity
from anascope.errors import InputError
from anascope.files import FolderFile
from anascope.records import FieldRecord

_GREY = ("uint8", "uint16")


def quick_findings(
    path: Path, info: CohortInfo, records: Sequence[FieldRecord]
) -> Iterator[Finding]:
    """Yield where tables, description and stores of the cohort in ``path`` do not fit together."""
    yield from table_findings(path, info, records)
    for _, finding in store_findings(path / IMAGES, info, records):
        yield finding


def table_findings(
    path: Path, info: CohortInfo, records: Sequence[FieldRecord]
) -> Iterator[Finding]:
    """Yield where the tables are not those that ``cohort.json`` describes.

    What a cohort of an earlier version does not say of its tables is not compared.
    """
    description = path / FolderFile.COHORT
    if info.tables_sha256 is not None:
        yield from table_file_findings(path / FIELDS, info.tables_sha256.get(FIELDS))
        if CELLS in info.tables_sha256:
            yield from table_file_findings(path / CELLS, info.tables_sha256[CELLS])
        elif (path / CELLS).exists():
            yield changed(path / CELLS, "a table of cells", "no such table, as the import wrote")
    fingerprint = fingerprint_of(records, info.cells_sha256)
    if fingerprint != info.fingerprint:
        found = f"'{info.fingerprint:.12}', and the fields in {FIELDS} have {fingerprint:.12}"
        yield changed(f"{description}, fingerprint", found)
        return  # nor can the counts be right then
    for key, count in counts_of(records).items():
        if info.counts.get(key) != count:
            found = f"{info.counts.get(key)!r}"
            yield changed(f"{description}, counts.{key}", found, f"{count!r}, as in {FIELDS}")


def store_findings(
    images: Path, info: CohortInfo, records: Sequence[FieldRecord]
) -> Iterator[tuple[Sequence[FieldRecord], Finding]]:
    """Yield where the table of fields speaks of other images than are stored, image by image.

    Args:
        images: The folder of the stored images.
        info: The cohort's description.
        records: The fields.

    Yields:
        The fields that cannot be read for that reason, and what is wrong.
    """
    by_image: dict[str, list[FieldRecord]] = defaultdict(list)
    for record in records:
        by_image[record.image].append(record)
    for name, fields in by_image.items():
        if name != Path(name).name:
            found = f"image '{name}'"
            yield fields, changed(_row(images, fields[0]), found, "the name of a stored image")
            continue
        try:
            stored = stored_image(images, name)
            for finding in _label_findings(images, name, stored, fields):
                yield fields, finding
            if info.instances_hashed:
                for record, finding in _instances_misfits(images, fields):
                    yield [record], finding
        except InputError as error:
            yield fields, Finding.of(error, Kind.UNREADABLE)
            continue
        full_scale = _full_scale(stored)
        for record in fields:
            for found, expected in _misfits(record, stored, full_scale):
                yield [record], changed(_row(images, record), found, expected)


def _label_findings(
    images: Path, name: str, image: StoredArray, fields: Sequence[FieldRecord]
) -> Iterator[Finding]:
    """Yield what is wrong with the label images: another size or type than they must have."""
    labels: list[tuple[str, StoredArray, str]] = []
    if any(record.has_mask for record in fields):
        labels.append(("mask", stored_mask(images, name), "uint8"))
    if has_instances(images, name):
        labels.append(("instances", stored_instances(images, name), "uint16"))
    where = str(image_folder(images, name))
    if image.data_type not in _GREY:
        yield changed(where, f"values of type {image.data_type}", " or ".join(_GREY))
    for kind, stored, data_type in labels:
        if stored.shape != image.shape:
            found, expected = f"a {kind} of {_size(stored)}", f"{_size(image)}, as the image"
            yield Finding(Kind.MASK_SIZE, Severity.ERROR, f"{where}, {kind}", found, expected)
        if stored.data_type != data_type:
            yield changed(f"{where}, {kind}", f"values of type {stored.data_type}", data_type)


def _instances_misfits(
    images: Path, fields: Sequence[FieldRecord]
) -> Iterator[tuple[FieldRecord, Finding]]:
    """Yield where the fields of an image speak of single cells and none are stored, or not so."""
    for record in fields:
        stored = has_instances(images, record.image)
        if stored != (record.instances_sha256 is not None):
            found = (
                f"{'' if stored else 'no '}stored instances, and {'no ' if stored else 'a '}hash"
            )
            yield record, changed(_row(images, record), f"{found} of them", "both or neither")


def _full_scale(stored: StoredArray) -> int | None:
    """Return the grey level that counts as 1.0, None for what is no image."""
    return int(np.iinfo(stored.data_type).max) if stored.data_type in _GREY else None


def _misfits(
    record: FieldRecord, stored: StoredArray, full_scale: int | None
) -> Iterator[tuple[str, str]]:
    """Yield what a field says that cannot be so, and what is expected."""
    window = record.window
    height, width = stored.shape
    inside = (
        window.y >= 0
        and window.x >= 0
        and window.height > 0
        and window.width > 0
        and window.y + window.height <= height
        and window.x + window.width <= width
    )
    if not inside:
        yield f"{window}", f"a window of the stored image of {_size(stored)}"
    elif (window.height, window.width) != stored.shape and max(stored.shape) > LARGEST_SHEET:
        yield f"{window}", f"the whole stored image of {_size(stored)}"
    if full_scale is not None and record.full_scale != full_scale:
        yield f"full scale {record.full_scale}", f"{full_scale} for {stored.data_type}"
    if record.has_mask != (record.mask_sha256 is not None):
        flag = "a mask" if record.has_mask else "no mask"
        yield f"{flag}, and {'no' if record.has_mask else 'a'} hash of one", "both or neither"
    size = record.pixel_size_um
    if size is not None and not (math.isfinite(size) and size > 0):
        yield f"a pixel size of {size} µm", "a positive number, or none"


def _size(stored: StoredArray) -> str:
    height, width = stored.shape
    return f"{width}×{height} pixels"


def _row(images: Path, record: FieldRecord) -> str:
    return f"{images.parent / FIELDS}, field '{record.field}'"
