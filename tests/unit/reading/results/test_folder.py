"""The folder of results: files appear whole, a reading goes on, and the end tells all."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from PIL import Image

from anascope.errors import WriteError
from anascope.reading import Flag, NotRead
from anascope.reading.results import ResultsFolder, _field_files, _summary, schema
from anascope.words import RESEARCH_USE
from tests.unit.reading.results.conftest import (
    BLURRED,
    UNSCALED,
    MadeUp,
    made_up_decision,
    made_up_specimen,
)

FIELD_FILES = {
    "cells.json",
    "field.json",
    "heat.jpg",
    "labels.tif",
    "outlines.geojson",
    "outlines.zip",
    "overlay.jpg",
    "thumbnail.jpg",
    "dividing.jpg",
}


def validate(path: Path) -> Any:
    value = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker()).validate(
        value
    )
    return value


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def fields(made_up: Callable[..., MadeUp]) -> list[MadeUp]:
    """Two fields of one specimen, one of another whose name no file system takes."""
    return [
        made_up("F-1", "S-1", seed=0),
        made_up("F-2", "S-1", seed=1, quality=(BLURRED, UNSCALED)),
        made_up("ä/1", "ä", seed=2, told=False, decision=made_up_decision(others=("golgi",))),
    ]


def fill(results: ResultsFolder, fields: list[MadeUp]) -> None:
    for field in fields:
        results.write_field(field.reading, field.arrays)
    for name in dict.fromkeys(field.reading.specimen for field in fields):
        own = [field.reading for field in fields if field.reading.specimen == name]
        results.write_specimen(made_up_specimen(*own))


def test_a_field_is_there_at_once(fields: list[MadeUp], tmp_path: Path) -> None:
    results = ResultsFolder(tmp_path / "out")
    assert not results.has_field("S-1", "F-1")
    folder = results.write_field(fields[0].reading, fields[0].arrays)
    assert folder == tmp_path / "out" / "specimens" / "S-1" / "F-1"
    assert files_of(folder) == FIELD_FILES
    assert results.has_field("S-1", "F-1")
    assert results.read_field("S-1", "F-1") == fields[0].reading
    with Image.open(folder / "overlay.jpg") as picture:
        assert picture.size == (160, 120)
    # No map, no picture of one; nor of cells that nobody says divide.
    folder = results.write_field(fields[2].reading, fields[2].arrays)
    assert files_of(folder) == FIELD_FILES - {"heat.jpg", "dividing.jpg"}


def test_nothing_stays_of_a_field_that_failed(
    fields: list[MadeUp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(_field_files, "write_geojson", fail)
    results = ResultsFolder(tmp_path)
    with pytest.raises(WriteError, match="no space"):
        results.write_field(fields[0].reading, fields[0].arrays)
    assert not results.has_field("S-1", "F-1")
    assert files_of(tmp_path / "specimens") == {"specimens.json"}


def test_all_of_it(fields: list[MadeUp], tmp_path: Path) -> None:
    results = ResultsFolder(tmp_path, model="hep2 1.0", date=datetime.date(2026, 3, 1))
    fill(results, fields)
    results.close([NotRead("x.tif", "x.tif: no image; expected TIFF")])
    assert files_of(tmp_path) == {
        "reading.json", "report.html", "specimens",
        "specimens.csv", "specimens.parquet", "fields.csv", "fields.parquet",
        "cells.csv", "cells.parquet",
    }  # fmt: skip
    value = validate(tmp_path / "reading.json")
    assert value["model"] == "hep2 1.0"
    assert value["date"] == "2026-03-01"
    assert value["notice"] == RESEARCH_USE
    assert value["classes"][0] == {"name": "homogeneous", "codes": ["AC-1"]}
    assert [each["specimen"] for each in value["specimens"]] == ["S-1", "ä"]
    assert [each["field"] for each in value["fields"]] == ["F-1", "F-2", "ä/1"]
    for record, field in zip(value["fields"], fields, strict=True):
        assert record["cell_count"] == len(record["cells"]) == len(field.reading.cells)
        assert (tmp_path / record["folder"] / "labels.tif").exists()
    assert value["fields"][1]["quality"][1]["value"] is None
    for kind, rows in (
        ("specimens", 2),
        ("fields", 3),
        ("cells", sum(len(f.reading.cells) for f in fields)),
    ):
        assert len(pd.read_parquet(tmp_path / f"{kind}.parquet")) == rows
        assert len(pd.read_csv(tmp_path / f"{kind}.csv")) == rows
    assert pd.read_csv(tmp_path / "fields.csv")["cells"].tolist() == [
        len(field.reading.cells) for field in fields
    ]
    for record in value["specimens"]:
        folder = tmp_path / record["folder"]
        assert {"sheet.pdf", "contact.jpg", "specimen.json"} <= files_of(folder)
        assert (folder / "sheet.pdf").read_bytes().startswith(b"%PDF-")


def test_a_reading_goes_on(fields: list[MadeUp], tmp_path: Path) -> None:
    first = ResultsFolder(tmp_path / "a")
    fill(first, fields[:1])
    first.write_field(fields[2].reading, fields[2].arrays)
    (tmp_path / "a" / "specimens" / "S-1" / ".F-2.abc").mkdir()  # left by a kill
    second = ResultsFolder(tmp_path / "a")
    assert second.has_field("S-1", "F-1")
    assert second.has_field("ä", "ä/1")
    assert not second.has_field("S-1", "F-2")
    assert second.folder_of("ä") == first.folder_of("ä")
    again = second.read_field("S-1", "F-1")
    assert again == fields[0].reading
    second.write_field(fields[1].reading, fields[1].arrays)
    second.write_specimen(made_up_specimen(again, fields[1].reading))
    second.write_specimen(made_up_specimen(fields[2].reading))
    second.close()
    straight = ResultsFolder(tmp_path / "b")
    fill(straight, fields)
    straight.close()
    made, wanted = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in "ab"
    )
    assert made.keys() == wanted.keys()
    assert made == wanted


def test_a_field_is_written_anew(fields: list[MadeUp], tmp_path: Path) -> None:
    results = ResultsFolder(tmp_path)
    results.write_field(fields[0].reading, fields[0].arrays)
    changed = replace(fields[0].reading, cells=fields[0].reading.cells[:2], dividing=())
    results.write_field(changed, fields[0].arrays)
    assert results.read_field("S-1", "F-1") == changed
    assert files_of(tmp_path / "specimens" / "S-1") == {"F-1"}


def test_a_field_that_cannot_be_written_anew_stays_as_it_was(
    fields: list[MadeUp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = ResultsFolder(tmp_path)
    results.write_field(fields[0].reading, fields[0].arrays)

    def fail(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(_field_files, "write_geojson", fail)
    changed = replace(fields[0].reading, cells=fields[0].reading.cells[:2], dividing=())
    with pytest.raises(WriteError, match="no space"):
        results.write_field(changed, fields[0].arrays)
    for opened in (results, ResultsFolder(tmp_path)):
        assert opened.has_field("S-1", "F-1")
        assert opened.read_field("S-1", "F-1") == fields[0].reading


def test_a_field_that_a_kill_left_aside_is_there_again(
    fields: list[MadeUp], tmp_path: Path
) -> None:
    folder = ResultsFolder(tmp_path).write_field(fields[0].reading, fields[0].arrays)
    folder.rename(folder.with_name(f".{folder.name}.old"))
    results = ResultsFolder(tmp_path)
    assert results.read_field("S-1", "F-1") == fields[0].reading
    assert files_of(folder.parent) == {"F-1"}


def test_flags_come_back(fields: list[MadeUp], tmp_path: Path) -> None:
    results = ResultsFolder(tmp_path)
    results.write_field(fields[1].reading, fields[1].arrays)
    blurred, unscaled = results.read_field("S-1", "F-2", cells=False).quality
    assert blurred == BLURRED
    assert unscaled.flag is Flag.NO_PIXEL_SIZE
    assert unscaled.value != unscaled.value


def test_an_empty_reading(tmp_path: Path) -> None:
    ResultsFolder(tmp_path / "out").close([NotRead("x", "nothing")])
    value = validate(tmp_path / "out" / "reading.json")
    assert value["specimens"] == value["fields"] == []
    assert list(pd.read_csv(tmp_path / "out" / "cells.csv"))[:3] == ["specimen", "field", "cell"]
    assert RESEARCH_USE in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_names_of_files_are_no_names_of_fields(
    made_up: Callable[..., MadeUp], tmp_path: Path
) -> None:
    field = made_up("sheet.pdf")
    results = ResultsFolder(tmp_path)
    fill(results, [field])
    assert (tmp_path / "specimens" / "S-1" / "sheet.pdf").is_file()
    assert results.read_field("S-1", "sheet.pdf") == field.reading


def test_the_schema_describes_every_key_and_lets_no_other_pass() -> None:
    published = schema()
    jsonschema.Draft202012Validator.check_schema(published)
    records = [published, *published["$defs"].values()]
    assert published["$defs"]["Flag"]["enum"] == [*map(str, Flag)]
    for record in records:
        if record["type"] == "object":
            assert record["required"] == list(record["properties"])
            assert record["additionalProperties"] is False
            for key in (record, *record["properties"].values()):
                assert re.fullmatch(r"[^\n]+\.", key["description"])
    cell = published["$defs"]["CellReading"]["properties"]
    assert cell["x"]["description"] == cell["y"]["description"]
    assert cell["mitotic"]["anyOf"][0] == {"type": "number", "minimum": 0, "maximum": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"notice": 1},
        {"further": 1},
        {"date": "yesterday"},
        {"format": "reading-1"},
        {"fields": [{}]},
        {"classes": [{"name": "homogeneous", "codes": ["1"]}]},
    ],
)
def test_the_schema_refuses_what_is_none(tmp_path: Path, change: dict[str, Any]) -> None:
    ResultsFolder(tmp_path).close()
    path = tmp_path / "reading.json"
    path.write_text(json.dumps(validate(path) | change), encoding="utf-8")
    with pytest.raises(jsonschema.ValidationError):
        validate(path)


def test_what_the_end_of_a_batch_takes_does_not_grow_with_it(
    tmp_path: Path, made_up: Callable[..., MadeUp], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names stay in memory; what was read of fields and specimens does not."""
    monkeypatch.setattr(_summary, "_AT_ONCE", 40)  # so that few files show it
    field = made_up(told=False)
    few, many = (batch_of(tmp_path / str(count), field, count) for count in (50, 100))
    taken = []
    for folder in (few, few, many):  # the first also loads what writes tables
        tracemalloc.start()
        ResultsFolder(folder).close()
        taken.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Names take about 1100 bytes each; with all that was read it would be 3800.
    assert taken[2] - taken[1] < 50 * 2500
    assert len(pd.read_parquet(many / "specimens.parquet")) == 100


def batch_of(path: Path, field: MadeUp, count: int) -> Path:
    """Write results of a field, and copies of them under further names."""
    results = ResultsFolder(path)
    written = results.write_field(field.reading, field.arrays)
    results.write_specimen(made_up_specimen(field.reading), sheet=False)
    for number in range(1, count):
        specimen = path / "specimens" / f"N-{number:04d}"
        shutil.copytree(written, specimen / "F", copy_function=os.link)
        for old, new in ((written.parent, specimen), (written, specimen / "F")):
            for file in old.glob("[sf]*.json"):
                text = file.read_text().replace("S-1", specimen.name).replace("F-1", "F")
                (new / file.name).unlink(missing_ok=True)
                (new / file.name).write_text(text)
    return path
