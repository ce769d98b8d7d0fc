"""Loss for the pattern: cross-entropy for labels that are sets of classes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from anascope.records import MaskValue
from anascope.tasks.losses._precision import at_least_float32
from anascope.words import MOST_PATTERNS


def pattern_loss(logits: Tensor, allowed: Tensor) -> Tensor:
    """Return the mean negative log of the probability that the label's classes share.

    For a label that allows classes S: ``-log Σ_{k in S} softmax(logits)_k``, which is plain
    cross-entropy where S is one class. For a serum of several patterns the mean of that over its
    patterns: each has an equal part of the probability. Rows of which every pattern allows no class
    or every class are left out.

    Args:
        logits: (batch, classes).
        allowed: (batch, classes), bool: whether the label allows the class. Or uint8, where there
            are sera of several patterns: bit ``i`` whether the ``i``-th pattern of the label does.

    Returns:
        Scalar, at least 0; 0 if no row says anything.
    """
    says, loss = unlikely(at_least_float32(logits), allowed)
    return loss.sum() / says.sum().clamp(min=1)


def place_loss(places: Tensor, allowed: Tensor, mask: Tensor) -> Tensor:
    """Return the pattern's loss at every position that is cell, instead of that of their mean.

    It is the same negative log at each position, averaged over a row's cells, with each position
    weighted by the share of it that is known to be cell, and then averaged over rows. So each cell
    learns the pattern of its field by itself. Rows without a label or a cell are left out.

    Args:
        places: (batch, classes, y, x), logits.
        allowed: (batch, classes), bool or uint8, as :func:`pattern_loss` takes it.
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
    """Return which labels say anything, and the mean negative log over the patterns of each.

    Axis 1 of both arguments is that of the classes.
    """
    if allowed.dtype == torch.bool:
        return _unlikely_pattern(logits, allowed)
    first, *others = ((allowed >> bit) & 1 == 1 for bit in range(MOST_PATTERNS))
    says, loss = _unlikely_pattern(logits, first)
    count = first.any(dim=1).int()
    for pattern in others:
        there = pattern.any(dim=1)
        also_says, more = _unlikely_pattern(logits, pattern)
        says, count = says | also_says, count + there.int()
        # Of a pattern that is not there even the gradient is nothing, so that one alone weighs
        # what it would without this axis, to the last bit.
        loss = loss + torch.where(there, more, torch.zeros_like(more))
    return says, loss / count.clamp(min=1)


def _unlikely_pattern(logits: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
    """Return which labels say anything, and the negative log of what they share."""
    says = allowed.any(dim=1) & ~allowed.all(dim=1)
    # Rows that say nothing are opened to every class, where the loss is 0 and so its gradient.
    classes = allowed | ~says[:, None]
    within = logits.masked_fill(~classes, float("-inf"))
    return says, torch.logsumexp(logits, dim=1) - torch.logsumexp(within, dim=1)
