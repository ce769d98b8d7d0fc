"""Loss for the pattern: cross-entropy for labels that are sets of classes."""

from __future__ import annotations

import torch
from torch import Tensor

from anascope.losses._precision import at_least_float32


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
    logits = at_least_float32(logits)
    says = allowed.any(dim=1) & ~allowed.all(dim=1)
    # Rows that say nothing are opened to every class, where the loss is 0 and so its gradient.
    classes = allowed | ~says[:, None]
    within = logits.masked_fill(~classes, float("-inf"))
    loss = torch.logsumexp(logits, dim=1) - torch.logsumexp(within, dim=1)
    return loss.sum() / says.sum().clamp(min=1)
