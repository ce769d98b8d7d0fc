"""A training in two processes is the training in one, and ends as cleanly."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torch.multiprocessing.spawn import ProcessException
from typer.testing import CliRunner

from anascope.balancing import FixedWeights
from anascope.cli._app import app
from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError, NotFiniteError
from anascope.folder_lock import LOCK
from anascope.presets import load_preset
from anascope.training import (
    EpochDone,
    Run,
    StepDone,
    TrainingBegan,
    _fit,
    fit,
    new_run,
    open_run,
    read_history,
)
from anascope.training._fit import _Training
from anascope.training._processes import Process, run_in_processes
from anascope.training.inputs import Batch, PatchSampler
from anascope.workers import Event, Watcher, unwatched
from tests.small_cohort import patients, write_cohort
from tests.two_processes import Results, in_two_processes

pytestmark = pytest.mark.timeout(480)

TIMES = ["seconds", "patches_per_second"]
EPOCHS = 8  # so many that a training is not over before it is ended
CHANGES = {
    "image.patch_size": 64,
    "image.scale": 1.0,
    "network.width": 4,
    "network.hidden": 8,
    "training.epochs": EPOCHS,
    "training.learning_rate": 0.005,
}


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Ten patients; of some the pattern or the intensity is not known."""
    records = [
        replace(one, pattern=None) if place in (1, 5) else one
        for place, one in enumerate(patients(10))
    ]
    records[2] = replace(records[2], intensity=None)
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", records, shape=(100, 130))


def begin(path: Path, cohort: Cohort, **changes: object) -> Run:
    wanted = CHANGES | {key.replace("__", "."): value for key, value in changes.items()}
    preset = load_preset("tiny", wanted)
    return new_run(path, preset=preset, cohort=cohort, plan=draw_folds(cohort), fold="A")


