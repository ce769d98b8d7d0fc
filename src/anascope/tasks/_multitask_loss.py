"""The multi-task loss: a loss for each task of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from anascope.presets import LossPreset
from anascope.tasks._named import TASKS
from anascope.tasks._task import Targets, Task

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.networks import Prediction


class MultiTaskLoss:
    """The losses of several tasks; of the published three: Dice or BCE, cross-entropy, BCE.

    Args:
        preset: Which loss each task has.
        tasks: The tasks.
    """

    def __init__(self, preset: LossPreset | None = None, tasks: Sequence[Task] = TASKS) -> None:
        self._losses = tuple(task.loss(preset or LossPreset()) for task in tasks)

    def __call__(self, prediction: Prediction, targets: Targets) -> tuple[Tensor, ...]:
        """Return the losses as scalars with separate graphs, in the order of the tasks."""
        return tuple(loss(prediction, targets) for loss in self._losses)
