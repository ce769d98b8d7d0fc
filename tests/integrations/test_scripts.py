"""What ``anascope read`` writes is what the scripts for QuPath and Fiji load."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from roifile import ROI_TYPE, roiread
from shapely.geometry import shape

from anascope.reading.results import outlines_of, write_geojson, write_rois
from tests.unit.reading.results.conftest import made_up_field

INTEGRATIONS = Path(__file__).parents[2] / "integrations"
SCHEMA = json.loads((INTEGRATIONS / "qupath" / "objects.schema.json").read_text(encoding="utf-8"))


def geojson(path: Path, *, told: bool = True, kind: Any = "detection") -> Any:
    field = made_up_field(told=told)
    outlines = outlines_of(field.arrays.labels)
    write_geojson(field.reading, outlines, path / "outlines.geojson", object_type=kind)
    return json.loads((path / "outlines.geojson").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["detection", "annotation"])
@pytest.mark.parametrize("told", [True, False], ids=["all told", "little told"])
def test_outlines_are_objects_of_qupath(tmp_path: Path, told: bool, kind: str) -> None:
    written = geojson(tmp_path, told=told, kind=kind)
    jsonschema.Draft202012Validator(SCHEMA).validate(written)
    assert len(written["features"]) > 5
    for feature in written["features"]:
        polygon = shape(feature["geometry"])
        assert polygon.is_valid
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]  # QuPath's reader refuses rings that are open


@pytest.mark.parametrize(
    "change",
    [
        {"objectType": "cells"},
        {"object_type": "detection"},
        {"classification": {"name": "nuclear: homogeneous", "color": [1, 2, 3]}},
        {"classification": "homogeneous"},
        {"measurements": [{"name": "Area", "value": "12"}]},
    ],
    ids=["unknown type", "old key", "derived class", "class as text", "number as text"],
)
def test_the_schema_refuses_what_qupath_misreads(tmp_path: Path, change: dict[str, Any]) -> None:
    written = geojson(tmp_path)
    written["features"][0]["properties"].update(change)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(written)


def test_every_cell_is_a_region_of_imagej(tmp_path: Path) -> None:
    field = made_up_field()
    outlines = outlines_of(field.arrays.labels)
    write_rois(field.reading, outlines, tmp_path / "outlines.zip")
    regions = roiread(tmp_path / "outlines.zip")
    assert isinstance(regions, list)
    assert [region.name for region in regions] == [str(outline.cell) for outline in outlines]
    assert {region.roitype for region in regions} == {ROI_TYPE.POLYGON}


@pytest.mark.parametrize("script", ["qupath/load_anascope.groovy", "fiji/Load_anascope.ijm"])
def test_scripts_name_files_that_are_written(script: str) -> None:
    """Names in the scripts are those of the page about results, and brackets are in pairs."""
    text = (INTEGRATIONS / script).read_text(encoding="utf-8")
    page = (INTEGRATIONS.parent / "docs/reference/reading.md").read_text(encoding="utf-8")
    named = set(re.findall(r'"(specimens|[a-z]+\.(?:json|geojson|zip))"', text))
    assert named
    assert all(name in page for name in named)
    code = re.sub(r'"[^"\n]*"|//[^\n]*|/\*.*?\*/', "", text, flags=re.DOTALL)
    for opened, closed in ("()", "{}", "[]"):
        assert code.count(opened) == code.count(closed)
