"""``anascope study``, as a user calls it."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from rich.live import Live
from typer.testing import CliRunner

from anascope.cli import _study, _study_view
from anascope.cli._app import app
from anascope.cli._study_view import Clock, Lines, View, study_view
from anascope.errors import InputError
from anascope.files import write_json
from anascope.studies import RunEnded, StudyBegan, StudyFolder, carry_out
from anascope.studies.analysis import Figures
from anascope.workers import Tick
from tests.pretended import Here, draw_nothing, made_up_study, pretend, pretend_all
from tests.refusals import refused
from tests.small_cohort import patients, write_cohort

STUDY = """
description: two trainings
preset: tiny
changes: {image.patch_size: 64, image.scale: 1, network.width: 4, training.epochs: 1}
factors: {loss.mask: [dice, bce]}
folds: {count: 5, only: [A]}
"""


def call(*arguments: object, exit_code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == exit_code, done.output
    return done.stdout


def call_json(*arguments: object) -> Any:
    return json.loads(call(*arguments, "--json"))


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    return made_up_study(tmp_path)


@pytest.fixture
def on_screen(monkeypatch: pytest.MonkeyPatch) -> Console:
    console = Console(file=io.StringIO(), force_terminal=True, width=120, height=60)
    monkeypatch.setattr(_study_view, "errors", console)
    return console


def in_this_process(*_: object, **ways: object) -> Here:
    """Return an executor that trains, but starts no process that would import all anew."""
    return Here(carry_out)


def test_run_and_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(10))
    grid = tmp_path / "grid.yaml"
    grid.write_text(STUDY)
    out = tmp_path / "study"
    # In processes of their own: tests/end_to_end/test_killed_study.py.
    monkeypatch.setattr(_study, "executor_named", in_this_process)
    printed = call_json("study", "run", grid, cohort.path, "-o", out, "--only=loss.mask=dice")
    assert len(printed["done"]) == 1
    assert printed["failed"] == {}
    printed = call("study", "run", grid, cohort.path, "-o", out, "--jobs=2")
    assert "2 of 2 runs done" in printed
    assert f"next: anascope study report {out}" in printed
    status = call_json("study", "status", out)
    assert status["counts"] == {
        "done": 2,
        "damaged": 0,
        "failed": 0,
        "begun": 0,
        "waiting": 0,
    }
    assert not status["driven"]
    # Nothing goes on from what is done.
    assert list(out.glob("runs/*/checkpoints/*")) == []


def test_a_disk_that_is_too_small_is_seen_before_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_study, "executor_named", lambda *_, **ways: Here())
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=4_000_000))
    cohort = write_cohort(tmp_path / "cohort", patients(10))
    grid = tmp_path / "grid.yaml"
    grid.write_text(STUDY)
    out = tmp_path / "study"
    with refused(
        out,
        "4.0 MB free on the disk",
        "... MB, which 2 runs, 1 at a time, may need (--ignore-disk to begin all the same)",
    ):
        call("study", "run", grid, cohort.path, "-o", out)
    assert not (out / "runs").exists()
    # As many as fit are asked for, and one is said.
    monkeypatch.setattr(_study, "executor_named", lambda *_, local, ray: local() and Here())
    printed = call("study", "run", grid, cohort.path, "-o", out, "--ignore-disk", "--jobs=auto")
    assert "2 of 2 runs done" in printed


def test_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = made_up_study(tmp_path, settings=[{"balancing.alpha": 0.6}], folds={"count": 2})
    pretend_all(study)
    monkeypatch.setattr(Figures, "_draw", draw_nothing)
    printed = call("study", "report", study.path)
    assert "- Mask loss: " in printed
    assert f"written: {study.layout.report}/report.html, report.pdf" in printed
    made = call_json("study", "report", study.path, "-o", tmp_path / "elsewhere")
    assert Path(made["report"]) == tmp_path / "elsewhere" / "report.html"
    assert Path(made["report"]).is_file()
    assert {"means", "folds", "cost"} <= set(made["tables"])
    assert {"roc-pooled", "weights", "reference"} <= set(made["figures"])
    assert any(each["headline"].startswith("Mask loss: ") for each in made["conclusions"])


def test_runs_that_fail_are_shown_and_set_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_study, "executor_named", in_this_process)
    cohort = write_cohort(tmp_path / "cohort", patients(10))
    grid = tmp_path / "grid.yaml"
    grid.write_text(STUDY)
    out = tmp_path / "study"
    bad = "network.imagenet_weights=missing.pth"
    printed = call(
        "study",
        "run",
        grid,
        cohort.path,
        "-o",
        out,
        f"--set={bad}",
        "--only=loss.mask=bce",
        exit_code=1,
    )
    assert "0 of 1 runs done" in printed
    assert re.search(r"failed: bce-A-\w+: missing.pth", printed)
    assert "1 failed" in call("study", "status", out)


def test_status_of_runs_in_every_state(study: StudyFolder) -> None:
    from anascope.studies import Job

    done, failed, stopped, *waiting = study.runs
    pretend(Job(study.layout, done, study.cohort_path))
    write_json(study.layout.failure(failed.name), {"reason": "no memory left"})
    path = study.layout.run(stopped.name)
    write_json(path / "run.json", {})
    write_json(
        path / "progress.json",
        {"epoch": 3, "epochs": 4, "step": 1, "steps": 2, "losses": [0.1, 0.2, 0.3], "weights": []},
    )
    printed = call("study", "status", study.path)
    assert "stopped at 2/4" in printed
    assert f"1 done, 1 failed, 1 begun, {len(waiting)} waiting; no process works on it" in printed
    assert f"failed: {failed.name}: no memory left" in printed
    rows = call_json("study", "status", study.path)["runs"]
    assert [row["state"] for row in rows[:4]] == ["done", "failed", "begun", "waiting"]
    assert rows[2]["epochs_done"] == 2.5


def test_show() -> None:
    printed = call("study", "show", "paper")
    assert "Dice, 15 epochs, α 0.06" in printed
    assert "preset paper; folds: all 5" in printed
    assert call_json("study", "show", "paper")["factors"] == {"loss.mask": ["dice", "bce"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--executor=slurm"], "--executor: 'slurm'; expected one of local, ray"),
        (["--only=loss.mask"], "--only: 'loss.mask'; expected KEY=VALUE"),
        (["--only=loss.mask=focal"], "--only: 'focal' of loss.mask; expected one of dice, bce"),
        (["--set=training.epochs=3"], "'training.epochs' twice"),
        (["--fold=Z"], "fold: 'Z'"),
        (["--preset=tny"], "did you mean 'tiny'"),
        (["--jobs=0"], "--jobs: 0; expected at least 1"),
        (["--jobs=many"], "--jobs: 'many'; expected a number, or auto"),
        (["--executor=ray", "--cpus-per-run=0"], "--cpus-per-run: 0; expected more than 0"),
    ],
)
def test_bad_options(
    arguments: list[str], message: str, study: StudyFolder, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        call("study", "run", "paper", study.cohort_path, "-o", tmp_path / "new", *arguments)


def test_lines_where_there_is_no_terminal(
    study: StudyFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_all(study)
    with study_view() as watcher:
        assert isinstance(watcher, Lines)
        watcher(StudyBegan(study, study.runs[:2], 1))
        watcher(RunEnded(study.runs[2], None))
        watcher(RunEnded(study.runs[3], "no memory left"))
    printed = capsys.readouterr().err
    assert "18 runs, 2 of them done before, 1 at a time" in printed
    assert f"3/18  {study.runs[2].name}  done" in printed
    assert f"4/18  {study.runs[3].name}  failed: no memory left" in printed


def test_the_live_view_shows_every_run(
    study: StudyFolder, on_screen: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, failed, *_ = study.runs
    running = study.runs[2]
    write_json(
        study.layout.run(running.name) / "progress.json",
        {
            "epoch": 2,
            "epochs": 4,
            "step": 3,
            "steps": 10,
            "losses": [0.25, 1.5, 0.5],
            "weights": [1, 1, 1],
        },
    )
    monkeypatch.setattr(_study_view, "_AT_LEAST", -1.0)
    with Live(console=on_screen, auto_refresh=False) as live:
        view = View(live)
        view(StudyBegan(study, (done,), 2))
        view(RunEnded(failed, "no memory left"))
        view(Tick())
    output = on_screen.file
    assert isinstance(output, io.StringIO)
    printed = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.getvalue()).replace("\r", "")
    last = printed[printed.rindex("study  ") :]
    assert "1 of 18 runs done, 1 running, 1 failed, 15 waiting" in last
    assert re.search(r"Dice, 4 epochs, α 0.6\s+done\s+failed\s+1/4", last)
    assert "fold C: epoch 2 of 4, step 3 of 10, losses: mask 0.250  pattern 1.500" in last
    assert f"failed: {failed.name}: no memory left" in last


def test_the_clock_reckons_with_epochs(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    epochs = sum(run.preset.training.epochs for run in study.runs)
    clock = Clock(study, [], 1)
    assert clock.seconds_left() is None
    first = max(study.runs, key=lambda run: run.preset.training.epochs)
    now = 140.0
    clock.ended(first)
    done = first.preset.training.epochs
    assert clock.seconds_left() == pytest.approx(40 / done * (epochs - done))


def test_runs_done_before_do_not_count_as_pace(
    study: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    clock = Clock(study, study.runs[:-1], 1)
    left = study.runs[-1].preset.training.epochs
    path = study.layout.run(study.runs[-1].name) / "progress.json"
    progress = {"epochs": left, "step": 0, "steps": 2, "losses": [], "weights": []}
    write_json(path, {**progress, "epoch": 1})
    assert clock.seconds_left() is None
    now = 10.0
    write_json(path, {**progress, "epoch": 2})
    assert clock.seconds_left() == pytest.approx(10.0 * (left - 1))
