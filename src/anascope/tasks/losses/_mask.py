"""Losses for the mask: Dice and binary cross-entropy."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from anascope.records import MaskValue
from anascope.tasks.losses._precision import at_least_float32

_SMOOTHING = 1.0  # pixels; keeps an empty batch defined, nothing beside real ones


def dice_mask_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """Return one minus the soft Dice coefficient over the known pixels of the batch.

    ``1 - (2 Σ p t + s) / (Σ p + Σ t + s)``, with probabilities p, truth t (0 or 1) and s = 1
    (Milletari et al., V-Net, 3DV 2016, with linear sums). The sums run over the whole batch,
    so that a patch without cells does not weigh as much as one full of them.

    Args:
        logits: (batch, 1, y, x).
        mask: (batch, y, x), values of ``MaskValue``.

    Returns:
        Scalar in [0, 1].
    """
    known = (mask != MaskValue.UNKNOWN).to(torch.float32)
    truth = (mask == MaskValue.CELL).to(torch.float32)
    probability = at_least_float32(logits[:, 0]).sigmoid() * known
    overlap = (probability * truth).sum()
    total = probability.sum() + truth.sum()
    return 1 - (2 * overlap + _SMOOTHING) / (total + _SMOOTHING)


def bce_mask_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """Return the mean binary cross-entropy over the known pixels of the batch.

    Args:
        logits: (batch, 1, y, x).
        mask: (batch, y, x), values of ``MaskValue``.

    Returns:
        Scalar, at least 0; 0 if no pixel is known.
    """
    known = (mask != MaskValue.UNKNOWN).to(torch.float32)
    truth = (mask == MaskValue.CELL).to(torch.float32)
    logits = at_least_float32(logits[:, 0])
    loss = binary_cross_entropy_with_logits(logits, truth.to(logits.dtype), reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1)


MASK_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "dice": dice_mask_loss,
    "bce": bce_mask_loss,
}
"""Mask losses by the names that presets use."""
