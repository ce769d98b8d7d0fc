"""``anascope adapt``, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.errors import InputError
from tests.small_cohort import patients, write_cohort
from tests.unit.adaptation.small_model import exported_untrained


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model and two cohorts."""
    folder = tmp_path_factory.mktemp("given")
    copytree(exported_untrained(tmp_path_factory), folder / "model")
    write_cohort(folder / "cohort", patients(12), shape=(80, 90))
    write_cohort(folder / "few", patients(4), shape=(80, 90))
    return folder


def words(given: Path, cohort: str, out: Path, *more: str) -> list[str]:
    paths = [str(given / "model"), str(given / cohort), "--out", str(out)]
    return ["adapt", *paths, "--accelerator=cpu", *more]


def test_it_shows_before_and_after_and_says_what_was_kept(given: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, words(given, "cohort", tmp_path / "new"), env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    assert "new calibration" in done.stdout
    assert "fine-tuned  " not in done.stdout
    (right,) = [line for line in done.stdout.splitlines() if "pattern right" in line]
    assert right.count("of 12 [") == 2
    assert (
        "The network stays as it was, with a new calibration; it was not fine-tuned, as"
        in done.stdout
    )
    assert "No specimen shows golgi" in done.stderr
    assert f"next: anascope read SLIDES --out READINGS --model {tmp_path}/new" in done.stdout


def test_json_has_all_figures(given: Path, tmp_path: Path) -> None:
    more = ("--calibrate-only", "--json")
    done = CliRunner().invoke(app, words(given, "cohort", tmp_path / "new", *more))
    printed = json.loads(done.stdout)
    assert printed["model"] == str(tmp_path / "new")
    assert printed["kept"] == "calibrated"
    assert printed["sentence"].endswith("only calibration was asked for.")
    assert printed["figures"]["before"]["coverage"]["mean"] is None
    assert printed["figures"]["calibrated"]["coverage"]["mean"] >= 0
    assert printed["notes"]


def test_too_few_are_told_in_one_line(given: Path, tmp_path: Path) -> None:
    error = CliRunner().invoke(app, words(given, "few", tmp_path / "new")).exception
    assert isinstance(error, InputError)
    assert str(error) == (
        f"{given / 'few'}: 4 patients with one known pattern; expected at least 10 to calibrate "
        "the model, and 30 to fine-tune it as well"
    )
    assert list(tmp_path.iterdir()) == []
