"""Constant weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch

from anascope.balancing._base import Balancer, Step


class FixedWeights(Balancer):
    """The plain joint step: the gradient of ``Σ w_i L_i`` with constant weights.

    Args:
        tasks: Names of the tasks.
        weights: Their weights; all 1 by default.
    """

    divisible: ClassVar[bool] = True  # the step is linear in the losses

    def __init__(self, tasks: Sequence[str], weights: Sequence[float] | None = None) -> None:
        super().__init__(tasks)
        self._initial = tuple(weights) if weights is not None else (1.0,) * len(self.tasks)
        self.reset()

    def reset(self) -> None:
        super().reset()
        self.weights.data.copy_(torch.tensor(self._initial))

    def _step(self, step: Step) -> None:
        weighted = [
            self.weights[index] * loss for index, loss in zip(step.chosen, step.losses, strict=True)
        ]
        (torch.stack(weighted).sum() * step.scale).backward()
        step.shared.backward()
