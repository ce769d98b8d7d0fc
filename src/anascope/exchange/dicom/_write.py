"""The DICOM files of specimens."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from anascope.errors import InputError, WriteError
from anascope.exchange._finding import Finding
from anascope.exchange._results import SpecimenResult
from anascope.exchange.dicom._codes import library
from anascope.exchange.dicom._report import ReportedField, report_on
from anascope.exchange.dicom._segmentation import (
    SegmentationKind,
    read_labels,
    segmentation_of,
)
from anascope.exchange.dicom._source import source_of
from anascope.files import new_folder, replacing
from anascope.names import FolderNames
from anascope.reading.results import read_field_files

_LABELS = "labels.tif"


def write_objects(
    result: SpecimenResult,
    finding: Finding,
    out: Path,
    *,
    kind: SegmentationKind = "binary",
    organization: str = "",
    now: datetime.datetime | None = None,
) -> list[Path]:
    """Write the DICOM files of a specimen into a folder that is there.

    Of each field ``images/FIELD.dcm``, if it was not in DICOM, and ``cells/FIELD.dcm``, if it has
    any; and ``report.dcm``.

    Args:
        result: What was read.
        finding: What to report of it.
        out: The folder.
        kind: As :func:`~anascope.exchange.dicom.segmentation_of` takes it.
        organization: As :func:`~anascope.exchange.dicom.report_on` takes it.
        now: When it is written; the present if None.

    Returns:
        The files.

    Raises:
        InputError: if highdicom is not installed, or an image is gone or has changed.
    """
    library("highdicom")
    names = FolderNames()
    written, fields = [], []
    for field in result.fields:
        stem = names[field.reading.field]
        source = source_of(field, finding.identity, serum=finding.serum, now=now)
        if source.converted:
            written.append(_save(source.image, out / "images" / f"{stem}.dcm"))
        reading = read_field_files(field.folder)
        segmentation = None
        if reading.cells:
            labels = read_labels(field.folder / _LABELS)
            segmentation = segmentation_of(reading, labels, source.image, kind=kind)
            written.append(_save(segmentation, out / "cells" / f"{stem}.dcm"))
        fields.append(ReportedField(reading, source.image, segmentation))
    report = report_on(finding, fields, organization=organization)
    written.append(_save(report, out / "report.dcm"))
    return written


def write_folder(
    results: Iterable[tuple[SpecimenResult, Finding]],
    out: str | Path,
    *,
    kind: SegmentationKind = "binary",
    refused: list[InputError] | None = None,
) -> int:
    """Write the DICOM files of specimens into a new folder, each into a folder of its own.

    Args:
        results: What was read, and what to report of it; one at a time is in memory.
        out: The folder, new or empty; it appears whole or not at all.
        kind: As :func:`write_objects` takes it.
        refused: Why nothing is written of a specimen is added to it; None to raise the first.

    Returns:
        Of how many specimens files were written.

    Raises:
        InputError: as :func:`write_objects`, and if the folder is not empty, or of no specimen
            anything can be written.
    """
    library("highdicom")
    names, count = FolderNames(), 0
    with new_folder(Path(out)) as folder:
        for result, finding in results:
            own = folder / names[finding.specimen]
            own.mkdir()
            try:
                write_objects(result, finding, own, kind=kind)
            except WriteError:  # would be so for all that follow
                raise
            except InputError as error:
                if refused is None:
                    raise
                refused.append(error)
                shutil.rmtree(own)
                continue
            count += 1
        if count == 0:
            raise InputError(out, "nothing to write", "at least one specimen that is whole")
    return count


def _save(image: Any, path: Path) -> Path:
    """Write a data set, whole or not at all."""
    with replacing(path) as temporary:
        image.save_as(temporary, enforce_file_format=True)
    return path
