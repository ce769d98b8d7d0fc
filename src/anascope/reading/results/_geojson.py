"""Outlines as GeoJSON, as QuPath reads and writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from anascope.files import replacing
from anascope.reading import CellReading, FieldReading
from anascope.reading.results._colours import colour_of
from anascope.reading.results._decided import pattern_word
from anascope.reading.results._outlines import Outline
from anascope.reading.results._patterns import shown_pattern

ObjectType = Literal["detection", "annotation"]
"""What QuPath makes of an outline: detections are many and fixed, annotations can be edited."""


def write_geojson(
    field: FieldReading,
    outlines: Iterable[Outline],
    path: str | Path,
    *,
    object_type: ObjectType = "detection",
) -> None:
    """Write outlines as GeoJSON (RFC 7946, but in pixels) for QuPath's *Import objects*.

    Each is a polygon of image pixels, named by its cell's number and classified by its pattern,
    with measurements.

    Args:
        field: What was read of the field.
        outlines: Of its cells.
        path: The file to write, whole or not at all.
        object_type: What QuPath makes of them.
    """
    path = Path(path)
    cells = {cell.cell: cell for cell in field.cells}
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for count, outline in enumerate(outlines):  # one by one: a slide has a hundred thousand
            feature = _feature(field, cells.get(outline.cell), outline, object_type)
            file.write("," if count else "")
            file.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
        file.write("]}\n")


def _feature(
    field: FieldReading, cell: CellReading | None, outline: Outline, object_type: ObjectType
) -> dict[str, Any]:
    # Hundredths of a pixel are finer than any border is known.
    ring = outline.points.round(2).tolist()
    pattern = shown_pattern(field, cell)
    called = pattern or pattern_word(field.decision)
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "properties": {
            "objectType": object_type,
            "name": str(outline.cell),
            "classification": {"name": called, "color": list(colour_of(pattern))},
            "measurements": [] if cell is None else _measurements(cell),
            "metadata": {} if cell is None else _words(cell),
        },
    }


def _words(cell: CellReading) -> dict[str, str]:
    """Return what is told of a cell in words, as QuPath shows it beside the measurements."""
    words = {"Phase": cell.phase, "Chromatin": cell.chromatin}
    return {name: word for name, word in words.items() if word is not None}


def _measurements(cell: CellReading) -> list[dict[str, Any]]:
    values = {
        "Area px^2": cell.area,
        "Area µm^2": cell.area_um2,
        "Brightness": cell.brightness,
        "Pattern probability": cell.pattern_probability,
        "Mitotic probability": cell.mitotic,
    }
    return [{"name": name, "value": value} for name, value in values.items() if value is not None]
