"""``anascope folds``, ``train`` and ``evaluate``, as a user calls them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from rich.console import Console
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.cli._train import _progress
from anascope.cohorts import Cohort
from anascope.errors import InputError
from anascope.training import StepDone, TrainingBegan
from tests.refusals import refused
from tests.small_cohort import patients, record, write_cohort

SMALL = [
    "--preset=tiny",
    "--set=image.patch_size=64",
    "--set=image.scale=1",
    "--set=network.width=4",
    "--epochs=1",
    "--accelerator=cpu",
]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", patients(10))


def call(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def call_json(*arguments: object) -> Any:
    return json.loads(call(*arguments, "--json"))


@pytest.fixture(scope="module")
def run(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "run"
    printed = call_json("train", cohort.path, *SMALL, "-o", path)
    assert printed["epochs"] == 1
    return path


def test_train_writes_curves_and_command(run: Path) -> None:
    assert (run / "curves.png").stat().st_size > 1000
    assert json.loads((run / "run.json").read_text())["fold"] == "A"
    assert json.loads((run / "hardware.json").read_text())["threads"] >= 1


def test_evaluate_prints_a_table_or_json(run: Path) -> None:
    table = call("evaluate", run, "--accelerator=cpu")
    assert "pattern: mean class accuracy" in table
    assert "as the mask stands" in table
    printed = call_json("evaluate", run, "--accelerator=cpu")
    assert set(printed) >= {"patch", "field", "specimen"}
    assert printed == {
        key: value
        for key, value in json.loads((run / "metrics.json").read_text()).items()
        if key not in ("part", "fold", "tables_sha256")
    }


def test_resume_goes_on_only_with_the_same_patients(
    cohort: Cohort, run: Path, tmp_path: Path
) -> None:
    call("folds", "draw", cohort.path, "-o", tmp_path / "folds.json", "--seed=9")
    folds = f"--folds={tmp_path / 'folds.json'}"
    message = "fold A with other train patients; expected those in fold.json: the settings with"
    with pytest.raises(InputError, match=message):
        call("train", cohort.path, *SMALL, folds, "-o", run, "--resume")


def test_resume_goes_on_only_with_the_same_settings(cohort: Cohort, run: Path) -> None:
    call("train", cohort.path, *SMALL, "-o", run, "--resume")
    message = "balancing.alpha 6.0; expected balancing.alpha 0.6: the settings with which it"
    with pytest.raises(InputError, match=message):
        call("train", cohort.path, *SMALL, "--alpha=6", "-o", run, "--resume")
    with pytest.raises(InputError, match="exists already"):
        call("train", cohort.path, *SMALL, "-o", run)


def test_short_options_change_the_preset(cohort: Cohort, tmp_path: Path) -> None:
    options = ["--balancer=dwa", "--alpha=0.06", "--mask-loss=bce", "--seed=3", "--fold=B"]
    call("train", cohort.path, *SMALL, *options, "-o", tmp_path / "run")
    preset = (tmp_path / "run" / "preset.yaml").read_text()
    assert "balancer: dwa" in preset
    assert "alpha: 0.06" in preset
    assert "mask: bce" in preset
    assert "seed: 3" in preset


def test_bad_change(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="KEY=VALUE"):
        call("train", cohort.path, "--set=training.epochs", "-o", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_unknown_balancer_names_the_nearest(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'pcgrad'"):
        call("train", cohort.path, *SMALL, "--balancer=pc-grad", "-o", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_folds_draw_show_and_use(cohort: Cohort, tmp_path: Path) -> None:
    path = tmp_path / "folds.json"
    drawn = call_json("folds", "draw", cohort.path, "-o", path)
    assert call_json("folds", "show", cohort.path, path) == drawn
    assert "no patient is in two sets" in call("folds", "show", cohort.path, path)
    with pytest.raises(InputError, match="edited folds are not overwritten"):
        call("folds", "draw", cohort.path, "-o", path)
    with pytest.raises(InputError, match="fold: 'Z'"):
        call("train", cohort.path, *SMALL, "--folds", path, "--fold=Z", "-o", tmp_path / "run")


def test_classes_without_a_training_patient_are_named_everywhere(tmp_path: Path) -> None:
    """Of ten patients one is centromere: where it is tested, nobody is there to learn from."""
    records = [*patients(9), record("c", patient="c", pattern="centromere")]
    path = write_cohort(tmp_path / "cohort", records).path
    drawn = printed_by(json.loads, "folds", "draw", path, "-o", tmp_path / "f.json", "--json")
    (found,) = drawn.value["untrained"]
    fold = found["fold"]
    assert found == {"fold": fold, "task": "pattern", "label": "centromere", "patients": 1}
    line = f"fold {fold}: no training patient has pattern 'centromere' (1 test patient)"
    assert drawn.lines == [line]
    run, there = tmp_path / "run", ["--folds", tmp_path / "f.json", "--fold", fold]
    trained = printed_by(json.loads, "train", path, *SMALL, *there, "-o", run, "--json")
    evaluated = printed_by(json.loads, "evaluate", run, "--accelerator=cpu", "--json")
    for each in (trained, evaluated):
        assert each.value["untrained"] == [found]
        assert line in each.lines
    assert json.loads((run / "metrics.json").read_text())["untrained"] == [found]


class Printed(NamedTuple):
    """What a command said: on standard output, read, and on standard error, by line."""

    value: Any
    lines: list[str]


def printed_by(read: Callable[[str], Any], *arguments: object) -> Printed:
    done = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return Printed(read(done.stdout), done.stderr.splitlines())


def test_plain_draw(cohort: Cohort, tmp_path: Path) -> None:
    printed = call_json("folds", "draw", cohort.path, "-o", tmp_path / "f.json", "--plain")
    assert printed["draw"] == "plain"


def test_the_bar_counts_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True, color_system=None)
    monkeypatch.setattr("anascope.cli._output.errors", console)
    with _progress(("mask", "pattern", "intensity")) as watcher:
        watcher(TrainingBegan(epochs=15, steps=40, first_epoch=3))
        watcher(StepDone(3, 10, (0.5, 1.25, 0.0625), (1.5, 1.0, 0.5)))
    lines = file.getvalue().splitlines()
    place = max(number for number, line in enumerate(lines) if "epoch 3 of 15" in line)
    line, note = lines[place : place + 2]
    assert " 90/600 steps" in line
    expected = "losses: mask 0.500, pattern 1.250, intensity 0.062; weights 1.50 1.00 0.50"
    assert expected in note


def test_a_disk_that_is_too_small_is_seen_before_the_run_begins(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=2_000_000))
    path = tmp_path / "new" / "run"
    with refused(
        path,
        "2.0 MB free on the disk",
        "... MB, which this run may need (--ignore-disk to begin all the same)",
    ):
        call("train", cohort.path, *SMALL, "-o", path)
    assert not path.parent.exists()
