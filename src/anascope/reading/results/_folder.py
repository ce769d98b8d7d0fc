"""The folder of results: what reading writes, as it goes and at the end."""

from __future__ import annotations

import datetime
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from anascope.errors import InputError
from anascope.files import new_folder, read_json, replacing, write_json, write_text
from anascope.names import FolderNames
from anascope.reading import FieldArrays, FieldReading, NotRead, SpecimenReading
from anascope.reading.results._as_json import (
    cells_json,
    field_json,
    read_field,
    read_specimen,
    specimen_json,
)
from anascope.reading.results._contact import contact_sheet
from anascope.reading.results._geojson import write_geojson
from anascope.reading.results._heat import heat_map
from anascope.reading.results._label_mask import write_label_mask
from anascope.reading.results._outlines import outlines_of
from anascope.reading.results._overlay import overlay
from anascope.reading.results._page import PageField, PageSpecimen, to_page
from anascope.reading.results._rois import write_rois
from anascope.reading.results._sheet import write_sheet
from anascope.reading.results._table_files import table_files
from anascope.reading.results._tables import cell_table, field_table, specimen_table
from anascope.reading.results._whole_json import write_whole_json

_THUMBNAIL = 640  # pixels that the longer side of a small picture has at most
_SPECIMEN_FILES = ("specimen.json", "sheet.pdf", "contact.jpg")
_FIELDS_AT_ONCE = 200  # whose cells are in memory together when tables are written


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
        self._names: dict[str, FolderNames] = {}  # of fields, by the specimen's name
        self._sources: set[tuple[str, str]] = set()
        known: dict[str, dict[str, str]] = {}
        places: dict[str, str] = {}
        for file in sorted(self._root.glob("*/*/field.json")):
            if _is_temporary(file.parent):
                continue
            record = _mapping(file)
            known.setdefault(record["specimen"], {})[record["field"]] = file.parent.name
            self._sources.add((record["specimen"], record["source"]))
            places[record["specimen"]] = file.parent.parent.name
        for file in sorted(self._root.glob("*/specimen.json")):
            places[_mapping(file)["specimen"]] = file.parent.name
        self._specimens = FolderNames(places.items())
        self._done = {(name, field) for name, fields in known.items() for field in fields}
        for name, fields in known.items():
            self._names[name] = FolderNames(fields.items(), taken=_SPECIMEN_FILES)

    def folder_of(self, specimen: str, field: str | None = None) -> Path:
        """Return where the files of a specimen are, or of one of its fields."""
        folder = self._root / self._specimens[specimen]
        if field is None:
            return folder
        if specimen not in self._names:
            self._names[specimen] = FolderNames(taken=_SPECIMEN_FILES)
        return folder / self._names[specimen][field]

    def has_field(self, specimen: str, field: str) -> bool:
        """Whether the files of a field are there."""
        return (specimen, field) in self._done

    def has_source(self, specimen: str, source: str) -> bool:
        """Whether the files of any field are there that was read from ``source``."""
        return (specimen, source) in self._sources

    def read_field(self, specimen: str, field: str, *, cells: bool = True) -> FieldReading:
        """Return what was read of a field, as it was written.

        Args:
            specimen: Its specimen.
            field: Its name.
            cells: Whether its cells are wanted too.

        Raises:
            InputError: if it was not written.
        """
        return _load(self.folder_of(specimen, field), cells=cells)

    def write_field(self, field: FieldReading, arrays: FieldArrays) -> Path:
        """Write all files of a field; what was there of it is replaced.

        Returns:
            Its folder.
        """
        folder = self.folder_of(field.specimen, field.field)
        self._done.discard((field.specimen, field.field))
        _remove(folder)
        with new_folder(folder) as made:
            _write_pictures(field, arrays, made)
            outlines = outlines_of(arrays.labels)
            write_label_mask(arrays.labels, made / "labels.tif", pixel_size_um=field.pixel_size_um)
            write_rois(field, outlines, made / "outlines.zip")
            write_geojson(field, outlines, made / "outlines.geojson")
            cells = ",\n".join(map(_line, cells_json(field.cells)))
            write_text(made / "cells.json", f"[\n{cells}\n]\n")
            write_json(made / "field.json", field_json(field))
        self._done.add((field.specimen, field.field))
        self._sources.add((field.specimen, field.source))
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
        places = {name: self.folder_of(specimen.specimen, name) for name in specimen.fields}
        small = {name: place / "thumbnail.jpg" for name, place in places.items()}
        _write_jpeg(contact_sheet(specimen, fields, small), folder / "contact.jpg")
        if sheet:
            write_sheet(
                specimen, fields, small, folder / "sheet.pdf", model=self.model, date=self.date
            )
        write_json(folder / "specimen.json", specimen_json(specimen))
        return folder

    def close(self, not_read: Sequence[NotRead] = ()) -> None:
        """Write tables, ``reading.json`` and the page of all that is in the folder.

        May be called again when more has been written.

        Args:
            not_read: What could not be read.
        """
        self._remove_temporary()
        files = sorted(self._root.glob("*/specimen.json"))
        specimens = sorted(
            (read_specimen(_mapping(file)) for file in files), key=lambda each: each.specimen
        )
        places = [self.folder_of(*pair) for pair in self._order(specimens)]
        counts: dict[tuple[str, str], int] = {}
        fields = []
        for place in places:
            record = _mapping(place / "field.json")
            fields.append(read_field(record))
            counts[record["specimen"], record["field"]] = record["cell_count"]
        with table_files(self.path / "specimens") as add:
            add(specimen_table(specimens))
        with table_files(self.path / "fields") as add:
            add(field_table(fields, counts))
        with table_files(self.path / "cells") as add:
            for start in range(0, max(len(places), 1), _FIELDS_AT_ONCE):
                part = places[start : start + _FIELDS_AT_ONCE]
                add(cell_table(_load(place, cells=True) for place in part))
        write_whole_json(
            self.path / "reading.json",
            specimens=[
                specimen_json(each) | {"folder": self._relative(each.specimen)}
                for each in specimens
            ],
            fields=places,
            root=self.path,
            not_read=not_read,
            model=self.model,
            date=self.date,
        )
        page = self._page(specimens, fields, counts)
        text = to_page(page, not_read, model=self.model, date=self.date)
        write_text(self.path / "report.html", text)

    @property
    def _root(self) -> Path:
        return self.path / "specimens"

    def _order(self, specimens: Iterable[SpecimenReading]) -> list[tuple[str, str]]:
        """Return specimen and field of all fields: as specimens name them, then the rest."""
        named = [(each.specimen, field) for each in specimens for field in each.fields]
        placed = [pair for pair in named if pair in self._done]
        return placed + sorted(self._done.difference(placed))

    def _page(
        self,
        specimens: Iterable[SpecimenReading],
        fields: Iterable[FieldReading],
        counts: dict[tuple[str, str], int],
    ) -> list[PageSpecimen]:
        placed = {}
        for field in fields:
            key = field.specimen, field.field
            folder = self.folder_of(*key)
            placed[key] = PageField(
                field,
                counts[key],
                self._relative(*key),
                (folder / "thumbnail.jpg").read_bytes,
                heat=(folder / "heat.jpg").exists(),
            )
        return [
            PageSpecimen(
                each,
                tuple(
                    placed[each.specimen, name]
                    for name in each.fields
                    if (each.specimen, name) in placed
                ),
                self._sheet(each.specimen),
            )
            for each in specimens
        ]

    def _sheet(self, specimen: str) -> str:
        file = self.folder_of(specimen) / "sheet.pdf"
        return file.relative_to(self.path).as_posix() if file.exists() else ""

    def _relative(self, specimen: str, field: str | None = None) -> str:
        return self.folder_of(specimen, field).relative_to(self.path).as_posix()

    def _remove_temporary(self) -> None:
        """Remove what a killed reading left half-written."""
        for folder in [*self._root.glob(".*"), *self._root.glob("*/.*")]:
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                folder.unlink(missing_ok=True)


