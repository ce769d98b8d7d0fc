"""One damaged run: it is named, the others stay right, and what can be made again is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.presets import preset_to_yaml
from anascope.studies import Job, Outcome, State, StudyFolder, carry_out, open_study, run_study
from anascope.studies.analysis import read_results
from tests.pretended import Here, made_up_study, pretend, pretend_all

GRID: dict[str, Any] = {"settings": [{"training.epochs": 2}], "folds": {"count": 2}}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two trainings on two folds, all done."""
    study = made_up_study(tmp_path_factory.mktemp("whole"), people=6, **GRID)
    pretend_all(study)
    return study.path


@pytest.fixture
def study(whole: Path, tmp_path: Path) -> StudyFolder:
    shutil.copytree(whole, tmp_path / "study")
    return open_study(tmp_path / "study")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def gone(path: Path) -> None:
    path.unlink()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def another_type(path: Path) -> None:
    path.write_text("[]")


RESULTS = ["predictions.parquet", "fields.parquet", "history.csv", "hardware.json", "metrics.json"]


@pytest.mark.parametrize("damage", [empty, gone, half, a_folder, another_type])
@pytest.mark.parametrize("name", RESULTS)
def test_it_is_named_and_handed_out_again(
    study: StudyFolder, name: str, damage: Callable[[Path], None]
) -> None:
    run, *others = study.runs
    path = study.layout.run(run.name) / name
    if (name, damage) == ("history.csv", half):
        path.write_text("epoch,loss\n1,much\n")
    else:
        damage(path)
    status = json.loads(
        CliRunner().invoke(app, ["study", "status", str(study.path), "--json"]).stdout
    )
    by_name = {row["run"]: row for row in status["runs"]}
    not_done = name == "metrics.json" and damage is gone  # which is what being done means
    state = State.BEGUN if not_done else State.DAMAGED
    assert by_name[run.name]["state"] == state.value
    assert not_done or by_name[run.name]["reason"].startswith(str(path))
    assert {by_name[other.name]["state"] for other in others} == {"done"}

    results = read_results(study)
    assert {each.run.name for each in results.runs} == {other.name for other in others}
    assert set(results.unfinished) == {run.name}

    handed_out: list[str] = []

    def note(job: Job) -> Outcome:
        handed_out.append(job.run.name)
        return Outcome(job.run.name)

    run_study(study, Here(note))
    assert handed_out == [run.name]


def test_status_says_it_in_words(study: StudyFolder) -> None:
    run, *_ = study.runs
    path = study.layout.files(run.name).fields
    path.write_bytes(b"")
    status = CliRunner().invoke(app, ["study", "status", str(study.path)], env={"COLUMNS": "300"})
    assert status.exit_code == 0
    assert "3 done, 1 damaged" in status.stdout
    assert f"damaged: {run.name}: {path}: " in status.stdout


def only(bad: str) -> Here:
    """Return what does one run as it is done, and makes up the others."""
    return Here(lambda job: carry_out(job) if job.run.name == bad else pretend(job))


def a_file_in_its_place(path: Path) -> None:
    path.write_text("no folder")


def a_folder_for_the_failure(path: Path) -> None:
    (path / "failure.json" / "inside").mkdir(parents=True)


def no_description(path: Path) -> None:
    """But something else, which is not ours to remove."""
    path.mkdir()
    (path / "notes.txt").write_text("mine")


@pytest.mark.parametrize("damage", [a_file_in_its_place, a_folder_for_the_failure, no_description])
def test_a_folder_that_is_no_run_fails_alone_and_loses_nothing(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    study = made_up_study(tmp_path, people=6, **GRID)
    run, *others = study.runs
    path = study.layout.run(run.name)
    path.parent.mkdir(exist_ok=True)
    damage(path)
    before = sorted(entry for entry in (path, *path.rglob("*")) if entry.name != "failure.json")
    ended = run_study(study, only(run.name))
    assert set(ended.failed) == {run.name}
    assert str(path) in ended.failed[run.name]
    assert "\n" not in ended.failed[run.name]
    assert set(ended.done) == {other.name for other in others}
    after = (path, *path.rglob("*"))
    assert set(before) <= set(after)


def test_a_run_folder_with_the_preset_of_another_is_refused(study: StudyFolder) -> None:
    run, other = study.runs[0], study.runs[2]
    files = study.layout.files(run.name)
    files.metrics.unlink()
    files.preset_file.write_text(preset_to_yaml(other.preset))
    ended = run_study(study, only(run.name))
    assert set(ended.failed) == {run.name}
    assert "a run of another preset, fold or cohort" in ended.failed[run.name]


@pytest.mark.slow
def test_damaged_predictions_are_made_again_as_they_were(tmp_path: Path) -> None:
    """Trains one epoch, measures twice: 12 s."""
    changes = {"image.patch_size": 64, "image.scale": 1.0, "network.width": 4}
    grid: dict[str, Any] = {"settings": [{"training.epochs": 1}], "factors": {}, "changes": changes}
    study = made_up_study(tmp_path, people=6, folds={"count": 2, "only": ["A"]}, **grid)
    (run,) = study.runs
    files, job = study.layout.files(run.name), Job(study.layout, run, study.cohort_path, "cpu")
    assert carry_out(job).failure is None
    before = pd.read_parquet(files.predictions)
    files.predictions.write_bytes(b"")
    assert carry_out(job).failure is None
    pd.testing.assert_frame_equal(pd.read_parquet(files.predictions), before)
    assert study.layout.looked_at(run.name, run.fold) == (State.DONE, None)
