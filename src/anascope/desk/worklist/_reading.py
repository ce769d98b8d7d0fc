"""What anascope read of a specimen, as the desk keeps it: whole, whatever becomes of the folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pydantic import ValidationError

from anascope.desk.store import checked_text
from anascope.errors import InputError
from anascope.files import sha256_of
from anascope.reading import FieldSummary, SpecimenReading
from anascope.reading.results import Store
from anascope.settings import adapter

_LONGEST = 600  # letters of a specimen's name: more, and a server cannot sort by it
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field of a specimen.

    Attributes:
        summary: What was read of it, without its cells and the times.
        folder: Where its files are, from the folder of results.
        cells: How many cells it has.
    """

    summary: FieldSummary
    folder: str
    cells: int

    @property
    def name(self) -> str:
        """Its name."""
        return self.summary.field

    @property
    def image(self) -> Path | None:
        """The image file, or None of an array."""
        provenance = self.summary.provenance
        return None if provenance is None else path_of(provenance.file)

    @property
    def sha256(self) -> str:
        """Hash of the image file's content, or empty of an array."""
        return "" if self.summary.provenance is None else self.summary.provenance.sha256


@dataclass(frozen=True, slots=True)
class ReadSpecimen:
    """A specimen.

    Attributes:
        specimen: What was read of it.
        folder: Where its files are, from the folder of results.
        fields: Its fields, in their order.
    """

    specimen: SpecimenReading
    folder: str
    fields: tuple[ReadField, ...]

    @property
    def images(self) -> tuple[str, ...]:
        """SHA-256 of the image files, in the order of the fields."""
        return tuple(field.sha256 for field in self.fields if field.sha256)

    @property
    def model(self) -> str:
        """Identity of the model that read it, or empty of arrays."""
        found = (field.summary.provenance for field in self.fields)
        return next((provenance.model for provenance in found if provenance is not None), "")

    @property
    def essence_sha256(self) -> str:
        """Hash of all but where files are: the same after files were moved."""
        fields = tuple(replace(field, summary=_nowhere(field), folder="") for field in self.fields)
        return sha256_of(as_content(replace(self, folder="", fields=fields)).encode())


def as_content(read: ReadSpecimen) -> str:
    """Return it as text; the same for the same reading."""
    return adapter(ReadSpecimen).dump_json(read).decode("utf-8")


def reading_from_text(text: str) -> ReadSpecimen:
    """Return what :func:`as_content` wrote.

    Raises:
        InputError: if it is damaged.
    """
    try:
        read: ReadSpecimen = adapter(ReadSpecimen).validate_json(text, strict=True)
    except ValidationError as error:
        where, found = "a reading in the desk's database", f"{error.error_count()} wrong values"
        expected = "a reading as it was brought in: see anascope desk verify"
        raise InputError(where, found, expected) from None
    return read


def read_specimen(store: Store, specimen: SpecimenReading) -> ReadSpecimen:
    """Return what is in a folder of results of a specimen.

    Raises:
        InputError: if one of its fields is damaged, or no database takes its name.
    """
    checked_text(specimen.specimen, f"specimen '{specimen.specimen[:_SHOWN]}'", most=_LONGEST)
    folder = store.specimen_folder(specimen.specimen)
    fields = []
    for name in specimen.fields:
        read = folder.read_field(name)
        values = {key: getattr(read, key) for key in _SUMMARY}
        own = folder.folder_of(name).relative_to(store.path).as_posix()
        fields.append(ReadField(FieldSummary(**{**values, "seconds": {}}), own, read.cell_count))
    own = folder.path.relative_to(store.path).as_posix()
    return ReadSpecimen(specimen, own, tuple(fields))


def path_of(uri: str) -> Path:
    """Return the path that a URI of a file names."""
    return Path(url2pathname(urlsplit(uri).path))


_SUMMARY = tuple(FieldSummary.__dataclass_fields__)


def _nowhere(field: ReadField) -> FieldSummary:
    provenance = field.summary.provenance
    if provenance is not None:
        provenance = replace(provenance, file="", specimen="")
    return replace(field.summary, source="", provenance=provenance)