def an_epoch_in_double(path: Path, rank: int, count: int) -> Results:
    """Return what the training loop itself comes to in one epoch, in double precision."""

    class Double(_Training):
        def _rows(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
            signal, ranges = super()._rows(batch)
            return signal.double(), ranges.double()

    training = Double(open_run(path), torch.device("cpu"), Process(rank, count), unwatched)
    training.network.double()
    training.balancer.double()
    # Biases before a batch normalisation have no gradient but what rounding leaves, which Adam
    # would make a step of; a larger divisor does not.
    training.optimizer.param_groups[0]["eps"] = 1e-3
    # Steps of 5, 5, 5 and 1 patches: unequal parts, and at last none for one process.
    training.train.patches = training.train.patches[8:24]
    training.sampler = PatchSampler(training.train, training.preset.sampling)
    row = training._epoch(1)
    return {
        **{f"network.{key}": value for key, value in training.network.state_dict().items()},
        **{
            f"balancer.{key}": value
            for key, value in training.balancer.state_dict().items()
            if isinstance(value, torch.Tensor)
        },
        **{f"row.{key}": torch.tensor(value) for key, value in row.items() if key not in TIMES},
    }


def test_two_processes_train_as_one(cohort: Cohort, tmp_path: Path) -> None:
    """Dice over the whole batch, labels missing, batch normalisation training."""
    changes = {"loss__mask": "dice", "training__batch_size": 5, "balancing__learning_rate": 0.02}
    run = begin(tmp_path / "run", cohort, **changes)
    work = functools.partial(an_epoch_in_double, run.path)
    one, other = in_two_processes(work, tmp_path)
    alone = work(0, 1)
    assert one.keys() == other.keys() == alone.keys()
    assert [key for key in one if not torch.equal(one[key], other[key])] == []
    for key, value in alone.items():
        # Counts and sums for the history are in single precision.
        rtol = 1e-5 if key.startswith("row.") else 1e-10
        torch.testing.assert_close(one[key], value, rtol=rtol, atol=1e-12, msg=key)
    weights = alone["balancer.weights"]
    assert (weights - 1).abs().max() > 0.01


OPTIONS = [
    "--preset=tiny",
    *(f"--set={key}={value}" for key, value in CHANGES.items()),
    "--accelerator=cpu",
    "--devices=2",
]


def train_by_command(cohort: Cohort, run: Path, *more: str) -> None:
    arguments = ["train", str(cohort.path), *OPTIONS, "-o", str(run), "--json", *more]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["epochs"] == EPOCHS


@pytest.fixture(scope="module")
def unbroken(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Run:
    path = tmp_path_factory.mktemp("runs") / "unbroken"
    train_by_command(cohort, path)
    return open_run(path)


def test_each_file_is_written_once(unbroken: Run) -> None:
    assert read_history(unbroken.history)["epoch"].tolist() == list(range(1, EPOCHS + 1))
    files = [path.relative_to(unbroken.path) for path in unbroken.path.rglob("*")]
    assert [path.name for path in files if path.name.startswith(".")] == [LOCK]
    assert sorted(path.name for path in files if path.parts[0] == "checkpoints") == [
        "checkpoints",
        f"epoch-{EPOCHS:03d}.pt",
    ]
    assert len(list(unbroken.tensorboard.iterdir())) == 1
    assert {path.name for path in unbroken.model.iterdir()} == {"card.json", "weights.safetensors"}


class EndIt:
    """Ends a training after the first epoch that it sees: by Ctrl-C, or by killing a process."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.events: list[str] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, TrainingBegan):
            self.events.append(f"begins at {event.first_epoch} of {event.epochs}")
        elif isinstance(event, StepDone):
            counts = f"{len(event.losses)} losses, {len(event.weights)} weights"
            self.events.append(f"{event.epoch}, {event.step}: {counts}")
        elif isinstance(event, EpochDone):
            if self.how == "interrupt":
                raise KeyboardInterrupt
            for process in multiprocessing.active_children()[-1:]:
                assert process.pid is not None
                os.kill(process.pid, signal.SIGKILL)


def train_slowly(
    run: Run, device: torch.device, process: Process, watcher: Watcher, **how: Any
) -> None:
    """Train as ever, but with a rest in each step, so that it is not over before it is ended."""

    class Slow(_Training):
        def _views(self, batch: Batch) -> torch.Tensor:
            time.sleep(0.2)
            return super()._views(batch)

    Slow(run, device, process, watcher).run_all(**how)


def ended(run: Run, how: str, error: type[BaseException]) -> EndIt:
    """End a training while it runs; on a busy machine it may be over first: then try again."""
    before = run.path.with_name("before")
    shutil.rmtree(before, ignore_errors=True)
    shutil.copytree(run.path, before)
    for _ in range(10):
        watcher = EndIt(how)
        try:
            fit(run, accelerator="cpu", devices=2, watcher=watcher)
        except error:
            if len(list(run.checkpoints.glob(f"epoch-{EPOCHS:03d}.pt"))) == 0:
                return watcher
        shutil.rmtree(run.path)
        shutil.copytree(before, run.path)
    raise AssertionError(f"ten trainings were over before the {how}")


def test_interrupted_killed_and_resumed_ends_the_same(
    cohort: Cohort, unbroken: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(tmp_path / "run", cohort)
    for how, error in (("interrupt", KeyboardInterrupt), ("kill", ProcessException)):
        with monkeypatch.context() as slowed:
            slowed.setattr(_fit, "_train", train_slowly)
            watcher = ended(run, how, error)
        assert multiprocessing.active_children() == []
        assert list(run.checkpoints.glob("epoch-*.pt"))
        if how == "interrupt":
            assert watcher.events[:2] == [f"begins at 1 of {EPOCHS}", "1, 5: 3 losses, 3 weights"]
    train_by_command(cohort, run.path, "--resume")
    ours, theirs = (read_history(r.history).drop(columns=TIMES) for r in (run, unbroken))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    one, two = (load_file(r.model / "weights.safetensors") for r in (run, unbroken))
    assert all(torch.equal(one[name], two[name]) for name in one)


def stay(folder: Path, process: Process, watcher: Watcher) -> None:
    """Note which process this is, and what it was told; then do nothing for long."""
    value = os.environ["ANASCOPE_TOLD"]
    (folder / f"{process.rank}.part").write_text(f"{os.getpid()} {value}")
    (folder / f"{process.rank}.part").rename(folder / f"{process.rank}.txt")
    time.sleep(300)


def drive(folder: Path, value: str) -> None:
    """Be a driver whose environment has changed since it was started."""
    os.environ["ANASCOPE_TOLD"] = value
    run_in_processes(functools.partial(stay, folder), 2, torch.device("cpu"), unwatched)


def test_all_know_the_environment_and_end_with_a_driver_that_is_killed(tmp_path: Path) -> None:
    driver = multiprocessing.get_context("spawn").Process(target=drive, args=(tmp_path, "now"))
    driver.start()
    wait_until(lambda: len(list(tmp_path.glob("*.txt"))) == 2)
    notes = [path.read_text().split() for path in tmp_path.glob("*.txt")]
    assert [value for _, value in notes] == ["now", "now"]
    driver.kill()
    driver.join()
    wait_until(lambda: not any(is_alive(int(pid)) for pid, _ in notes))


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_loss_that_is_not_finite_stops_all_with_its_name(cohort: Cohort, tmp_path: Path) -> None:
    run = begin(tmp_path / "run", cohort, training__learning_rate=1e30)
    with pytest.raises(NotFiniteError, match=r"loss of .* is not finite"):
        fit(run, accelerator="cpu", devices=2)
    assert multiprocessing.active_children() == []
    assert not list(run.checkpoints.glob("*"))


@pytest.mark.parametrize(("devices", "match"), [(0, "1 or more"), (9, "at most the batch size, 8")])
def test_numbers_of_devices_that_cannot_be_are_refused(
    devices: int, match: str, cohort: Cohort, tmp_path: Path
) -> None:
    run = begin(tmp_path / "run", cohort, training__batch_size=8)
    with pytest.raises(InputError, match=match):
        fit(run, accelerator="cpu", devices=devices)


def test_a_balancer_that_works_on_one_device_alone_is_refused(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FixedWeights, "divisible", False)
    run = begin(tmp_path / "run", cohort, balancing__balancer="fixed")
    with pytest.raises(InputError, match="2 with balancer 'fixed'; expected 1 for this one"):
        _Training(run, torch.device("cpu"), Process(0, 2), unwatched)


def test_parts_of_a_batch_make_it_up() -> None:
    for count in (1, 2, 3, 5):
        for total in range(12):
            rows = Process(0, count).rows(total)
            owned = [range(total)[Process(rank, count).own_rows(total)] for rank in range(count)]
            assert [len(own) for own in owned] == rows
            assert [row for own in owned for row in own] == list(range(total))
            assert max(rows) - min(rows) <= 1
