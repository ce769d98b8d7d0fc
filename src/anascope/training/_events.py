"""What is told of a training while it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from anascope.training._history import Row
from anascope.workers import Event


@dataclass(frozen=True)
class TrainingBegan(Event):
    """A training begins or goes on.

    Attributes:
        epochs: Epochs of the training.
        steps: Steps of an epoch; 0 where there is nothing left to train, and nobody looks.
        first_epoch: The epoch that it begins with (1, 2, ...); after the last one if none is left.
    """

    epochs: int
    steps: int
    first_epoch: int


@dataclass(frozen=True)
class StepDone(Event):
    """A step is done, or several: not each is told.

    Attributes:
        epoch: Its epoch, from 1.
        step: Steps done of the epoch.
        losses: Of mask, pattern and intensity.
        weights: Of the same, in balancing.
    """

    epoch: int
    step: int
    losses: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class WeightLost(Event):
    """Balance weights have fallen to zero or below; told once of a training.

    Attributes:
        epoch: The epoch in which it was seen, from 1.
        tasks: Whose: at zero a task is left out, below it is trained backwards.
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
