"""A training: its epochs, from the last checkpoint to the last epoch."""

from __future__ import annotations

import time
from dataclasses import asdict
from functools import partial
from typing import Any

import torch
from torch import Tensor

from anascope.environment import torch_device
from anascope.errors import InputError
from anascope.models import load_model
from anascope.training._checkpoints import has_checkpoint, restore_last_checkpoint
from anascope.training._ended import has_ended
from anascope.training._events import EpochDone, TrainingBegan
from anascope.training._fast import fast_steps
from anascope.training._history import Row, TensorBoard, write_history
from anascope.training._keeper import Clock, Keeper
from anascope.training._learner import Learner
from anascope.training._processes import Process, check_devices, run_in_processes
from anascope.training._run import Run
from anascope.training._run_model import BEST_WEIGHTS
from anascope.training._selection import Best, better
from anascope.training._state_copy import State, cloned
from anascope.workers import Watcher, unwatched


def fit(
    run: Run,
    *,
    accelerator: str = "auto",
    devices: int = 1,
    watcher: Watcher = unwatched,
    extendable: bool = True,
    clock: Clock = time.monotonic,
) -> None:
    """Train a run, from its last checkpoint if it has one, to its last epoch.

    A checkpoint is written every few minutes, as the preset states, while the training continues.
    If the training is stopped by anything but an error of the run itself, such as Ctrl-C, the
    checkpoint of its last complete epoch is written, with the model so far. A run that is killed
    loses those minutes and the epoch in progress. The model is written at the end.

    Randomness comes from the preset's seed and the number of the epoch alone, so that a run
    that was killed and resumed ends where an unbroken one ends.

    With several devices, each has its own process, which computes its rows of every batch. The
    processes exchange predictions, gradients and the sums of batch normalisation, so that they
    compute the step of one device on the whole batch, whatever the losses and wherever the labels
    are; only the rounding of sums differs. A run may be resumed with another number of devices. A
    script that calls this must be importable without doing so again (``if __name__ ==
    "__main__":``), as new processes begin by importing it.

    Args:
        run: The run folder.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        devices: Number of devices among which a batch is divided.
        watcher: Gets :class:`TrainingBegan`, :class:`StepDone`, :class:`EpochDone` and, once,
            :class:`WeightLost`.
        extendable: Whether the run may get more epochs after it has ended; then its last checkpoint
            stays.
        clock: The clock for the minutes between checkpoints.

    Raises:
        InputError: if the cohort has changed since the run began, there are fewer devices, a batch
        has fewer patches, or the balancer works only on one device. WriteError: if the run cannot
        be written; it can continue from its last checkpoint. NotFiniteError: if a loss stops being
        finite; checkpoints stay as they were.
    """
    device = torch_device(accelerator)
    check_devices(devices, device, run.preset.training.batch_size)
    if _has_ended(run) and not has_checkpoint(run.checkpoints):
        run.open_cohort()  # says so if it has changed since
        epochs = run.preset.training.epochs
        watcher(TrainingBegan(epochs, steps=0, first_epoch=epochs + 1))
        return
    train = partial(_train, run, device, extendable=extendable, clock=clock)
    if devices == 1:
        train(Process(), watcher)
    else:
        run_in_processes(train, devices, device, watcher)


def _has_ended(run: Run) -> bool:
    try:
        return has_ended(run)
    except InputError:  # a damaged history is written again
        return False


def _train(run: Run, device: torch.device, process: Process, watcher: Watcher, **how: Any) -> None:
    with fast_steps(device):
        _Training(run, device, process, watcher).run_all(**how)


class _Training(Learner):
    """One training: the loop over its epochs, and what has been reached."""

    def __init__(self, run: Run, device: torch.device, process: Process, watcher: Watcher) -> None:
        super().__init__(run, device, process, watcher)
        self.rows: list[Row] = []
        self.best = Best()
        self.best_weights: dict[str, Tensor] | None = None  # where they are not those of the newest
        restore_last_checkpoint(run.checkpoints, self._restore)

    def run_all(self, *, extendable: bool = True, clock: Clock = time.monotonic) -> None:
        """Train the epochs that are left, and keep what they come to (see :func:`fit`)."""
        epochs = self.preset.training.epochs
        first = len(self.rows) + 1
        self.watcher(TrainingBegan(epochs, self.steps, first))
        if self.process.rank > 0:
            for epoch in range(first, epochs + 1):
                self._epoch(epoch)
            return
        keeper = Keeper(
            self.run,
            self.vocabulary,
            self.learned,
            self.state,
            device=self.device,
            extendable=extendable,
            clock=clock,
        )
        if first > epochs:
            if not _has_ended(self.run):
                keeper.training_ends()  # what was killed after its last checkpoint
            return
        if self.rows:
            write_history(self.run.history, self.rows)  # it may be damaged, or other epochs long
        board = TensorBoard(self.run.tensorboard, first)
        try:
            for epoch in range(first, epochs + 1):
                self._hold_best()
                keeper.epoch_begins()
                row = self._epoch(epoch)
                self.rows.append(row)
                self.best = better(self._select, row, self.best, self.tasks) or self.best
                if epoch < epochs:
                    keeper.epoch_ends()
                else:
                    keeper.training_ends()
                board.add(row)
                self.watcher(EpochDone(row))
        except BaseException as error:
            keeper.stopped_by(error)
            raise
        finally:
            keeper.close()
            board.close()

    @property
    def _select(self) -> str:
        return self.preset.training.select if self.validation is not None else "last"

    def _hold_best(self) -> None:
        """Before the weights change, copy them if a later epoch's may turn out to be no better."""
        newest = self.best.epoch == len(self.rows) > 0
        if newest and self._select != "last":
            self.best_weights = cloned(self.saved_network.state_dict())

    def state(self) -> State:
        """Return what an unbroken training knows between two epochs; tensors are not copied."""
        state: State = {
            "epoch": len(self.rows),
            "rows": list(self.rows),
            "best": asdict(self.best),
            **self.learnt(),
        }
        if self.best.epoch < len(self.rows):
            state[BEST_WEIGHTS] = self.best_weights
        return state

    def _restore(self, state: State) -> None:
        rows = list(state["rows"])
        if [row["epoch"] for row in rows] != list(range(1, state["epoch"] + 1)):
            raise ValueError("rows of other epochs")
        self.relearn(state)
        self.rows = rows
        self.best = Best(**state["best"])
        if self.best.epoch < len(rows):
            self.best_weights = state.get(BEST_WEIGHTS) or self._written_weights()

    def _written_weights(self) -> State:
        """Return the best epoch's weights as earlier versions kept them: as the run's model."""
        return load_model(self.run.model).network.state_dict()
