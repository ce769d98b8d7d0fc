"""The folder of one specimen: its fields, what was decided on it, and what could not be read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from anascope.files import FolderFile, replacing_folder, write_json
from anascope.names import FolderNames
from anascope.reading import FieldArrays, FieldReading, NotRead, SpecimenReading
from anascope.reading.results._contact import contact_sheet
from anascope.reading.results._field_files import (
    THUMBNAIL,
    read_field_files,
    write_field_files,
    write_jpeg,
    write_summary,
)
from anascope.reading.results._sheet import write_sheet
from anascope.settings import as_plain, read_file, write_file

SHEET = "sheet.pdf"
CONTACT = "contact.jpg"
NOT_READ = "not_read.json"


@dataclass(frozen=True)
class SpecimenFolder:
    """The folder of one specimen.

    Fields may be written by one thread, and specimens by many processes, if each has its own.

    Attributes:
        path: Where it is; it need not be there yet.
        fields: The folders of the fields that are there, by the names of the fields.
    """

    path: Path
    fields: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _names(self) -> FolderNames:
        return FolderNames(
            self.fields.items(), taken=(FolderFile.SPECIMEN, SHEET, CONTACT, NOT_READ)
        )

    def folder_of(self, name: str) -> Path:
        """Return where the files of a field are, or will be."""
        return self.path / self._names[name]

    def read_field(self, name: str, *, cells: bool = True) -> FieldReading:
        """Return what was read of a field, as it was written.

        Args:
            name: Of the field.
            cells: Whether its cells are wanted too.

        Raises:
            InputError: if it was not written, or is damaged.
        """
        return read_field_files(self.folder_of(name), cells=cells)

    def write_field(self, reading: FieldReading, arrays: FieldArrays) -> Path:
        """Write all files of a field; what was there of it stays until all are written.

        Returns:
            Its folder.
        """
        folder = self.folder_of(reading.field)
        with replacing_folder(folder) as unfinished:
            write_field_files(reading, arrays, unfinished)
        self.fields[reading.field] = folder.name
        return folder

    def write_summary(self, reading: FieldReading) -> None:
        """Write down how a field that is there was decided anew; its other files stay."""
        write_summary(reading, self.folder_of(reading.field))

    def write_specimen(
        self,
        specimen: SpecimenReading,
        *,
        sheet: bool = True,
        model: str = "",
        date: datetime.date | None = None,
    ) -> None:
        """Write what was decided on the specimen, after its fields.

        Args:
            specimen: What was read of it.
            sheet: Whether the PDF is written too.
            model: Name and version of the model.
            date: When it was read.

        Raises:
            InputError: if one of its fields was not written, or is damaged.
        """
        fields = [self.read_field(name, cells=False) for name in specimen.fields]
        small = {name: self.folder_of(name) / THUMBNAIL for name in specimen.fields}
        write_jpeg(contact_sheet(specimen, fields, small), self.path / CONTACT)
        if sheet:
            write_sheet(specimen, fields, small, self.path / SHEET, model=model, date=date)
        write_file(self.path / FolderFile.SPECIMEN, specimen)

    def read_not_read(self) -> tuple[NotRead, ...]:
        """Return what of its image files could not be read."""
        return read_not_read(self.path / NOT_READ)

    def write_not_read(self, files: Iterable[str], not_read: Sequence[NotRead]) -> None:
        """Write down what of some image files could not be read; what is known of others stays.

        Args:
            files: The URIs of all files that were tried.
            not_read: What could not be read of them.
        """
        tried = set(files)
        others = [entry for entry in self.read_not_read() if entry.file not in tried]
        write_not_read(self.path / NOT_READ, [*others, *not_read])


def read_not_read(path: Path) -> tuple[NotRead, ...]:
    """Return what a file says that could not be read; nothing if there is no such file."""
    return read_file(tuple[NotRead, ...], path) if path.exists() else ()


def write_not_read(path: Path, not_read: Sequence[NotRead]) -> None:
    """Write what could not be read, whole or not at all; no file if it is nothing."""
    if not_read:
        write_json(path, [as_plain(entry) for entry in not_read])
    else:
        path.unlink(missing_ok=True)
