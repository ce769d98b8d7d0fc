"""A serum of two patterns, in every form that results have."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema

from anascope.reading.results import field_table, schema, specimen_table
from anascope.reading.results._colours import colour_of
from anascope.reading.results._decided import said_of
from anascope.reading.results._geojson import write_geojson
from anascope.reading.results._outlines import outlines_of
from anascope.reading.results._page import _decision
from anascope.reading.results._patterns import codes_of
from anascope.reading.results._sheet import _facts, _how_sure
from anascope.settings import as_plain
from tests.unit.reading.results.conftest import MadeUp, made_up_mixture, made_up_specimen

NAME = "homogeneous + golgi"


def test_tables_name_both(made_up: Callable[..., MadeUp]) -> None:
    field = made_up(decision=made_up_mixture()).reading
    for table in (field_table([field]), specimen_table([made_up_specimen(field)])):
        (row,) = table.to_dict("records")
        assert row["pattern"] == NAME
        assert row["codes"] == "AC-1; AC-22"
        assert row["pattern_set"] == "homogeneous; golgi"
        assert row["mixed"] == 0.875
    (row,) = field_table([made_up().reading]).to_dict("records")
    assert row["mixed"] != row["mixed"]  # not told


def test_the_sheet_and_the_page_say_that_there_are_two(made_up: Callable[..., MadeUp]) -> None:
    decision = made_up_mixture()
    specimen = made_up_specimen(made_up(decision=decision).reading)
    assert ("Two patterns", "homogeneous (AC-1), golgi (AC-22)") in _facts(specimen)
    assert _how_sure(decision) == "probability of several patterns 88%"
    assert said_of(decision) == f"{NAME} (AC-1, AC-22), several patterns 88%; positive"
    shown = _decision(decision)
    assert (shown["pattern"], shown["mixed"], shown["decided"]) == (NAME, True, True)
    assert not _decision(made_up().reading.decision)["mixed"]


def test_colour_and_codes_are_those_of_the_two() -> None:
    assert colour_of(NAME) == colour_of("homogeneous")
    assert codes_of(NAME) == ("AC-1", "AC-22")


def test_qupath_shows_cells_without_a_pattern_of_their_own_by_both(
    made_up: Callable[..., MadeUp], tmp_path: Path
) -> None:
    field = made_up(told=False, decision=made_up_mixture())
    path = tmp_path / "outlines.geojson"
    write_geojson(field.reading, outlines_of(field.arrays.labels), path)
    features = json.loads(path.read_text())["features"]
    assert {feature["properties"]["classification"]["name"] for feature in features} == {NAME}


def test_json_follows_the_schema(made_up: Callable[..., MadeUp]) -> None:
    field = made_up(decision=made_up_mixture())
    assert field.reading.decision is not None
    assert field.reading.decision.present == ("homogeneous", "golgi")
    entry = schema()["$defs"]["Decision"]
    assert "mixed" in entry["properties"]
    assert "present" not in entry["properties"]
    jsonschema.Draft202012Validator(schema() | entry).validate(as_plain(field.reading.decision))
