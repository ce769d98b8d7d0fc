"""Loss for the pattern: cross-entropy for labels that are sets of classes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from anascope.records import MaskValue
from anascope.tasks.losses._precision import at_least_float32


def pattern_loss(logits: Tensor, allowed: Tensor) -> Tensor:
    """Return the mean negative log of the probability that the label's classes share.

    For a label that allows classes S: ``-log Σ_{k in S} softmax(logits)_k``, which is plain
    cross-entropy where S is one class. Rows that allow no class or every class are left out.

    Args:
        logits: (batch, classes).
        allowed: (batch, classes), bool.

    Returns:
        Scalar, at least 0; 0 if no row says anything.
    """
    says, loss = unlikely(at_least_float32(logits), allowed)
    return loss.sum() / says.sum().clamp(min=1)


def place_loss(places: Tensor, allowed: Tensor, mask: Tensor) -> Tensor:
    """Return the pattern's loss at every place that is cell, instead of that of their mean.

    The same negative log at each place; its mean over a row's cells, each place by how much of it
    is known to be cell; the mean over rows. So each cell learns the pattern of its field by itself.
    Rows that allow no class or every class, or show no cell, are left out.

    Args:
        places: (batch, classes, y, x), logits.
        allowed: (batch, classes), bool.
        mask: (batch, height, width), values of ``MaskValue``.

    Returns:
        Scalar, at least 0; 0 if no row says anything.
    """
    size = (places.shape[-2], places.shape[-1])
    cells = adaptive_avg_pool2d((mask == MaskValue.CELL).float(), size)
    says, loss = unlikely(at_least_float32(places), allowed[:, :, None, None])
    total = cells.sum(dim=(-2, -1))
    says = says[:, 0, 0] & (total > 0)
    mean = (loss * cells).sum(dim=(-2, -1)) / total.clamp(min=1e-6)
    return (mean * says).sum() / says.sum().clamp(min=1)


def unlikely(logits: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
    """Return which labels say anything, and the negative log of what they share; classes are 1."""
    says = allowed.any(dim=1) & ~allowed.all(dim=1)
    # Rows that say nothing are opened to every class, where the loss is 0 and so its gradient.
    classes = allowed | ~says[:, None]
    within = logits.masked_fill(~classes, float("-inf"))
    return says, torch.logsumexp(logits, dim=1) - torch.logsumexp(within, dim=1)
