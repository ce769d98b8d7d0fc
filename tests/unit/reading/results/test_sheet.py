"""The sheet: one page, whatever is on it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from anascope.documents import write_typeset
from anascope.reading.results import sheet_files, write_sheet
from anascope.words import RESEARCH_USE
from tests.unit.reading.results.conftest import (
    BLURRED,
    UNSCALED,
    MadeUp,
    made_up_decision,
    made_up_specimen,
)

HOSTILE = "<b> #let x = 1 $x^2$ *a* _c_ @ref \\n [d] `f` // g"


def pages(path: Path) -> list[tuple[int, int]]:
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", path.read_bytes())
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def small(folder: Path, name: str, size: tuple[int, int] = (160, 120)) -> Path:
    path = folder / f"{name}.jpg"
    Image.new("RGB", size, (60, 60, 60)).save(path)
    return path


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 9])
def test_one_page(made_up: Callable[..., MadeUp], tmp_path: Path, count: int) -> None:
    fields = [made_up(f"F-{number}").reading for number in range(max(count, 1))]
    pictures = {field.field: small(tmp_path, field.field) for field in fields[:count]}
    path = tmp_path / "sheet.pdf"
    write_sheet(made_up_specimen(*fields), fields, pictures, path, model="m")
    assert pages(path) == [(595, 842)]
    assert b"CreationDate" not in path.read_bytes()


def test_one_page_with_too_much_on_it(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    long = f"{HOSTILE} {'x' * 200} " * 3
    advice = replace(BLURRED, advice=long)
    undecided = made_up_decision(others=("golgi", "fine speckled", "coarse speckled", "numa-like"))
    fields = [
        made_up(f"{number} {long}", long, quality=(advice, UNSCALED), decision=undecided).reading
        for number in range(6)
    ]
    # One stands upright.
    pictures = {
        field.field: small(tmp_path, str(number), (300, 900) if number == 1 else (900, 300))
        for number, field in enumerate(fields)
    }
    path = tmp_path / "sheet.pdf"
    write_sheet(
        made_up_specimen(*fields),
        fields,
        pictures,
        path,
        model=long,
        date=datetime.date(2026, 3, 1),
    )
    assert pages(path) == [(595, 842)]


def test_what_is_on_it(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    undecided = made_up_decision(others=("golgi",))
    field = made_up(quality=(BLURRED, UNSCALED), decision=undecided).reading
    specimen = made_up_specimen(field)
    pictures = {field.field: small(tmp_path, "a")}
    date = datetime.date(2026, 3, 1)
    files = sheet_files(specimen, [field], pictures, model="hep2 1.0", date=date)
    write_typeset(files, tmp_path / "sheet.pdf")
    content = json.loads(files["content.json"])
    assert content["pattern"] == "undecided"
    assert content["how_sure"] == "likeliest homogeneous, 90%"
    assert content["codes"] == "AC-1, AC-22"
    assert ["Set at 90% coverage", "homogeneous (AC-1), golgi (AC-22)"] in content["facts"]
    assert [bar["name"] for bar in content["patterns"] if bar["within"]] == ["homogeneous", "golgi"]
    assert content["flags"] == [
        "F-1: out of focus (0.123, limit 0.2). Focus anew.",
        "F-1: no pixel size. Give it.",
    ]
    assert content["notice"] == RESEARCH_USE
    assert (content["model"], content["date"]) == ("hep2 1.0", "2026-03-01")


def test_who_is_not_calibrated_says_so(made_up: Callable[..., MadeUp]) -> None:
    decision = replace(made_up_decision(), pattern_set=(), calibrated=False)
    field = made_up("F-1", decision=decision).reading
    content = json.loads(sheet_files(made_up_specimen(field), [field], {})["content.json"])
    assert ["Set", "none: not calibrated"] in content["facts"]
    assert content["how_sure"] == "probability 90%, not calibrated"
