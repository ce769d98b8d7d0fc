"""What is in a folder of results, and where."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from anascope.files import restore_folders
from anascope.names import FolderNames
from anascope.reading import SpecimenReading
from anascope.reading.results._as_json import FieldFile
from anascope.reading.results._field_files import FIELD
from anascope.settings import read_file, write_file

SHEET = "sheet.pdf"
CONTACT = "contact.jpg"
_SPECIMEN = "specimen.json"


class Store:
    """Finds what is in a folder of results, and gives specimens and fields their folders.

    Attributes:
        path: The folder; it may exist, with results or without.
        specimens: Names of those whose files are there.

    Raises:
        InputError: if something in the folder is not as it was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = path / "specimens"
        self._names: dict[str, FolderNames] = {}  # of fields, by the specimen's name
        self._sources: set[tuple[str, str]] = set()
        self._restore()
        known: dict[str, dict[str, str]] = {}
        folders: dict[str, str] = {}
        for file in sorted(self._root.glob(f"*/[!.]*/{FIELD}")):
            field = read_file(FieldFile, file)
            known.setdefault(field.specimen, {})[field.field] = file.parent.name
            folders[field.specimen] = file.parent.parent.name
            self._sources.add((field.specimen, field.source))
        specimens = {file.parent.name: specimen for file, specimen in self._written()}
        folders |= {specimen.specimen: folder for folder, specimen in specimens.items()}
        self._folders = FolderNames(folders.items())
        self._fields = {(name, field) for name, fields in known.items() for field in fields}
        self.specimens = {specimen.specimen for specimen in specimens.values()}
        for name, fields in known.items():
            self._names[name] = FolderNames(fields.items(), taken=(_SPECIMEN, SHEET, CONTACT))

    def folder_of(self, specimen: str, field: str | None = None) -> Path:
        """Return where the files of a specimen are, or of one of its fields."""
        folder = self._root / self._folders[specimen]
        if field is None:
            return folder
        if specimen not in self._names:
            self._names[specimen] = FolderNames(taken=(_SPECIMEN, SHEET, CONTACT))
        return folder / self._names[specimen][field]

    def relative(self, specimen: str, field: str | None = None) -> str:
        """Return the same, counted from the folder of results, with ``/``."""
        return self.folder_of(specimen, field).relative_to(self.path).as_posix()

    def has_field(self, specimen: str, field: str) -> bool:
        """Whether the files of a field are there."""
        return (specimen, field) in self._fields

    def has_source(self, specimen: str, source: str) -> bool:
        """Whether the files of any field are there that was read from ``source``."""
        return (specimen, source) in self._sources

    def note_field(self, specimen: str, field: str, source: str) -> None:
        """Note that the files of a field are there now."""
        self._fields.add((specimen, field))
        self._sources.add((specimen, source))

    def write_specimen(self, specimen: SpecimenReading) -> None:
        """Write what was decided on a specimen."""
        write_file(self.folder_of(specimen.specimen) / _SPECIMEN, specimen)
        self.specimens.add(specimen.specimen)

    def read_specimens(self) -> list[SpecimenReading]:
        """Return what was decided on all specimens, in the order of their names."""
        return sorted(
            (specimen for _, specimen in self._written()), key=lambda specimen: specimen.specimen
        )

    def in_order(self, specimens: Iterable[SpecimenReading]) -> list[tuple[str, str]]:
        """Return specimen and field of all fields: as specimens name them, then the rest."""
        named = [(specimen.specimen, field) for specimen in specimens for field in specimen.fields]
        there = [pair for pair in named if pair in self._fields]
        return there + sorted(self._fields.difference(there))

    def remove_temporary(self) -> None:
        """Remove what a killed reading left half-written."""
        self._restore()
        for entry in [*self._root.glob(".*"), *self._root.glob("*/.*")]:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)

    def _restore(self) -> None:
        for specimen in self._root.glob("*"):
            restore_folders(specimen)

    def _written(self) -> Iterator[tuple[Path, SpecimenReading]]:
        """Yield the file of every specimen, and what it says."""
        for file in sorted(self._root.glob(f"*/{_SPECIMEN}")):
            yield file, read_file(SpecimenReading, file)
