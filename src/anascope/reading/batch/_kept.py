"""Whether what was read of an image earlier still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from anascope.reading import InputFile, Provenance
from anascope.reading.results import StoredField


class WhyAnew(StrEnum):
    """Why an image that was read before is read anew."""

    SPECIMEN = "another specimen"
    CONTENT = "another content"
    MODEL = "another model"
    COVERAGE = "another coverage"
    PIXEL_SIZE = "another pixel size"


@dataclass(frozen=True, slots=True)
class Asked:
    """How images are to be read.

    Attributes:
        model: Hash of what the model reads with.
        coverage: How often the set of patterns is to hold the right one.
        pixel_size_um: Of images that do not say theirs, in micrometres.
        sheets: Whether each specimen gets a PDF.
    """

    model: str
    coverage: float
    pixel_size_um: float | None
    sheets: bool


def why_anew(
    file: InputFile, sha256: str, stored: Sequence[StoredField], asked: Asked
) -> WhyAnew | None:
    """Return why a file is to be read anew, or None if what was read of it holds.

    Args:
        file: The file as it is given now.
        sha256: Hash of its content now.
        stored: What was read of it, in part or as a whole.
        asked: How it is to be read now.
    """
    for field in stored:
        provenance = field.provenance
        if provenance is None or provenance.sha256 != sha256:
            return WhyAnew.CONTENT
        if provenance.specimen != file.specimen_key:
            return WhyAnew.SPECIMEN
        if not is_read_as(field, asked):
            return WhyAnew.MODEL if provenance.model != asked.model else WhyAnew.COVERAGE
        if not _has_pixel_size(field, provenance, file, asked):
            return WhyAnew.PIXEL_SIZE
    return None


def is_read_as(field: StoredField, asked: Asked) -> bool:
    """Tell whether a field was read by that model and for that coverage."""
    provenance = field.provenance
    return provenance is None or (
        provenance.model == asked.model and field.coverage == asked.coverage
    )


def _has_pixel_size(
    field: StoredField, provenance: Provenance, file: InputFile, asked: Asked
) -> bool:
    if file.pixel_size_um is not None:  # a table comes before the file, and that before the option
        return field.pixel_size_um == file.pixel_size_um
    if provenance.pixel_size_from == "table":
        return False  # what the file says is not known
    if provenance.pixel_size_from == "estimated":  # it follows from the image's content
        return asked.pixel_size_um is None
    return provenance.pixel_size_from == "file" or field.pixel_size_um == asked.pixel_size_um
