"""A training learns, is reproducible, and goes on where it was killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError, NotFiniteError, WriteError
from anascope.models import read_card
from anascope.presets import Preset, load_preset
from anascope.training import (
    Run,
    StepDone,
    TrainingBegan,
    WeightLost,
    _checkpoint_writer,
    fit,
    new_run,
    open_run,
    read_history,
)
from anascope.workers import Event
from tests.small_cohort import patients, write_cohort

TIMES = ["seconds", "patches_per_second"]
PRESET = load_preset(
    "tiny",
    {
        "image.patch_size": 64,
        "image.scale": 1.0,
        "network.width": 4,
        "network.hidden": 8,
        "training.epochs": 3,
        "training.learning_rate": 0.005,
    },
)


def changed(**changes: object) -> Preset:
    """Return the preset with changes, given as section__key=value."""
    value = PRESET.model_dump()
    for key, new in changes.items():
        section, name = key.split("__")
        value[section][name] = new
    return Preset.model_validate(value)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", patients(10))


def begin(path: Path, cohort: Cohort, preset: Preset = PRESET) -> Run:
    return new_run(path, preset=preset, cohort=cohort, plan=draw_folds(cohort), fold="A")


def history(run: Run) -> pd.DataFrame:
    return read_history(run.history).drop(columns=TIMES)


@pytest.fixture(scope="module")
def unbroken(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = begin(tmp_path_factory.mktemp("runs") / "unbroken", cohort)
    fit(run, accelerator="cpu")
    return run


def assert_same_end(run: Run, other: Run) -> None:
    pd.testing.assert_frame_equal(history(run), history(other), check_exact=True)
    one, two = (load_file(r.model / "weights.safetensors") for r in (run, other))
    assert all((one[name] == two[name]).all() for name in one)


def test_a_run_folder_holds_what_it_should(unbroken: Run) -> None:
    names = {path.name for path in unbroken.path.iterdir()}
    assert names >= {
        "run.json",
        "preset.yaml",
        "fold.json",
        "history.csv",
        "tensorboard",
        "checkpoints",
        "model",
    }
    assert [p.name for p in unbroken.checkpoints.iterdir()] == ["epoch-003.pt"]
    rows = history(unbroken)
    assert rows["epoch"].tolist() == [1, 2, 3]
    assert rows.filter(like="weight_").sum(axis=1).tolist() == pytest.approx([3.0] * 3)
    assert not rows.isna().any().any()


def test_it_learns(cohort: Cohort, tmp_path: Path) -> None:
    run = begin(
        tmp_path / "run", cohort, changed(training__epochs=10, training__learning_rate=0.02)
    )
    fit(run, accelerator="cpu")
    rows = history(run)
    assert rows["train_loss_mask"].iloc[-1] < 0.5 * rows["train_loss_mask"].iloc[0]
    assert rows["validation_dice"].iloc[-1] > 0.8


def test_same_seed_same_numbers(cohort: Cohort, unbroken: Run, tmp_path: Path) -> None:
    again = begin(tmp_path / "again", cohort)
    fit(again, accelerator="cpu")
    assert_same_end(again, unbroken)


class StopAt:
    """Stops a training from within, as an interrupt would."""

    def __init__(self, epoch: int, step: int) -> None:
        self.at = (epoch, step)

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepDone) and (event.epoch, event.step) >= self.at:
            raise KeyboardInterrupt


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_interrupted_and_resumed_ends_the_same(
    epoch: int, cohort: Cohort, unbroken: Run, tmp_path: Path
) -> None:
    run = begin(tmp_path / "run", cohort)
    with pytest.raises(KeyboardInterrupt):
        fit(run, accelerator="cpu", watcher=StopAt(epoch, 5))
    # The last whole epoch is kept, however long a checkpoint by time is away; and the model so far.
    assert checkpoints(run) == ([f"epoch-{epoch - 1:03d}.pt"] if epoch > 1 else [])
    assert run.model.is_dir() == (epoch > 1)
    fit(open_run(run.path), accelerator="cpu")
    assert_same_end(run, unbroken)


def checkpoints(run: Run) -> list[str]:
    return sorted(path.name for path in run.checkpoints.glob("[!.]*"))


# Trains a run; where that is asked for, the second checkpoint stays half-written for ever.
IN_A_PROCESS = """
import io, sys, time
import torch
from anascope.training import fit, open_run

