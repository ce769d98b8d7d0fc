"""What is in a folder of results, and where."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from sys import intern
from typing import Literal

from anascope.errors import InputError
from anascope.files import FolderFile, restore_folders
from anascope.names import FolderNames
from anascope.reading import FieldSummary, NotRead, Provenance, SpecimenReading, refused
from anascope.reading.results._as_json import FieldFile
from anascope.reading.results._field_files import FIELD_FILES, is_filled, restore_thumbnail
from anascope.reading.results._specimen_folder import (
    CONTACT,
    NOT_READ,
    SHEET,
    SpecimenFolder,
    read_not_read,
    write_not_read,
)
from anascope.settings import Description, read_file, write_file


class SpecimensFile(Description):
    """Marks a folder whose pictures anascope has drawn: none of them is a field to read."""

    format: Literal["anascope-specimens"] = "anascope-specimens"


@dataclass(frozen=True, slots=True)
class StoredField:
    """A field whose files are there, all of them.

    Attributes:
        specimen, field: What it is called.
        folder: Name of its folder, in that of its specimen.
        provenance: Which image it is and what read it, or None of an array.
        pixel_size_um: Micrometres, or None if it was not known.
        coverage: How often the set of patterns was to hold the right one; None of a field that is
            not evaluable, which is so whatever the coverage.
    """

    specimen: str
    field: str
    folder: str
    provenance: Provenance | None
    pixel_size_um: float | None
    coverage: float | None


class Store:
    """Finds what is in a folder of results, and gives specimens their folders.

    What is damaged counts as not there, and is told in ``damaged``.

    Attributes:
        path: The folder; it may exist, with results or without.
        specimens: Names of those that are decided, from all of their fields that are there.
        half_decided: Names of those on which something was decided that does not fit their
            fields: one is gone or damaged, or the decision itself is.
        damaged: What is not as it was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.specimens: set[str] = set()
        self.half_decided: set[str] = set()
        self.damaged: list[NotRead] = []
        self._root = path / "specimens"
        self._outdated: set[str] = set()  # decided from some of their fields
        self._fields: dict[str, dict[str, StoredField]] = {}  # by specimen, by field
        self._not_read: dict[str, tuple[NotRead, ...]] = {}  # by folder of a specimen
        folders: dict[str, str] = {}
        for folder in sorted(filter(Path.is_dir, self._root.glob("[!.]*"))):
            restore_folders(folder)
            for field in self._whole_fields(folder):
                folders[field.specimen] = folder.name
                self._fields.setdefault(field.specimen, {})[field.field] = field
            self._look_at_decision(folder, folders)
            try:
                self._not_read[folder.name] = read_not_read(folder / NOT_READ)
            except InputError as error:
                self.damaged.append(refused(error))
        self._folders = FolderNames(folders.items(), taken=(FolderFile.SPECIMENS,))

    def begin(self) -> None:
        """Mark the folder, before anything is written into it."""
        path = self._root / FolderFile.SPECIMENS
        if not is_filled(path):
            write_file(path, SpecimensFile())

    def specimen_folder(self, specimen: str) -> SpecimenFolder:
        """Return the folder of a specimen, which may have none yet."""
        known = self._fields.get(specimen, {})
        folders = {name: field.folder for name, field in known.items()}
        return SpecimenFolder(self._root / self._folders[specimen], folders)

    def fields(self) -> Iterator[StoredField]:
        """Yield all fields that are there."""
        for fields in self._fields.values():
            yield from fields.values()

    def fields_of(self, specimen: str) -> dict[str, StoredField]:
        """Return the fields of a specimen that are there, by name."""
        return self._fields.get(specimen, {})

    def not_read(self) -> Iterator[NotRead]:
        """Yield what could not be read of the image files of all specimens."""
        for entries in self._not_read.values():
            yield from entries

    def is_whole(self, specimen: str, *, sheet: bool) -> bool:
        """Whether a specimen is decided from all its fields, with its pictures.

        Args:
            specimen: Its name.
            sheet: Whether the PDF must be there as well.
        """
        if specimen not in self.specimens or specimen in self._outdated:
            return False
        folder = self._root / self._folders[specimen]
        return all(is_filled(folder / name) for name in (CONTACT, SHEET)[: 1 + sheet])

    def note(self, field: StoredField) -> None:
        """Note that the files of a field are there now."""
        self._fields.setdefault(intern(field.specimen), {})[field.field] = field

    def note_specimen(self, specimen: str) -> None:
        """Note that a specimen is decided now."""
        self.specimens.add(specimen)
        self.half_decided.discard(specimen)
        self._outdated.discard(specimen)

    def change_provenance(self, field: StoredField, provenance: Provenance, source: str) -> None:
        """Write down that the image of a field is elsewhere now."""
        path = self._folder(field) / FolderFile.FIELD
        write_file(path, replace(read_file(FieldFile, path), provenance=provenance, source=source))
        self.note(replace(field, provenance=provenance))

    def remove(self, field: StoredField) -> None:
        """Remove a field; what was decided on its specimen no longer fits and goes first."""
        folder = self._folder(field)
        (folder.parent / FolderFile.SPECIMEN).unlink(missing_ok=True)
        self.specimens.discard(field.specimen)
        aside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        folder.replace(aside)  # at once: half of a field is none
        shutil.rmtree(aside, ignore_errors=True)
        self._forget(field)

    def remove_specimen(self, specimen: str) -> None:
        """Remove the decision and the pictures of a specimen that has no field left."""
        folder = self._root / self._folders[specimen]
        for name in (FolderFile.SPECIMEN, CONTACT, SHEET):
            (folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # what could not be read of it may still be told there
            folder.rmdir()
        self.specimens.discard(specimen)
        self.half_decided.discard(specimen)

    def set_damaged_aside(self, specimen: str) -> list[StoredField]:
        """Take damaged fields of a specimen out of the results, and return them.

        Their folders stay until they are read anew, but for ``field.json`` under another name.
        """
        folder = self.specimen_folder(specimen)
        damaged = []
        for field in list(self.fields_of(specimen).values()):
            try:
                folder.read_field(field.field)
            except InputError as error:
                self._set_aside(field, error)
                damaged.append(field)
        return damaged

    def set_aside_at(self, error: InputError) -> bool:
        """Take out of the results the field whose file an error is about.

        Returns:
            Whether there is one.
        """
        folder = Path(error.where).absolute().parent
        for field in self.fields():
            if self._folder(field).absolute() == folder:
                self._set_aside(field, error)
                return True
        return False

    def _set_aside(self, field: StoredField, error: InputError) -> None:
        path = self._folder(field) / FolderFile.FIELD
        path.replace(path.with_name(f"damaged-{path.name}"))
        self.damaged.append(refused(error))
        self._forget(field)
        if field.specimen in self.specimens:
            self.specimens.discard(field.specimen)
            self.half_decided.add(field.specimen)

    def forget_not_read(self, files: Mapping[str, str]) -> None:
        """Forget why files could not be read as images of other specimens: they are tried again.

        Args:
            files: The specimen of each file, by URI.
        """
        for folder, entries in self._not_read.items():
            kept = tuple(
                entry
                for entry in entries
                if entry.file is None
                or entry.file not in files
                or self._folders[files[entry.file]] == folder
            )
            if kept != entries:
                write_not_read(self._root / folder / NOT_READ, kept)
                self._not_read[folder] = kept

    def read_specimens(self) -> Iterator[SpecimenReading]:
        """Yield what was decided on all specimens, in the order of their names."""
        for name in sorted(self.specimens):
            yield read_file(SpecimenReading, self._root / self._folders[name] / FolderFile.SPECIMEN)

    def field_folders(self) -> Iterator[Path]:
        """Yield the folders of all fields: as specimens name them, then the rest."""
        rest = {name: set(fields) for name, fields in self._fields.items()}
        for specimen in self.read_specimens():
            fields = self._fields[specimen.specimen]
            yield from (self._folder(fields[name]) for name in specimen.fields)
            rest[specimen.specimen] -= set(specimen.fields)
        for name, others in sorted(rest.items()):
            yield from (self._folder(self._fields[name][field]) for field in sorted(others))

    def remove_temporary(self) -> None:
        """Remove what a killed reading left half-written."""
        for entry in [*self._root.glob(".*"), *self._root.glob("*/.*")]:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)

    def _forget(self, field: StoredField) -> None:
        fields = self._fields[field.specimen]
        del fields[field.field]
        if not fields:
            del self._fields[field.specimen]

    def _folder(self, field: StoredField) -> Path:
        return self._root / self._folders[field.specimen] / field.folder

    def _whole_fields(self, specimen: Path) -> Iterator[StoredField]:
        """Yield the fields in a specimen's folder of which all files are there."""
        for folder in sorted(filter(Path.is_dir, specimen.glob("[!.]*"))):
            try:
                restore_thumbnail(folder)
                missing = [name for name in FIELD_FILES if not is_filled(folder / name)]
                if missing:
                    raise InputError(folder, f"no {missing[0]}", "all files of a field")
                field = read_file(FieldFile, folder / FolderFile.FIELD)
            except InputError as error:
                self.damaged.append(refused(error))
                continue
            yield stored_field(field, folder.name)

    def _look_at_decision(self, folder: Path, folders: dict[str, str]) -> None:
        """Note on which specimen something was decided, and whether it fits the fields there."""
        path = folder / FolderFile.SPECIMEN
        if not path.exists():
            return
        names = [name for name, own in folders.items() if own == folder.name]
        try:
            specimen = read_file(SpecimenReading, path)
        except InputError as error:
            self.damaged.append(refused(error))
            self.half_decided.update(names)
            return
        folders.setdefault(specimen.specimen, folder.name)
        name, own = specimen.specimen, self.fields_of(specimen.specimen)
        known = own.keys()
        fits = bool(specimen.fields) and known >= set(specimen.fields)
        if fits:
            # Fields may have been decided anew for another coverage, and the specimen not yet.
            covered = {own[field].coverage for field in specimen.fields} - {None}
            decision = specimen.decision
            fits = not covered if decision is None else decision.coverage in covered
        (self.specimens if fits else self.half_decided).add(name)
        if known > set(specimen.fields):
            self._outdated.add(name)


def stored_field(field: FieldSummary, folder: str) -> StoredField:
    """Return what is kept in memory of a field in that folder; texts of many are kept once."""
    provenance = field.provenance
    if provenance is not None:
        specimen, model = intern(provenance.specimen), intern(provenance.model)
        provenance = replace(provenance, specimen=specimen, model=model)
    return StoredField(
        intern(field.specimen),
        intern(field.field),
        intern(folder),
        provenance,
        field.pixel_size_um,
        None if field.decision is None else field.decision.coverage,
    )
