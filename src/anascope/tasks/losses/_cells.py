"""Losses for single cells: where their inner part is, and the phase of their division."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from anascope.tasks.losses._pattern import unlikely
from anascope.tasks.losses._precision import at_least_float32

_DIVIDING = 5.0
"""How much a pixel of a dividing cell weighs beside one in interphase, of which there are some
twenty times as many."""


def interior_loss(logits: Tensor, interior: Tensor, known: Tensor) -> Tensor:
    r"""Return how far the predicted interior is from the truth: mean in cells plus mean outside.

    With the prediction :math:`p` and the truth :math:`t`, it is the Kullback-Leibler divergence
    :math:`t \log (t / p) + (1 - t) \log ((1 - t) / (1 - p))`. It has the gradient of the binary
    cross-entropy and, unlike that, is 0 where both agree, which balancers assume when they compare
    a loss with its first value.

    Args:
        logits: (batch, y, x).
        interior: (batch, y, x), 0 to 1; anything where it is not known.
        known: (batch, y, x), whether the truth is known.

    Returns:
        Scalar, at least 0; 0 if nothing is known.
    """
    logits = at_least_float32(logits)
    truth = interior.to(logits.dtype).masked_fill(~known, 0.0)
    entropy = torch.special.entr(truth) + torch.special.entr(1 - truth)
    loss = binary_cross_entropy_with_logits(logits, truth, reduction="none") - entropy
    inside = known & (truth > 0)
    outside = known & (truth == 0)
    return _mean(loss, inside) + _mean(loss, outside)


def phase_loss(logits: Tensor, allowed: Tensor) -> Tensor:
    """Return the mean negative log of the probability that the phases of a pixel's cell share.

    A pixel of a cell that may not be in interphase weighs five times as much as another. Pixels
    that allow no phase (background) or every phase (not stated) are left out.

    Args:
        logits: (batch, phases, y, x); the first is interphase.
        allowed: (batch, phases, y, x), bool.

    Returns:
        Scalar, at least 0; 0 if no pixel is labelled.
    """
    says, loss = unlikely(at_least_float32(logits), allowed)
    weight = torch.where(allowed[:, 0], 1.0, _DIVIDING) * says
    return (loss * weight).sum() / weight.sum().clamp(min=1)


def _mean(loss: Tensor, where: Tensor) -> Tensor:
    mean: Tensor = (loss * where).sum() / where.sum().clamp(min=1)
    return mean
