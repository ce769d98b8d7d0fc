"""What is made of a whole folder of results: tables, ``reading.json`` and the page."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from anascope.files import write_text
from anascope.reading import FieldReading, NotRead, SpecimenReading
from anascope.reading.results._as_json import (
    FieldFile,
    ReadingHead,
    SpecimenEntry,
    class_of,
    summary_of,
)
from anascope.reading.results._field_files import FIELD, HEAT, THUMBNAIL, read_field_files
from anascope.reading.results._page import PageField, PageSpecimen, to_page
from anascope.reading.results._store import SHEET, Store
from anascope.reading.results._table_files import table_files
from anascope.reading.results._tables import cell_table, field_table, specimen_table
from anascope.reading.results._whole_json import write_whole_json
from anascope.settings import read_file

_FIELDS_AT_ONCE = 200  # whose cells are in memory together when tables are written


def write_summary(
    store: Store, not_read: Sequence[NotRead], *, model: str, date: datetime.date | None
) -> None:
    """Write tables, ``reading.json`` and the page of all that is in a folder of results.

    Args:
        store: The folder.
        not_read: What could not be read.
        model: Name and version of the model.
        date: When it was read.
    """
    specimens = store.read_specimens()
    folders = [store.folder_of(*pair) for pair in store.in_order(specimens)]
    fields = [read_file(FieldFile, folder / FIELD) for folder in folders]
    with table_files(store.path / "specimens") as add:
        add(specimen_table(specimens))
    with table_files(store.path / "fields") as add:
        add(field_table(fields))
    with table_files(store.path / "cells") as add:
        for start in range(0, max(len(folders), 1), _FIELDS_AT_ONCE):
            add(cell_table(map(read_field_files, folders[start : start + _FIELDS_AT_ONCE])))
    decision = specimens[0].decision if specimens else None
    head = ReadingHead(
        model=model,
        date=date,
        classes=tuple(map(class_of, decision.patterns)) if decision else (),
        families=tuple(map(class_of, decision.families)) if decision else (),
        intensities=tuple(decision.intensities) if decision else (),
        not_read=tuple(not_read),
        specimens=tuple(_entry(store, specimen) for specimen in specimens),
    )
    write_whole_json(store.path / "reading.json", head, folders, store.path)
    pages = {(field.specimen, field.field): _page_field(store, field) for field in fields}
    page = [_page_specimen(store, specimen, pages) for specimen in specimens]
    write_text(store.path / "report.html", to_page(page, not_read, model=model, date=date))


def _entry(store: Store, specimen: SpecimenReading) -> SpecimenEntry:
    return SpecimenEntry(
        specimen=specimen.specimen,
        decision=specimen.decision,
        fields=specimen.fields,
        cells=specimen.cells,
        mitotic_figures=specimen.mitotic_figures,
        flagged=specimen.flagged,
        folder=store.relative(specimen.specimen),
    )


def _page_field(store: Store, field: FieldFile) -> PageField:
    folder = store.folder_of(field.specimen, field.field)
    return PageField(
        FieldReading(**summary_of(field), cells=()),
        field.cell_count,
        store.relative(field.specimen, field.field),
        (folder / THUMBNAIL).read_bytes,
        heat=(folder / HEAT).exists(),
    )


def _page_specimen(
    store: Store, specimen: SpecimenReading, fields: Mapping[tuple[str, str], PageField]
) -> PageSpecimen:
    sheet = store.folder_of(specimen.specimen) / SHEET
    shown = ((specimen.specimen, name) for name in specimen.fields)
    return PageSpecimen(
        specimen,
        tuple(fields[key] for key in shown if key in fields),
        f"{store.relative(specimen.specimen)}/{SHEET}" if sheet.exists() else "",
    )