def _write_pictures(field: FieldReading, arrays: FieldArrays, folder: Path) -> None:
    _write_jpeg(overlay(field, arrays), folder / "overlay.jpg")
    small = overlay(field, arrays, longest=_THUMBNAIL)
    _write_jpeg(small, folder / "thumbnail.jpg", quality=80)
    heat = heat_map(field, arrays)
    if heat is not None:
        _write_jpeg(heat, folder / "heat.jpg")


def _write_jpeg(picture: Image.Image, path: Path, *, quality: int = 90) -> None:
    with replacing(path) as temporary:
        # Colour at full resolution: outlines are one pixel wide.
        picture.save(temporary, "JPEG", quality=quality, subsampling=0)


def _load(folder: Path, *, cells: bool) -> FieldReading:
    record = _mapping(folder / "field.json")
    return read_field(record, read_json(folder / "cells.json") if cells else ())


def _mapping(path: Path) -> dict[str, Any]:
    """Return the record in a JSON file of ours."""
    value = read_json(path)
    if not isinstance(value, dict) or "specimen" not in value:
        raise InputError(path, "not a record of a specimen or a field", "what reading has written")
    return value


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_temporary(folder: Path) -> bool:
    return folder.name.startswith(".")


def _remove(folder: Path) -> None:
    """Remove a folder such that it is gone at once: by a rename first."""
    if folder.exists():
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        folder.replace(aside / folder.name)
        shutil.rmtree(aside)
