"""Events of a training, for those who watch it."""

from __future__ import annotations

from dataclasses import dataclass

from anascope.training._history import Row
from anascope.workers import Event


@dataclass(frozen=True)
class TrainingBegan(Event):
    """A training begins or continues.

    Attributes:
        epochs: Epochs of the training.
        steps: Steps of an epoch; 0 if nothing is left to train.
        first_epoch: The epoch that it begins with (1, 2, ...); after the last one if none is left.
    """

    epochs: int
    steps: int
    first_epoch: int


@dataclass(frozen=True)
class StepDone(Event):
    """One step or several are done: not every step has an event.

    Attributes:
        epoch: Its epoch, from 1.
        step: Steps done of the epoch.
        losses: Losses of mask, pattern and intensity.
        weights: Balance weights of the same.
    """

    epoch: int
    step: int
    losses: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class WeightLost(Event):
    """Balance weights have fallen to zero or below; a training has this event once.

    Attributes:
        epoch: The epoch in which it was noticed, from 1.
        tasks: The tasks of these weights: at zero a task is left out, below it is trained
            backwards.
    """

    epoch: int
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class EpochDone(Event):
    """An epoch is done, and what it came to is kept: on disk at the latest when the training stops.

    Attributes:
        row: Its line of the history.
    """

    row: Row
