"""The files of one field: what was read of it, its pictures and its outlines."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

from PIL import Image

from anascope.errors import InputError
from anascope.files import FolderFile, replacing, write_text
from anascope.reading import CellReading, FieldArrays, FieldReading
from anascope.reading.results._as_json import FieldFile, summary_of
from anascope.reading.results._dividing import dividing_row
from anascope.reading.results._geojson import write_geojson
from anascope.reading.results._heat import heat_map
from anascope.reading.results._label_mask import write_label_mask
from anascope.reading.results._outlines import outlines_of
from anascope.reading.results._overlay import overlay
from anascope.reading.results._rois import write_rois
from anascope.settings import as_plain, read_file, write_file

CELLS = "cells.json"
OVERLAY = "overlay.jpg"
THUMBNAIL = "thumbnail.jpg"
HEAT = "heat.jpg"
DIVIDING = "dividing.jpg"
LABELS = "labels.tif"
ROIS = "outlines.zip"
GEOJSON = "outlines.geojson"
FIELD_FILES = (FolderFile.FIELD, CELLS, OVERLAY, THUMBNAIL, LABELS, ROIS, GEOJSON)
"""What every field has; a heat map only if the model can tell, and a row of its dividing cells only
if it has any."""

_LONGEST = 640  # pixels that the longer side of a small picture has at most


def write_field_files(field: FieldReading, arrays: FieldArrays, folder: Path) -> None:
    """Write all files of a field into its folder."""
    write_jpeg(overlay(field, arrays), folder / OVERLAY)
    write_jpeg(overlay(field, arrays, longest=_LONGEST), folder / THUMBNAIL, quality=80)
    heat = heat_map(field, arrays)
    if heat is not None:
        write_jpeg(heat, folder / HEAT)
    dividing = dividing_row(field, arrays)
    if dividing is not None:
        write_jpeg(dividing, folder / DIVIDING)
    outlines = outlines_of(arrays.labels)
    write_label_mask(arrays.labels, folder / LABELS, pixel_size_um=field.pixel_size_um)
    write_rois(field, outlines, folder / ROIS)
    write_geojson(field, outlines, folder / GEOJSON)
    cells = ",\n".join(
        json.dumps(as_plain(cell), ensure_ascii=False, separators=(",", ":"))
        for cell in field.cells
    )
    write_text(folder / CELLS, f"[\n{cells}\n]\n")
    write_summary(field, folder)


def write_summary(field: FieldReading, folder: Path) -> None:
    """Write what was read of a field, without its cells, into its folder."""
    write_file(
        folder / FolderFile.FIELD, FieldFile(**summary_of(field), cell_count=field.cell_count)
    )


def read_field_files(folder: Path, *, cells: bool = True) -> FieldReading:
    """Return what was read of a field, from its folder; without cells if they are not wanted.

    Raises:
        InputError: if a file is missing or damaged.
    """
    summary = read_file(FieldFile, folder / FolderFile.FIELD)
    cell_readings = read_file(tuple[CellReading, ...], folder / CELLS) if cells else ()
    if cells and len(cell_readings) != summary.cell_count:
        found = f"{len(cell_readings)} cells"
        raise InputError(folder / CELLS, found, f"{summary.cell_count}, as {FolderFile.FIELD} says")
    return FieldReading(**summary_of(summary), cells=cell_readings)


def restore_thumbnail(folder: Path) -> None:
    """Make the small picture of a field again from the large one, if it is not there.

    Raises:
        InputError: if the large one is damaged.
    """
    if is_filled(folder / THUMBNAIL) or not is_filled(folder / OVERLAY):
        return
    try:
        with Image.open(folder / OVERLAY) as opened:
            picture = opened.convert("RGB")
    except OSError as error:
        raise InputError(folder / OVERLAY, f"a damaged picture ({error})", "JPEG") from None
    picture.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    write_jpeg(picture, folder / THUMBNAIL, quality=80)


def is_filled(path: Path) -> bool:
    """Tell whether a path is a file that holds something."""
    try:
        status = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size > 0


def write_jpeg(picture: Image.Image, path: Path, *, quality: int = 90) -> None:
    """Write a picture, whole or not at all."""
    encoded = io.BytesIO()  # Pillow, given a file, does not see that a full disk took only a part
    # Colour at full resolution: outlines are one pixel wide.
    picture.save(encoded, "JPEG", quality=quality, subsampling=0)
    with replacing(path) as temporary:
        temporary.write_bytes(encoded.getvalue())
