"""The folder of results: what reading writes, as it goes and at the end."""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from functools import cached_property
from pathlib import Path

from anascope.errors import InputError
from anascope.reading import FieldArrays, FieldReading, NotRead, SpecimenReading
from anascope.reading.results._specimen_folder import SpecimenFolder
from anascope.reading.results._store import Store, stored_field
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

    A field's files appear together, by one rename; each other file appears by a rename, too.
    Finished results can be used while the rest is read, and a reading that stopped can continue:
    :meth:`has_field` states what is done. Tables and page are made from these files alone, so that
    only a few fields are in memory at a time. A damaged result is listed with what could not be
    read, until it is written again.

    One thread at a time writes a specimen's fields.

    Args:
        path: The folder; it may exist, with results or without.
        model: Name and version of the model.
        date: When it was read, for sheets and page.
    """

    def __init__(
        self, path: str | Path, *, model: str = "", date: datetime.date | None = None
    ) -> None:
        self.path = Path(path)
        self.model = model
        self.date = date
        self._open: dict[str, SpecimenFolder] = {}  # of specimens that are being written

    @cached_property
    def _store(self) -> Store:
        return Store(self.path)

    @property
    def specimens(self) -> Set[str]:
        """Names of the specimens that are decided."""
        return self._store.specimens

    def folder_of(self, specimen: str, field: str | None = None) -> Path:
        """Return where the files of a specimen are, or of one of its fields."""
        folder = self._specimen(specimen)
        return folder.path if field is None else folder.folder_of(field)

    def begin(self) -> None:
        """Mark the folder as one of results, before anything is read from where it lies."""
        self._store.begin()

    def has_field(self, specimen: str, field: str) -> bool:
        """Whether the files of a field are there."""
        return field in self._store.fields_of(specimen)

    def read_field(self, specimen: str, field: str, *, cells: bool = True) -> FieldReading:
        """Return what was read of a field, as it was written.

        Args:
            specimen: Its specimen.
            field: Its name.
            cells: Whether its cells are wanted too.

        Raises:
            InputError: if it was not written, or is damaged.
        """
        return self._specimen(specimen).read_field(field, cells=cells)

    def write_field(self, field: FieldReading, arrays: FieldArrays) -> Path:
        """Write all files of a field; what was there of it stays until all are written.

        Returns:
            Its folder.
        """
        self._store.begin()
        specimen = self._open.setdefault(field.specimen, self._specimen(field.specimen))
        folder = specimen.write_field(field, arrays)
        self._store.note(stored_field(field, folder.name))
        return folder

    def write_specimen(self, specimen: SpecimenReading, *, sheet: bool = True) -> Path:
        """Write the files of a specimen, after those of its fields.

        Args:
            specimen: What was read of it.
            sheet: Whether the PDF is written too.

        Returns:
            Its folder.

        Raises:
            InputError: if one of its fields was not written, or is damaged.
        """
        folder = self._specimen(specimen.specimen)
        folder.write_specimen(specimen, sheet=sheet, model=self.model, date=self.date)
        self._store.note_specimen(specimen.specimen)
        self._open.pop(specimen.specimen, None)
        return folder.path

    def close(self, not_read: Sequence[NotRead] = ()) -> tuple[NotRead, ...]:
        """Write tables, ``reading.json`` and the page of all that is in the folder.

        May be called again when more has been written.

        Args:
            not_read: What could not be read, beside what the folder itself says of that.

        Returns:
            What is damaged in the folder, and so stands in none of them but as not read.
        """
        vars(self).pop("_store", None)  # others may have written as well
        store = self._store
        store.remove_temporary()
        while True:
            damaged = tuple(store.damaged)
            all_not_read = dict.fromkeys((*not_read, *store.not_read(), *damaged))
            try:
                write_summary(store, tuple(all_not_read), model=self.model, date=self.date)
            except InputError as error:
                if not store.set_aside_at(error):
                    raise
            else:
                return damaged

    def _specimen(self, name: str) -> SpecimenFolder:
        return self._open.get(name) or self._store.specimen_folder(name)
