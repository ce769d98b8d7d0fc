"""The folder of results: what reading writes, as it goes and at the end."""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from pathlib import Path

from anascope.files import replacing_folder
from anascope.reading import FieldArrays, FieldReading, NotRead, SpecimenReading
from anascope.reading.results._contact import contact_sheet
from anascope.reading.results._field_files import (
    THUMBNAIL,
    read_field_files,
    write_field_files,
    write_jpeg,
)
from anascope.reading.results._sheet import write_sheet
from anascope.reading.results._store import CONTACT, SHEET, Store
from anascope.reading.results._summary import write_summary


class ResultsFolder:
    """The folder of results.

    .. code-block:: text

        OUT/
          reading.json  report.html
          specimens.csv  fields.csv  cells.csv     and the same as .parquet
          specimens/SPECIMEN/
            specimen.json  sheet.pdf  contact.jpg
            FIELD/
              field.json  cells.json  overlay.jpg  thumbnail.jpg  heat.jpg
              labels.tif  outlines.zip  outlines.geojson

    A field's files appear together, by one rename; so do, each, all other files. What is there
    can be looked at while the rest is read, and a reading that was broken off can go on:
    :meth:`has_field` says what is done. Tables and page are made from those files alone, so that
    no more than a few fields are ever in memory.

    Several processes may write one folder, each its own specimens, if each first asks
    :meth:`folder_of` for all specimens in the same order: names that some file systems take for
    one get their folders then. One of them closes it when all are done. In a process, one thread
    at a time writes a specimen's fields.

    Args:
        path: The folder; it may exist, with results or without.
        model: Name and version of the model.
        date: When it was read; stands on sheets and page.

    Raises:
        InputError: if something in the folder is not as it was written.
    """

    def __init__(
        self, path: str | Path, *, model: str = "", date: datetime.date | None = None
    ) -> None:
        self.path = Path(path)
        self.model = model
        self.date = date
        self._store = Store(self.path)

    @property
    def specimens(self) -> Set[str]:
        """Names of the specimens whose files are there."""
        return self._store.specimens

    def folder_of(self, specimen: str, field: str | None = None) -> Path:
        """Return where the files of a specimen are, or of one of its fields."""
        return self._store.folder_of(specimen, field)

    def has_field(self, specimen: str, field: str) -> bool:
        """Whether the files of a field are there."""
        return self._store.has_field(specimen, field)

    def has_source(self, specimen: str, source: str) -> bool:
        """Whether the files of any field are there that was read from ``source``."""
        return self._store.has_source(specimen, source)

    def read_field(self, specimen: str, field: str, *, cells: bool = True) -> FieldReading:
        """Return what was read of a field, as it was written.

        Args:
            specimen: Its specimen.
            field: Its name.
            cells: Whether its cells are wanted too.

        Raises:
            InputError: if it was not written.
        """
        return read_field_files(self.folder_of(specimen, field), cells=cells)

    def write_field(self, field: FieldReading, arrays: FieldArrays) -> Path:
        """Write all files of a field; what was there of it stays until all are written.

        Returns:
            Its folder.
        """
        folder = self.folder_of(field.specimen, field.field)
        with replacing_folder(folder) as unfinished:
            write_field_files(field, arrays, unfinished)
        self._store.note_field(field.specimen, field.field, field.source)
        return folder

    def write_specimen(self, specimen: SpecimenReading, *, sheet: bool = True) -> Path:
        """Write the files of a specimen, after those of its fields.

        Args:
            specimen: What was read of it.
            sheet: Whether the PDF is written too.

        Returns:
            Its folder.

        Raises:
            InputError: if one of its fields was not written.
        """
        folder = self.folder_of(specimen.specimen)
        fields = [self.read_field(specimen.specimen, name, cells=False) for name in specimen.fields]
        small = {
            name: self.folder_of(specimen.specimen, name) / THUMBNAIL for name in specimen.fields
        }
        write_jpeg(contact_sheet(specimen, fields, small), folder / CONTACT)
        if sheet:
            write_sheet(specimen, fields, small, folder / SHEET, model=self.model, date=self.date)
        self._store.write_specimen(specimen)
        return folder

    def close(self, not_read: Sequence[NotRead] = ()) -> None:
        """Write tables, ``reading.json`` and the page of all that is in the folder.

        May be called again when more has been written.

        Args:
            not_read: What could not be read.
        """
        self._store.remove_temporary()
        write_summary(self._store, not_read, model=self.model, date=self.date)
