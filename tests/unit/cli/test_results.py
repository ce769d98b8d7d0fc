"""``anascope results`` and ``anascope titre``, as a user calls them."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from anascope.cli._app import app
from anascope.errors import InputError
from tests.refusals import refused
from tests.unit.exchange.made_up import write_results

PLATE = """well,specimen,serum,dilution,control
A1,S-1,P-7,1:80,
A2,S-2,P-7,1:160,
H12,S-3,,,negative
"""


def call(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


@pytest.fixture
def read(tmp_path: Path) -> Path:
    """Return a folder of results, with the table of a plate beside it."""
    write_results(tmp_path / "reading", "S-1", "S-2", "S-3")
    (tmp_path / "plate.csv").write_text(PLATE, encoding="utf-8")
    return tmp_path / "reading"


def test_titres_are_printed_and_written(read: Path) -> None:
    plate, out = read.parent / "plate.csv", read.parent / "titres.csv"
    done = call("titre", read, plate, "--out", out)
    assert done.exit_code == 0, done.output
    assert ">= 1:160" in done.stdout
    assert "an estimate from images" in done.stdout
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["serum"], row["titre"]) == ("P-7", ">= 1:160")
    (printed,) = json.loads(call("titre", read, plate, "--json").stdout)
    assert (printed["serum"], printed["end_point"], printed["relation"]) == ("P-7", 160.0, ">=")
    assert [well["specimen"] for well in printed["readings"]] == ["S-1", "S-2"]


def test_a_plate_is_shown_with_its_failed_control(
    read: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whichever test has made the console of this process, and how wide.
    monkeypatch.setattr("anascope.cli._results.console", Console(width=200))
    plate, out = read.parent / "plate.csv", read.parent / "view.csv"
    done = call("results", "plate", read, plate, "--out", out)
    assert done.exit_code == 0, done.output
    assert "homogeneous" in done.stdout
    assert "controls with an unexpected result: H12" in done.stderr
    rows = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))
    assert rows[1][1].startswith("S-1, 1:80, homogeneous")
    printed: dict[str, Any] = json.loads(call("results", "plate", read, plate, "--json").stdout)
    assert [well["well"] for well in printed["wells"]] == ["A1", "A2", "H12"]
    assert printed["controls_that_fail"] == ["H12"]


def test_bundles_are_written_and_what_is_damaged_is_told(read: Path) -> None:
    pytest.importorskip("fhir.resources", reason="fhir.resources is not installed")
    (read / "specimens" / "S-2" / "specimen.json").write_text("{", encoding="utf-8")
    out = read.parent / "fhir"
    done = call("results", "fhir", read, out, "--plate", read.parent / "plate.csv")
    assert done.exit_code == 1, done.output
    assert done.stdout.strip().endswith("2 specimens")
    assert "left out:" in done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["S-1.json", "S-3.json"]
    again = call("results", "fhir", read, out)
    assert isinstance(again.exception, InputError)
    wrong = call("results", "fhir", read, read.parent / "new", "--icap-system", "AC")
    assert str(wrong.exception).startswith("--icap-system: 'AC'; expected a URI")


@pytest.mark.parametrize(
    ("command", "module", "name"),
    [("fhir", "fhir.resources", "FHIR"), ("dicom", "highdicom", "DICOM")],
)
def test_a_missing_extra_is_named(
    read: Path, monkeypatch: pytest.MonkeyPatch, command: str, module: str, name: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    done = call("results", command, read, read.parent / "out")
    message = f"{name}: {module.partition('.')[0]} is not installed; expected anascope[{command}]"
    assert str(done.exception).startswith(message)
    assert not (read.parent / "out").exists()


def test_wrong_cells_and_a_wrong_folder_are_refused(read: Path) -> None:
    done = call("results", "dicom", read, read.parent / "out", "--cells", "labelmaps")
    assert str(done.exception).startswith("--cells: 'labelmaps'")
    done = call("titre", read.parent / "none", read.parent / "plate.csv")
    with refused(read.parent / "none", "no such folder", "..."):
        raise done.exception or AssertionError("not refused")


def test_images_that_are_gone_leave_nothing_behind(read: Path) -> None:
    pytest.importorskip("highdicom", reason="highdicom is not installed")
    done = call("results", "dicom", read, read.parent / "out")
    assert str(done.exception).startswith(f"{read.parent / 'out'}: nothing to write")
    assert done.stderr.count("left out: /images/F-1.tif: no such file") == 3
    assert not (read.parent / "out").exists()


def test_a_plate_without_dilutions_has_no_titre(read: Path) -> None:
    plate = read.parent / "bare.csv"
    plate.write_text("well,specimen\nA1,S-1\n", encoding="utf-8")
    done = call("titre", read, plate)
    assert str(done.exception).startswith(f"{plate}: no patient's serum with a dilution")
