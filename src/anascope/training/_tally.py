"""Sums over an epoch, kept on the device so that no step waits for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from anascope.metrics import ratio
from anascope.networks import Prediction
from anascope.tasks import Task
from anascope.training.inputs import Batch


class Tally:
    """Adds up losses, and what each task's measures are made of, batch by batch.

    Args:
        tasks: Those of the network.
        threshold: Probability over which a pixel is a cell, and an output is yes.
        device: Where the batches are.
    """

    def __init__(self, tasks: Sequence[Task], threshold: float, device: torch.device) -> None:
        self._tasks = tasks
        self._threshold = threshold
        self._losses = torch.zeros(len(tasks), device=device)
        self._rows = np.zeros(len(tasks))
        self._sums: dict[str, Tensor] = {}

    @torch.no_grad()
    def add(self, batch: Batch, prediction: Prediction, losses: Tensor) -> None:
        """Add one batch; ``losses`` is ``(tasks,)``, in their order."""
        rows = [len(batch) * float(active) for active in batch.active]
        self._rows += rows
        self._losses += losses.detach() * torch.tensor(rows).to(losses.device, non_blocking=True)
        for task in self._tasks:
            counted = task.tally(prediction, batch.targets, self._threshold)
            self._sums[task.name] = self._sums.get(task.name, 0) + counted

    def results(self) -> dict[str, float]:
        """Return mean losses, and the measures of each task; NaN where there was no label."""
        losses = ratio(self._losses.tolist(), self._rows).tolist()
        results = {f"loss_{t.name}": loss for t, loss in zip(self._tasks, losses, strict=True)}
        for task in self._tasks:
            results |= task.tallied(self._sums[task.name].double().cpu().numpy())
        return results
