"""``anascope read``, as a user calls it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner, Result

from anascope.cli._app import app
from anascope.cli._read import _print_specimens
from anascope.errors import InputError
from anascope.files import read_json
from anascope.models import model_folder, read_card, save_model
from anascope.reading import UNDECIDED
from anascope.reading.batch import BatchSummary
from tests.evaluable import all_evaluable
from tests.unit.models.engines.test_engines import model

SPECIMENS = 23


def call(*arguments: object) -> Result:
    words = ["read", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the options of a reading with a small model, and where its images are."""
    folder = tmp_path_factory.mktemp("read")
    save_model(folder / "model", model("dense"))
    (folder / "images").mkdir()
    rng = np.random.default_rng(8)
    for number in range(SPECIMENS):
        pixels = rng.integers(0, 256, (130, 140), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "images" / f"S{number:02d}.png")
    return [
        str(folder / "images"),
        f"--model={folder / 'model'}",
        "--engine=torch",
        "--no-sheets",
    ]


@pytest.fixture(scope="module")
def done(options: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder of results, and what was printed while it was made.

    Nothing there may be read whole but what belongs to one field or one specimen: else memory
    would grow with their number.
    """
    out = tmp_path_factory.mktemp("results") / "out"
    opened: list[Path] = []

    def noted(path: Path) -> Any:
        opened.append(path)
        return read_json(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("anascope.files.read_json", noted)
        patch.setattr("anascope.cli._output.console", Console(width=200))
        with all_evaluable():
            result = call(*options, "--out", out)
    assert not [path for path in opened if path.parent == out and path.name != "settings.json"]
    return out, result


def test_the_first_specimens_are_shown_as_they_were_read(done: tuple[Path, Result]) -> None:
    out, result = done
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    rows = [line for line in lines if line.startswith("│ S")]
    specimens = read_json(out / "reading.json")["specimens"]
    assert len(specimens) == SPECIMENS
    assert len(rows) == 20
    for row, specimen in zip(rows, specimens, strict=False):
        decision = specimen["decision"]
        assert [cell.strip() for cell in row.strip("│").split("│")] == [
            specimen["specimen"],
            str(specimen["flagged"]),
            f"{decision['pattern']} ({', '.join(decision['codes'])})",
            f"{decision['patterns'][decision['likeliest']]:.2f}",
            decision["intensity"],
            str(specimen["cells"]),
        ]
    assert any(line.startswith("not calibrated: ") for line in lines)  # as the model's card says
    assert f"and 3 more: {out / 'specimens.csv'}" in lines
    assert f"{out}: 23 specimens, 23 fields read now, 0 not read" in lines


def test_a_program_gets_json(done: tuple[Path, Result], options: list[str], tmp_path: Path) -> None:
    found = json.loads(call(*options, "--out", done[0], "--json").stdout)
    counts = {key: found[key] for key in ("specimens", "fields_read", "fields_kept", "not_read")}
    assert counts == {"specimens": 23, "fields_read": 0, "fields_kept": 23, "not_read": []}


@pytest.mark.parametrize("engine", ["auto", "torch", "onnxruntime"])
def test_an_accelerator_that_nobody_knows_is_refused(
    options: list[str], tmp_path: Path, engine: str
) -> None:
    where = [options[0], "--engine", engine, "--out", tmp_path / "out"]
    result = call(*where, "--accelerator", "banana")
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == "--accelerator: 'banana'; expected one of auto, cpu, gpu"
    assert not (tmp_path / "out").exists()


def row_of(pattern: str, *candidates: str) -> dict[str, str]:
    return {
        "specimen": "S-1",
        "flagged": "1",
        "fields": "4",
        "fields_evaluable": "4",
        "evaluable": "True",
        "why_not": "",
        "pattern": pattern,
        "codes": "AC-8; AC-9; AC-10",
        "pattern_set": "; ".join(candidates),
        "likeliest_probability": "0.3",
        "intensity": "intermediate",
        "cells": "99",
        "calibrated": "True",
    }


def printed(
    folder: Path, rows: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> list[str]:
    with (folder / "specimens.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    _print_specimens(BatchSummary(folder, len(rows), len(rows), 0, 0, {}, 0, {}, ()))
    return capsys.readouterr().out.splitlines()


def test_an_undecided_specimen_takes_few_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With whole words, however many patterns it may be."""
    monkeypatch.setattr("anascope.cli._output.console", Console(width=80))
    classes = read_card(model_folder()).vocabulary.patterns.classes
    rows = [row_of(UNDECIDED, *classes), row_of("nucleolar", "homogeneous nucleolar")]
    lines = printed(tmp_path, rows, capsys)
    assert max(map(len, lines)) <= 80
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    second = [row[1] for row in cells].index("1", 1)
    assert second <= 6
    patterns = [" ".join(row[2] for row in part) for part in (cells[:second], cells[second:])]
    more = len(classes) - 3
    assert patterns == [
        f"undecided: {classes[0]}, {classes[1]}, {classes[2]}, … and {more} more",
        "nucleolar (AC-8, AC-9, AC-10)",
    ]


def test_three_candidates_are_all_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("anascope.cli._output.console", Console(width=200))
    lines = printed(tmp_path, [row_of(UNDECIDED, "golgi", "numa-like", "negative")], capsys)
    assert any("undecided: golgi, numa-like, negative │" in line for line in lines)


def test_a_specimen_that_is_not_evaluable_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("anascope.cli._output.console", Console(width=200))
    nothing = dict.fromkeys(("pattern", "codes", "pattern_set", "intensity", "calibrated"), "")
    blank = row_of(UNDECIDED) | nothing | {"likeliest_probability": "", "evaluable": "False"}
    lines = printed(tmp_path, [blank | {"why_not": "F: too dark"}], capsys)
    row = next(line for line in lines if "F: too dark" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == [
        "S-1", "1", "not evaluable: F: too dark", "", "–", "99",
    ]  # fmt: skip


def test_fields_that_are_left_out_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("anascope.cli._output.console", Console(width=200))
    rows = [row_of("nucleolar") | {"fields_evaluable": "1", "why_not": "F: too dark"}]
    lines = printed(tmp_path, rows, capsys)
    assert any("nucleolar (AC-8, AC-9, AC-10); from 1 of 4 fields" in line for line in lines)


def test_a_wrong_path_ends_with_the_reason(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = call(tmp_path / "no", "--out", out)
    assert done.exit_code == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"not read: {tmp_path / 'no'}: no such file; expected an image file")
    assert not out.exists()


def test_of_many_refusals_the_rest_is_counted_once(tmp_path: Path) -> None:
    wrong = [tmp_path / f"no-{number:02d}" for number in range(22)]
    lines = call(*wrong, "--out", tmp_path / "out").stderr.splitlines()
    assert [line.startswith("not read: ") for line in lines] == [True] * 20 + [False] * 2
    assert lines[20:] == ["and 2 more", "nothing was read: all 22 were refused"]


def test_where_nothing_can_be_read_there_is_no_table(options: list[str], tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    done = call(tmp_path, *options[1:], "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1] == "nothing was read: all 2 were refused"


def test_a_program_is_told_of_a_wrong_path(tmp_path: Path) -> None:
    done = call(tmp_path / "no", "--out", tmp_path / "out", "--json")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert answer["specimens"] == 0
    assert [image["source"] for image in answer["not_read"]] == [str(tmp_path / "no")]
