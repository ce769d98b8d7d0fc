"""What is in a folder of results, and where."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from sys import intern

from anascope.files import FolderFile, restore_folders
from anascope.names import FolderNames
from anascope.reading import SpecimenReading
from anascope.reading.results._as_json import FieldFile
from anascope.settings import read_file, write_file

SHEET = "sheet.pdf"
CONTACT = "contact.jpg"


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
        self.specimens: set[str] = set()
        self._root = path / "specimens"
        self._fields: dict[str, dict[str, str]] = {}  # folders by field by specimen, of those there
        self._sources: set[tuple[str, str]] = set()
        self._new: dict[str, FolderNames] = {}  # of fields, by specimen, until it is written
        self._restore()
        folders: dict[str, str] = {}
        for name in sorted(folder.name for folder in self._root.glob("*")):
            for file in sorted((self._root / name).glob(f"[!.]*/{FolderFile.FIELD}")):
                field = read_file(FieldFile, file)
                folders[field.specimen] = name
                self._note(field.specimen, field.field, field.source, file.parent.name)
            if (self._root / name / FolderFile.SPECIMEN).exists():
                specimen = read_file(
                    SpecimenReading, self._root / name / FolderFile.SPECIMEN
                ).specimen
                folders[specimen] = name
                self.specimens.add(specimen)
        self._folders = FolderNames(folders.items())

    def folder_of(self, specimen: str, field: str | None = None) -> Path:
        """Return where the files of a specimen are, or of one of its fields."""
        folder = self._root / self._folders[specimen]
        if field is None:
            return folder
        known = self._fields.get(specimen, {})
        if field in known:
            return folder / known[field]
        if specimen not in self._new:
            self._new[specimen] = FolderNames(
                known.items(), taken=(FolderFile.SPECIMEN, SHEET, CONTACT)
            )
        return folder / self._new[specimen][field]

    def relative(self, specimen: str, field: str | None = None) -> str:
        """Return the same, counted from the folder of results, with ``/``."""
        return self.folder_of(specimen, field).relative_to(self.path).as_posix()

    def has_field(self, specimen: str, field: str) -> bool:
        """Whether the files of a field are there."""
        return field in self._fields.get(specimen, {})

    def has_source(self, specimen: str, source: str) -> bool:
        """Whether the files of any field are there that was read from ``source``."""
        return (specimen, source) in self._sources

    def note_field(self, specimen: str, field: str, source: str) -> None:
        """Note that the files of a field are there now."""
        self._note(specimen, field, source, self.folder_of(specimen, field).name)

    def write_specimen(self, specimen: SpecimenReading) -> None:
        """Write what was decided on a specimen, after its fields."""
        write_file(self.folder_of(specimen.specimen) / FolderFile.SPECIMEN, specimen)
        self.specimens.add(specimen.specimen)
        self._new.pop(specimen.specimen, None)

    def read_specimens(self) -> Iterator[SpecimenReading]:
        """Yield what was decided on all specimens, in the order of their names."""
        for name in sorted(self.specimens):
            yield read_file(SpecimenReading, self.folder_of(name) / FolderFile.SPECIMEN)

    def field_folders(self) -> Iterator[Path]:
        """Yield the folders of all fields: as specimens name them, then the rest."""
        rest = [
            (name, field)
            for name in self._fields.keys() - self.specimens
            for field in self._fields[name]
        ]
        for specimen in self.read_specimens():
            name, known = specimen.specimen, self._fields.get(specimen.specimen, {})
            yield from (self.folder_of(name, field) for field in specimen.fields if field in known)
            rest += [(name, field) for field in known.keys() - specimen.fields]
        yield from (self.folder_of(*pair) for pair in sorted(rest))

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

    def _note(self, specimen: str, field: str, source: str, folder: str) -> None:
        # These names stay in memory for every field: a name and a folder that are the same text,
        # or a specimen's name in many fields, are kept once.
        specimen = intern(specimen)
        self._fields.setdefault(specimen, {})[intern(field)] = intern(folder)
        self._sources.add((specimen, source))