def half(state, file):
    whole = io.BytesIO()
    save(state, whole)
    file.write(whole.getbuffer() if state["epoch"] == 1 else whole.getbuffer()[:whole.tell() // 2])
    file.flush()
    if state["epoch"] > 1:
        time.sleep(600)

torch.set_num_threads(int(sys.argv[2]))
save = torch.save
if sys.argv[3] == "half":
    torch.save = half
fit(open_run(sys.argv[1]), accelerator="cpu")
"""


def half_written(run: Run) -> bool:
    """Whether a checkpoint is being written, and the training has gone on meanwhile."""
    begun = [path for path in run.checkpoints.glob(".epoch-002*") if path.stat().st_size]
    return bool(begun) and len(history(run)) == 2


def written(run: Run) -> bool:
    return (run.checkpoints / "epoch-001.pt").exists()


SMALL_PAPER = load_preset(
    "paper",
    {
        "image.patch_size": 64,
        "network.width": 4,
        "network.hidden": 8,
        "training.epochs": 3,
        "training.checkpoint_minutes": 0,
    },
)


@pytest.mark.parametrize(
    ("how", "there", "preset"),
    [
        ("half", half_written, changed(training__checkpoint_minutes=0)),
        ("whole", written, SMALL_PAPER),
    ],
    ids=["tiny, while one is written", "paper, when one is there"],
)
def test_killed_and_resumed_ends_the_same(
    how: str,
    there: Callable[[Run], bool],
    preset: Preset,
    cohort: Cohort,
    unbroken: Run,
    tmp_path: Path,
) -> None:
    """A real process, a real SIGKILL: as soon as a checkpoint is there, and while one is written.

    The unbroken run has written none but its last.
    """
    if preset is SMALL_PAPER:
        longer = preset.training.model_copy(update={"checkpoint_minutes": 5.0})
        unbroken = begin(tmp_path / "whole", cohort, preset.model_copy(update={"training": longer}))
        fit(unbroken, accelerator="cpu")
    run = begin(tmp_path / "run", cohort, preset)
    threads = str(torch.get_num_threads())
    arguments = [sys.executable, "-c", IN_A_PROCESS, str(run.path), threads, how]
    process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 100
    while not there(run):
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    # A checkpoint may be there a moment before the epoch's row is.
    assert not run.history.exists() or len(history(run)) < 3
    fit(run, accelerator="cpu")
    assert_same_end(run, unbroken)


@pytest.mark.parametrize("earlier", [False, True])
def test_the_best_epoch_is_kept_though_a_later_one_is_resumed(
    cohort: Cohort, tmp_path: Path, earlier: bool
) -> None:
    """In the checkpoint, or, as earlier versions had it, as the run's model."""
    overshooting = changed(
        training__learning_rate=0.05, training__select="loss", training__schedule="constant"
    )
    whole = begin(tmp_path / "whole", cohort, overshooting)
    fit(whole, accelerator="cpu")
    assert read_card(whole.model).metrics["epoch"] == 1
    run = begin(tmp_path / "run", cohort, overshooting)
    with pytest.raises(KeyboardInterrupt):
        fit(run, accelerator="cpu", watcher=StopAt(3, 1))
    if earlier:
        path = run.checkpoints / "epoch-002.pt"
        state = torch.load(path, weights_only=True)
        del state["best_weights"]
        torch.save(state, path)
    else:
        shutil.rmtree(run.model)
    fit(run, accelerator="cpu")
    assert_same_end(run, whole)


class Passing:
    """A clock that is set on by an epoch's steps."""

    def __init__(self, minutes: float) -> None:
        self.now, self.minutes = 0.0, minutes
        self.epoch = 0

    def __call__(self) -> float:
        return self.now

    def watch(self, event: Event) -> None:
        if isinstance(event, StepDone) and event.epoch > self.epoch:
            self.epoch = event.epoch
            self.now += 60 * self.minutes


def test_checkpoints_are_written_by_the_clock(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three epochs of two minutes each, of which the last one's is always written."""
    saved: list[int] = []

    def note(folder: Path, epoch: int, state: Any, *, keep: str) -> None:
        saved.append(epoch)

    monkeypatch.setattr(_checkpoint_writer, "save_checkpoint", note)
    run = begin(tmp_path / "run", cohort, changed(training__checkpoint_minutes=3))
    clock = Passing(2)
    fit(run, accelerator="cpu", watcher=clock.watch, clock=clock)
    assert saved == [2, 3]


def test_a_checkpoint_that_cannot_be_written_ends_the_training(
    cohort: Cohort, tmp_path: Path
) -> None:
    """What its thread finds is raised where the training is, in one line."""
    run = begin(tmp_path / "run", cohort, changed(training__checkpoint_minutes=0))
    run.checkpoints.write_text("mine")
    with pytest.raises(WriteError, match="a file is there where a folder is needed"):
        fit(run, accelerator="cpu")
    assert len(history(run)) < 3


def test_a_run_that_is_not_to_be_extended_keeps_no_checkpoint(
    cohort: Cohort, unbroken: Run, tmp_path: Path
) -> None:
    """It is done all the same; where its history is damaged, it is trained again."""
    run = begin(tmp_path / "run", cohort, changed(training__checkpoint_minutes=0))
    fit(run, accelerator="cpu", extendable=False)
    assert checkpoints(run) == []
    assert_same_end(run, unbroken)
    began: list[Event] = []
    fit(run, accelerator="cpu", extendable=False, watcher=began.append)
    assert began == [TrainingBegan(epochs=3, steps=0, first_epoch=4)]
    run.history.write_text("epoch,loss\n1,much\n")
    fit(run, accelerator="cpu", extendable=False)
    assert_same_end(run, unbroken)


def test_a_run_that_was_killed_after_its_last_checkpoint_gets_its_model(
    cohort: Cohort, unbroken: Run, tmp_path: Path
) -> None:
    run = begin(tmp_path / "run", cohort)
    shutil.copytree(unbroken.checkpoints, run.checkpoints)
    fit(run, accelerator="cpu")
    assert_same_end(run, unbroken)


def test_a_balancer_that_counts_epochs_is_told_of_them(cohort: Cohort, tmp_path: Path) -> None:
    """Dynamic weight average needs the losses of two epochs before it moves."""
    run = begin(tmp_path / "run", cohort, changed(balancing__balancer="dwa"))
    fit(run, accelerator="cpu")
    weights = history(run).filter(like="weight_").to_numpy()
    assert weights[0].tolist() == [1.0] * 3
    assert (weights[1:] != 1.0).any(axis=1).all()


def test_an_average_of_the_weights_is_kept(cohort: Cohort, tmp_path: Path) -> None:
    """Training itself is not changed; resumed, the average goes on where it was."""
    preset = changed(training__epochs=2, training__weight_average=0.9)
    run = begin(tmp_path / "run", cohort, preset)
    with pytest.raises(KeyboardInterrupt):
        fit(run, accelerator="cpu", watcher=StopAt(2, 1))
    fit(open_run(run.path), accelerator="cpu")
    whole = begin(tmp_path / "whole", cohort, preset)
    fit(whole, accelerator="cpu")
    assert_same_end(run, whole)
    plain = begin(tmp_path / "plain", cohort, changed(training__epochs=2))
    fit(plain, accelerator="cpu")
    trained = history(plain).filter(like="train_")
    pd.testing.assert_frame_equal(history(run).filter(like="train_"), trained, check_exact=True)
    kept = load_file(run.model / "weights.safetensors")
    state = torch.load(run.checkpoints / "epoch-002.pt", weights_only=True)
    name = next(key for key in kept if key.endswith("weight"))
    assert not torch.equal(kept[name], state["network"][name])
    assert torch.equal(kept[name], state["average"][f"module.{name}"])


def test_a_finished_run_does_nothing_more(unbroken: Run) -> None:
    before = unbroken.history.read_bytes()
    fit(unbroken, accelerator="cpu")
    assert unbroken.history.read_bytes() == before


def test_all_checkpoints_can_be_kept(cohort: Cohort, tmp_path: Path) -> None:
    preset = changed(
        training__keep_checkpoints="all", training__epochs=2, balancing__balancer="fixed"
    )
    run = begin(tmp_path / "run", cohort, preset)
    fit(run, accelerator="cpu")
    assert sorted(p.name for p in run.checkpoints.iterdir()) == ["epoch-001.pt", "epoch-002.pt"]


def test_the_best_epoch_is_chosen_on_validation(unbroken: Run) -> None:
    rows = history(unbroken)
    keys = ["dice", "accuracy_pattern", "accuracy_intensity"]
    score = rows[[f"validation_{key}" for key in keys]].mean(axis=1)
    best = int(rows["epoch"][score == score.max()].iloc[-1])
    card = json.loads((unbroken.model / "card.json").read_text())
    assert card["metrics"]["epoch"] == best
    assert card["data"]["trained_on"] == list(unbroken.fold.train)
    assert not set(card["data"]["trained_on"]) & set(unbroken.fold.test)


def test_a_cohort_that_changed_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    other = write_cohort(tmp_path / "cohort", patients(10), seed=5)
    run = begin(tmp_path / "run", other)
    (tmp_path / "cohort").rename(tmp_path / "moved")
    write_cohort(tmp_path / "cohort", patients(10), seed=6)
    with pytest.raises(InputError, match="as when the run began"):
        fit(run, accelerator="cpu")


def test_test_patients_are_never_read(cohort: Cohort, tmp_path: Path) -> None:
    """Training goes through although the pixels of every test patient are gone."""
    copy = tmp_path / "cohort"
    shutil.copytree(cohort.path, copy)
    opened = Cohort.open(copy)
    run = begin(tmp_path / "run", opened)
    for record in run.fold.records(opened.fields, "test"):
        shutil.rmtree(copy / "images" / f"{record.image}.ome.zarr" / "0" / "c")
    fit(run, accelerator="cpu")
    assert len(history(run)) == 3


def test_a_loss_that_is_not_finite_stops_and_keeps_the_checkpoint(
    cohort: Cohort, tmp_path: Path
) -> None:
    run = begin(tmp_path / "run", cohort, changed(training__learning_rate=1e30))
    with pytest.raises(NotFiniteError, match=r"loss of .* is not finite"):
        fit(run, accelerator="cpu")
    assert not list(run.checkpoints.glob("*"))


@pytest.mark.parametrize("balancer", ["gradnorm", "gradnorm-stable"])
def test_plain_gradnorm_tells_once_that_a_weight_is_lost(
    cohort: Cohort, tmp_path: Path, balancer: str
) -> None:
    wild = changed(balancing__balancer=balancer, balancing__alpha=0.0, balancing__learning_rate=0.9)
    events: list[Event] = []
    fit(begin(tmp_path / "run", cohort, wild), accelerator="cpu", watcher=events.append)
    lost = [event for event in events if isinstance(event, WeightLost)]
    weights = read_history(tmp_path / "run" / "history.csv").filter(like="weight_")
    if balancer == "gradnorm":
        (loss,) = lost
        assert loss.tasks
        assert (weights <= 0).any(axis=None)
    else:
        assert not lost
        assert (weights > 0).all(axis=None)


def test_run_folders_are_not_overwritten(cohort: Cohort, unbroken: Run) -> None:
    with pytest.raises(InputError, match="exists already"):
        begin(unbroken.path, cohort)


def test_other_folders_are_not_runs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a run"):
        open_run(tmp_path)


def test_unknown_accelerator(unbroken: Run) -> None:
    with pytest.raises(InputError, match="did you mean 'cpu'"):
        fit(unbroken, accelerator="cpus")
