"""Whether what was read of an image earlier still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from anascope.reading import InputFile, Provenance
from anascope.reading.results import StoredField


class WhyAnew(StrEnum):
    """Why an image that was read before is read again."""

    SPECIMEN = "of another specimen"
    CONTENT = "with another content"
    MODEL = "for another model"
    CHANNEL = "in another channel"
    PIXEL_SIZE = "with another pixel size"
    FULL_SCALE = "with another full scale"


@dataclass(frozen=True, slots=True)
class Asked:
    """How images are to be read.

    Attributes:
        model: Hash of what the model reads with.
        coverage: How often the set of patterns is to hold the right one. What was read for another
            is decided anew, without its image.
        channel: Which channel of files of which no table says it; the green one if None.
        pixel_size_um: Of images that do not say theirs, in micrometres.
        sheets: Whether each specimen gets a PDF.
    """

    model: str
    coverage: float
    channel: str | None
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
        if not is_read_by(field, asked.model):
            return WhyAnew.MODEL
        if provenance.channel_asked != (file.channel or asked.channel):
            return WhyAnew.CHANNEL
        if not _has_pixel_size(field, provenance, file, asked):
            return WhyAnew.PIXEL_SIZE
    return None


def is_read_by(field: StoredField, model: str) -> bool:
    """Tell whether a field was read by the model of that hash."""
    return field.provenance is None or field.provenance.model == model


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
