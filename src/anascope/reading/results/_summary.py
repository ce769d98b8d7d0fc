"""What is made of a whole folder of results: tables, ``reading.json`` and the page."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import TypeVar

from anascope.files import FolderFile, replacing
from anascope.reading import FieldReading, NotRead, SpecimenReading
from anascope.reading.results._as_json import (
    FieldFile,
    ReadingHead,
    SpecimenEntry,
    class_of,
    summary_of,
)
from anascope.reading.results._field_files import (
    DIVIDING,
    HEAT,
    THUMBNAIL,
    is_filled,
    read_field_files,
)
from anascope.reading.results._page import PageField, PageSpecimen, to_page
from anascope.reading.results._specimen_folder import SHEET
from anascope.reading.results._store import Store
from anascope.reading.results._table_files import table_files
from anascope.reading.results._tables import (
    cell_columns,
    field_columns,
    probability_columns,
    specimen_columns,
)
from anascope.reading.results._whole_json import write_whole_json
from anascope.settings import read_file

_AT_ONCE = 200  # specimens or fields in memory together when tables are written

_Value = TypeVar("_Value")


def write_summary(
    store: Store, not_read: Sequence[NotRead], *, model: str, date: datetime.date | None
) -> None:
    """Write tables, ``reading.json`` and the page of all that is in a folder of results.

    Specimens and fields are read from their files again and again: memory must not grow with them.

    Args:
        store: The folder.
        not_read: What could not be read.
        model: Name and version of the model.
        date: When it was read.
    """
    probabilities = probability_columns(each.decision for each in store.read_specimens())
    with table_files(store.path / "specimens") as add:
        for specimens in _in_batches(store.read_specimens()):
            add(specimen_columns(specimens, probabilities))
    probabilities = probability_columns(
        each.decision for each in _read_fields(store.field_folders())
    )
    with table_files(store.path / "fields") as add:
        for folders in _in_batches(store.field_folders()):
            add(field_columns(_read_fields(folders), probabilities))
    with table_files(store.path / "cells") as add:
        for folders in _in_batches(store.field_folders()):
            add(cell_columns(map(read_field_files, folders)))
    # What the model tells apart stands in whatever it has told.
    decisions = (each.decision for each in store.read_specimens() if each.decision is not None)
    first = next(decisions, None)
    head = ReadingHead(
        model=model,
        date=date,
        classes=tuple(map(class_of, first.patterns)) if first else (),
        families=tuple(map(class_of, first.families)) if first else (),
        intensities=tuple(first.intensities) if first else (),
        not_read=tuple(not_read),
    )
    entries = (_entry(store, specimen) for specimen in store.read_specimens())
    write_whole_json(
        store.path / FolderFile.READING, head, entries, store.field_folders(), store.path
    )
    page = to_page(_PageSpecimens(store), not_read, model=model, date=date)
    with (
        replacing(store.path / "report.html") as temporary,
        temporary.open("w", encoding="utf-8") as file,
    ):
        file.writelines(page)


def _in_batches(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    """Yield the values in lists of :data:`_AT_ONCE`; without values one list, which is empty."""
    rest = iter(values)
    yield list(islice(rest, _AT_ONCE))
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch


def _read_fields(folders: Iterable[Path]) -> Iterator[FieldFile]:
    return (read_file(FieldFile, folder / FolderFile.FIELD) for folder in folders)


def _entry(store: Store, specimen: SpecimenReading) -> SpecimenEntry:
    values = {attribute.name: getattr(specimen, attribute.name) for attribute in fields(specimen)}
    folder = store.specimen_folder(specimen.specimen).path
    return SpecimenEntry(**values, folder=folder.relative_to(store.path).as_posix())


@dataclass(frozen=True)
class _PageSpecimens:
    """Specimens as the page shows them, read from their files each time that they are asked for."""

    store: Store

    def __iter__(self) -> Iterator[PageSpecimen]:
        for specimen in self.store.read_specimens():
            folder = self.store.specimen_folder(specimen.specimen)
            yield PageSpecimen(
                specimen,
                tuple(self._field(folder.folder_of(name)) for name in specimen.fields),
                self._relative(folder.path / SHEET) if (folder.path / SHEET).exists() else "",
            )

    def _field(self, folder: Path) -> PageField:
        field = read_file(FieldFile, folder / FolderFile.FIELD)
        return PageField(
            FieldReading(**summary_of(field), cells=()),
            field.cell_count,
            self._relative(folder),
            (folder / THUMBNAIL).read_bytes,
            heat=(folder / HEAT).exists(),
            dividing=(folder / DIVIDING).read_bytes if is_filled(folder / DIVIDING) else None,
        )

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.store.path).as_posix()
