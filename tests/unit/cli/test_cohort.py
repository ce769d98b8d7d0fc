"""``anascope cohort`` as somebody types it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from anascope.cli._app import app
from anascope.cohorts import SOURCES, Cohort
from anascope.cohorts import _published as published
from anascope.errors import InputError
from tests.small_cohort import patients, write_cohort
from tests.source_layouts import draw, write_csv, write_image, write_table, write_task1, write_task2


def _run(*words: object) -> Result:
    return CliRunner().invoke(app, ["cohort", *map(str, words)])


def _imported(root: Path) -> Path:
    path = write_table(root / "set")
    assert _run("import", path, root / "cohort", "--format", "table").exit_code == 0
    return root / "cohort"


def test_import_says_what_it_made(tmp_path: Path) -> None:
    path = write_table(tmp_path)
    result = _run("import", path, tmp_path / "cohort", "--format", "table")
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'cohort'}: 3 fields, 0 left out\n"


def test_import_lists_what_it_left_out(tmp_path: Path) -> None:
    path = write_table(tmp_path)
    (tmp_path / "images/f2.png").unlink()
    result = _run("import", path, tmp_path / "cohort", "--format", "table", "--skip-bad", "--json")
    assert result.exit_code == 0
    (line,) = json.loads(result.stdout)["left_out"]
    assert "f2.png: no such file; expected an image file" in line
    assert f"left out: {line}" in result.stderr


def test_import_prints_warnings_but_not_hundreds(tmp_path: Path) -> None:
    rows: list[list[object]] = [["image", "patient", "pattern"]]
    for number in range(12):
        for pattern in ("golgi", "homogeneous"):
            rows.append([f"{number}-{pattern}.png", number, pattern])
            seed = 2 * number + (pattern == "golgi")
            write_image(tmp_path / f"{number}-{pattern}.png", draw(seed, (60, 60)).image)
    path = write_csv(tmp_path / "table.csv", rows)
    result = _run("import", path, tmp_path / "cohort", "--format", "table")
    assert result.exit_code == 0
    lines = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert lines[0].startswith("warning: patient '0': patterns golgi (field '0-golgi'), homogen")
    assert lines[10:] == ["warning: and 2 more; cohort.json lists them all"]


def test_show_says_what_there_is_and_what_is_missing(tmp_path: Path) -> None:
    result = _run("show", _imported(tmp_path))
    assert result.exit_code == 0
    text = result.stdout
    for expected in (
        "table: 3 fields, 3 patients, 3 specimens",
        "image sizes: 150×140 (3)",
        "missing: nothing",
        "AC-1",
        f"fingerprint: {Cohort.open(tmp_path / 'cohort').info.fingerprint}",
    ):
        assert expected in text


def test_show_as_json(tmp_path: Path) -> None:
    shown = json.loads(_run("show", _imported(tmp_path), "--json").stdout)
    assert shown["patterns"] == [
        {"label": "homogeneous", "codes": ["AC-1"], "patients": 3, "specimens": 3, "fields": 3}
    ]
    assert shown["sizes"] == [{"width": 150, "height": 140, "fields": 3}]
    assert shown["published"] is None


def test_show_of_cells_says_that_nobody_knows_the_patients(tmp_path: Path) -> None:
    write_task1(tmp_path / "set", 12)
    _run("import", tmp_path / "set", tmp_path / "cohort", "--format", "i3a-task1")
    text = _run("show", tmp_path / "cohort").stdout
    assert "I3A Task 1: 12 fields, no known patients, 2 specimens" in text
    assert "image sizes: 12 sizes, widths 66 to 66, heights 61 to 72" in text
    assert "missing: patient in 12, intensity in 12" in text


def test_show_of_a_part_of_task2_says_the_difference(tmp_path: Path) -> None:
    write_task2(tmp_path / "set", 3)
    _run("import", tmp_path / "set", tmp_path / "cohort", "--format", "i3a-task2")
    text = _run("show", tmp_path / "cohort").stdout
    assert "not the whole I3A Task 2 set: 3 of 252 patients, 3 of 1008 fields" in text
    assert "Published counts" not in text


def test_show_of_a_whole_task2_compares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "PATIENTS", 3)
    monkeypatch.setattr(published, "FIELDS", 3)
    write_task2(tmp_path / "set", 3)
    _run("import", tmp_path / "set", tmp_path / "cohort", "--format", "i3a-task2")
    text = _run("show", tmp_path / "cohort").stdout
    assert "Published counts" in text
    (row,) = (line for line in text.splitlines() if "pattern homogeneous" in line)
    assert row.split()[-2:] == ["no", "│"]
    shown = json.loads(_run("show", tmp_path / "cohort", "--json").stdout)
    assert shown["published"][0] == {"what": "patients", "published": 3, "found": 3, "ok": True}


def test_check_of_a_sound_cohort_and_source(tmp_path: Path) -> None:
    cohort = _imported(tmp_path)
    for words in ([cohort], [tmp_path / "set" / "table.csv", "--format", "table"]):
        result = _run("check", *words)
        assert result.exit_code == 0
        assert result.stdout.endswith("3 fields checked, 0 errors, 0 warnings\n")


def test_check_lists_findings_one_a_line_and_exits_with_1(tmp_path: Path) -> None:
    path = write_table(tmp_path)
    write_image(tmp_path / "masks/f2.png", np.zeros((140, 150), np.uint8))
    (tmp_path / "images/f3.png").write_bytes(b"")
    result = _run("check", path, "--format", "table")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "error: empty mask: masks/f2.png: an empty mask; expected at least one cell",
        f"error: unreadable image: {tmp_path}/images/f3.png: an empty file; expected an image "
        "file: PNG, JPEG, BMP or TIFF",
        f"{path}: 3 fields checked, 2 errors, 0 warnings",
    ]


def test_check_with_warnings_only_exits_with_0(tmp_path: Path) -> None:
    records = patients(2)
    write_cohort(tmp_path / "c", [replace(record, patient="p") for record in records])
    result = _run("check", tmp_path / "c", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["fields"], found["errors"], found["warnings"]) == (2, 0, 1)
    assert found["findings"] == [
        {
            "kind": "patient with two patterns",
            "severity": "warning",
            "where": "patient 'p'",
            "found": "patterns homogeneous (field 'p0-0'), nucleolar (field 'p1-0')",
            "expected": "one pattern, unless the serum is mixed",
        }
    ]


def test_check_without_a_cohort_says_what_it_wants(tmp_path: Path) -> None:
    result = _run("check", tmp_path)
    assert isinstance(result.exception, InputError)
    assert "not a prepared cohort" in str(result.exception)


@pytest.mark.parametrize("command", ["import", "check"])
def test_help_names_every_layout(command: str) -> None:
    text = " ".join(_run(command, "--help").stdout.split())
    for name in SOURCES:
        assert name in text


def test_bad_input_is_one_line_and_status_1(tmp_path: Path) -> None:
    words = ["cohort", "import", str(tmp_path), str(tmp_path / "c"), "--format", "mivi"]
    done = subprocess.run(
        [sys.executable, "-c", "from anascope.cli import main; main()", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "anascope: --format: 'mivi'; "
        "expected one of mivia, i3a-task1, i3a-task2, i3a-fields, table "
        "(did you mean 'mivia'?)\n"
    )
