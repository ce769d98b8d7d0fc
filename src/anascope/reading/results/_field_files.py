"""The files of one field: what was read of it, its pictures and its outlines."""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image

from anascope.files import FolderFile, replacing, write_text
from anascope.reading import CellReading, FieldArrays, FieldReading
from anascope.reading.results._as_json import FieldFile, summary_of
from anascope.reading.results._geojson import write_geojson
from anascope.reading.results._heat import heat_map
from anascope.reading.results._label_mask import write_label_mask
from anascope.reading.results._outlines import outlines_of
from anascope.reading.results._overlay import overlay
from anascope.reading.results._rois import write_rois
from anascope.settings import as_plain, read_file, write_file

CELLS = "cells.json"
THUMBNAIL = "thumbnail.jpg"
HEAT = "heat.jpg"

_LONGEST = 640  # pixels that the longer side of a small picture has at most


def write_field_files(field: FieldReading, arrays: FieldArrays, folder: Path) -> None:
    """Write all files of a field into its folder."""
    write_jpeg(overlay(field, arrays), folder / "overlay.jpg")
    write_jpeg(overlay(field, arrays, longest=_LONGEST), folder / THUMBNAIL, quality=80)
    heat = heat_map(field, arrays)
    if heat is not None:
        write_jpeg(heat, folder / HEAT)
    outlines = outlines_of(arrays.labels)
    write_label_mask(arrays.labels, folder / "labels.tif", pixel_size_um=field.pixel_size_um)
    write_rois(field, outlines, folder / "outlines.zip")
    write_geojson(field, outlines, folder / "outlines.geojson")
    cells = ",\n".join(
        json.dumps(as_plain(cell), ensure_ascii=False, separators=(",", ":"))
        for cell in field.cells
    )
    write_text(folder / CELLS, f"[\n{cells}\n]\n")
    write_file(
        folder / FolderFile.FIELD, FieldFile(**summary_of(field), cell_count=field.cell_count)
    )


def read_field_files(folder: Path, *, cells: bool = True) -> FieldReading:
    """Return what was read of a field, from its folder; without cells if they are not wanted.

    Raises:
        InputError: if a file is missing or damaged.
    """
    summary = read_file(FieldFile, folder / FolderFile.FIELD)
    told = read_file(tuple[CellReading, ...], folder / CELLS) if cells else ()
    return FieldReading(**summary_of(summary), cells=told)


def write_jpeg(picture: Image.Image, path: Path, *, quality: int = 90) -> None:
    """Write a picture, whole or not at all."""
    encoded = io.BytesIO()  # Pillow, given a file, does not see that a full disk took only a part
    # Colour at full resolution: outlines are one pixel wide.
    picture.save(encoded, "JPEG", quality=quality, subsampling=0)
    with replacing(path) as temporary:
        temporary.write_bytes(encoded.getvalue())
