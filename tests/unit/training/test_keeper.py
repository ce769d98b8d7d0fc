"""When a training's state goes to the disk: by time, when it is stopped, and at its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.errors import NotFiniteError, WriteError
from anascope.models import Learned
from anascope.presets import load_preset
from anascope.training import Run, _checkpoint_writer, new_run, read_history
from anascope.training._keeper import Keeper
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from tests.small_cohort import patients, write_cohort

VOCABULARY = Vocabulary(
    PatternSpace.covering(["homogeneous"]), IntensityScale.covering(["intermediate", "positive"])
)


class Pretended:
    """A training of one number, whose epochs take two minutes; it counts its state's changes."""

    def __init__(self, run: Run, *, extendable: bool = True) -> None:
        self.weight = torch.zeros(3)
        self.rows: list[dict[str, float]] = []
        self.minutes = 0.0
        self.keeper = Keeper(
            run,
            VOCABULARY,
            Learned(),
            self.state,
            device=torch.device("cpu"),
            extendable=extendable,
            clock=lambda: 60 * self.minutes,
        )

    def state(self) -> dict[str, Any]:
        epoch = len(self.rows)
        best = {"epoch": epoch, "value": float(epoch)}
        network = {"weight": self.weight}
        return {"epoch": epoch, "rows": list(self.rows), "best": best, "network": network}

    def epochs(self, count: int) -> None:
        """Do so many epochs, of which none is the last."""
        for _ in range(count):
            self.begin()
            self.rows.append({"epoch": len(self.rows) + 1})
            self.keeper.epoch_ends()

    def begin(self) -> None:
        """Begin an epoch, and change the weights of what stands in memory."""
        self.keeper.epoch_begins()
        self.weight += 1
        self.minutes += 2


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", patients(10), shape=(64, 64))


def begun(path: Path, cohort: Cohort, **training: object) -> Run:
    preset = load_preset("tiny", {f"training.{key}": value for key, value in training.items()})
    return new_run(path, preset=preset, cohort=cohort, plan=draw_folds(cohort), fold="A")


@pytest.fixture
def run(cohort: Cohort, tmp_path: Path) -> Run:
    return begun(tmp_path / "run", cohort)


def kept(run: Run) -> dict[str, float]:
    """Return the weight in each checkpoint: how many epochs had been begun when it was copied."""
    return {
        path.name: float(torch.load(path, weights_only=True)["network"]["weight"][0])
        for path in sorted(run.checkpoints.glob("[!.]*"))
    }


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        ({"checkpoint_minutes": 5}, [3, 6]),
        ({"checkpoint_minutes": 0}, [1, 2, 3, 4, 5, 6, 7]),
        ({"checkpoint_minutes": 60}, []),
        ({"checkpoint_minutes": 60, "keep_checkpoints": "all"}, [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_checkpoints_are_written_by_time(
    cohort: Cohort,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, object],
    written: list[int],
) -> None:
    saved: list[int] = []

    def note(folder: Path, epoch: int, state: object, *, keep: str) -> None:
        saved.append(epoch)

    monkeypatch.setattr(_checkpoint_writer, "save_checkpoint", note)
    training = Pretended(begun(tmp_path / "run", cohort, **settings))
    training.epochs(7)
    training.keeper.close()
    assert saved == written
    training.rows.append({"epoch": 8})
    training.keeper.training_ends()
    assert saved == [*written, 8]


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), SystemExit(143), MemoryError()])
def test_what_is_stopped_leaves_its_last_whole_epoch(run: Run, interrupt: BaseException) -> None:
    """Not the weights as they are in the middle of an epoch."""
    training = Pretended(run)
    training.epochs(2)
    training.begin()
    assert kept(run) == {}
    training.keeper.stopped_by(interrupt)
    assert kept(run) == {"epoch-002.pt": 2.0}
    assert (run.model / "card.json").exists()
    training.keeper.close()


def test_the_model_is_left_though_the_checkpoint_is_there(cohort: Cohort, tmp_path: Path) -> None:
    run = begun(tmp_path / "run", cohort, checkpoint_minutes=0)
    training = Pretended(run)
    training.epochs(1)
    training.begin()
    training.keeper.stopped_by(KeyboardInterrupt())
    assert kept(run) == {"epoch-001.pt": 1.0}
    assert (run.model / "card.json").exists()


def test_what_is_stopped_between_epochs_leaves_all_that_it_has(run: Run) -> None:
    training = Pretended(run)
    training.begin()
    training.rows.append({"epoch": 1})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(torch.Tensor, "clone", interrupt)  # while the copy is made
        with pytest.raises(KeyboardInterrupt):
            training.keeper.epoch_ends()
    training.keeper.stopped_by(KeyboardInterrupt())
    assert kept(run) == {"epoch-001.pt": 1.0}


def interrupt(*arguments: object, **named: object) -> None:
    raise KeyboardInterrupt


def test_nothing_is_written_twice_or_of_a_failure_of_its_own(run: Run) -> None:
    training = Pretended(run)
    training.keeper.stopped_by(KeyboardInterrupt())  # there is nothing yet
    training.begin()
    training.keeper.stopped_by(KeyboardInterrupt())
    training.keeper.stopped_by(NotFiniteError("no number"))
    assert kept(run) == {}
    training.rows.append({"epoch": 1})
    training.keeper.training_ends()
    before = (run.checkpoints / "epoch-001.pt").stat()
    training.keeper.stopped_by(KeyboardInterrupt())
    assert (run.checkpoints / "epoch-001.pt").stat() == before


def test_a_disk_that_is_full_when_it_is_stopped_is_not_passed_over(run: Run) -> None:
    run.checkpoints.write_text("mine")
    training = Pretended(run)
    training.epochs(1)
    with pytest.raises(WriteError, match="a file is there where a folder is needed"):
        training.keeper.stopped_by(KeyboardInterrupt())
    training.keeper.stopped_by(MemoryError())  # which is raised itself, and tells more


def test_the_last_row_of_the_history_comes_when_all_else_is_there(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = Pretended(run)
    training.epochs(1)
    training.begin()
    training.rows.append({"epoch": 2})
    monkeypatch.setattr(_checkpoint_writer, "save_checkpoint", interrupt)
    with pytest.raises(KeyboardInterrupt):
        training.keeper.training_ends()
    assert (run.model / "card.json").exists()
    assert len(read_history(run.history)) == 1
    monkeypatch.undo()
    training.keeper.stopped_by(KeyboardInterrupt())
    assert kept(run) == {"epoch-002.pt": 2.0}


@pytest.mark.parametrize("keep", ["last", "all"])
def test_what_is_not_to_be_extended_keeps_checkpoints_only_where_all_are(
    cohort: Cohort, tmp_path: Path, keep: str
) -> None:
    run = begun(tmp_path / "run", cohort, checkpoint_minutes=0, keep_checkpoints=keep)
    training = Pretended(run, extendable=False)
    training.epochs(1)
    training.rows.append({"epoch": 2})
    training.keeper.training_ends()
    assert list(kept(run)) == ([] if keep == "last" else ["epoch-001.pt", "epoch-002.pt"])
