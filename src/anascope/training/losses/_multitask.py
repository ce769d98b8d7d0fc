"""The multi-task loss: one tensor of three losses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from anascope.errors import InputError, did_you_mean
from anascope.networks import Prediction
from anascope.training.losses._intensity import intensity_loss
from anascope.training.losses._mask import MASK_LOSSES
from anascope.training.losses._pattern import pattern_loss, place_loss
from anascope.training.losses._targets import Targets

PATTERN_LOSSES = ("field", "places")
"""What the pattern is compared at."""


class MultiTaskLoss(nn.Module):
    """Mask loss (Dice or BCE), pattern cross-entropy and intensity BCE.

    Args:
        mask: ``dice`` or ``bce``.
        pattern: ``field``, the pattern that is read of the whole image, or ``places``, that of
            every place of a dense head.

    Raises:
        InputError: if a loss is unknown.
    """

    def __init__(self, mask: str = "dice", pattern: str = "field") -> None:
        super().__init__()
        if mask not in MASK_LOSSES:
            raise InputError("mask loss", f"'{mask}'", did_you_mean(mask, MASK_LOSSES))
        if pattern not in PATTERN_LOSSES:
            raise InputError("pattern loss", f"'{pattern}'", did_you_mean(pattern, PATTERN_LOSSES))
        self._mask_loss = MASK_LOSSES[mask]
        self._by_place = pattern == "places"

    def per_task(self, prediction: Prediction, targets: Targets) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three losses as scalars with separate graphs, in the order of ``TASKS``."""
        return (
            self._mask_loss(prediction.mask, targets.mask),
            self._pattern_loss(prediction, targets),
            intensity_loss(prediction.intensity, targets.intensity),
        )

    def _pattern_loss(self, prediction: Prediction, targets: Targets) -> Tensor:
        if not self._by_place:
            return pattern_loss(prediction.pattern, targets.pattern)
        if prediction.places is None:
            raise InputError("pattern loss", "'places' without a dense head", "head 'dense'")
        return place_loss(prediction.places, targets.pattern, targets.mask)

    def forward(self, prediction: Prediction, targets: Targets) -> Tensor:
        """Return the three losses as one tensor of shape (3,), in the order of ``TASKS``."""
        return torch.stack(self.per_task(prediction, targets))
