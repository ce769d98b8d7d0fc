"""The multi-task loss: one tensor of three losses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from anascope.errors import InputError, did_you_mean
from anascope.losses._intensity import intensity_loss
from anascope.losses._mask import MASK_LOSSES
from anascope.losses._pattern import pattern_loss
from anascope.losses._targets import Targets
from anascope.networks import Prediction

TASKS = ("mask", "pattern", "intensity")
"""The tasks, in the order of every tensor that has one entry a task."""


class MultiTaskLoss(nn.Module):
    """Mask loss (Dice or BCE), pattern cross-entropy and intensity BCE.

    Args:
        mask: ``dice`` or ``bce``.

    Raises:
        InputError: if the mask loss is unknown.
    """

    def __init__(self, mask: str = "dice") -> None:
        super().__init__()
        if mask not in MASK_LOSSES:
            raise InputError("mask loss", f"'{mask}'", did_you_mean(mask, MASK_LOSSES))
        self._mask_loss = MASK_LOSSES[mask]

    def per_task(self, prediction: Prediction, targets: Targets) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three losses as scalars with separate graphs, in the order of ``TASKS``."""
        return (
            self._mask_loss(prediction.mask, targets.mask),
            pattern_loss(prediction.pattern, targets.pattern),
            intensity_loss(prediction.intensity, targets.intensity),
        )

    def forward(self, prediction: Prediction, targets: Targets) -> Tensor:
        """Return the three losses as one tensor of shape (3,), in the order of ``TASKS``."""
        return torch.stack(self.per_task(prediction, targets))
