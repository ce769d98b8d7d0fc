"""Loss for the intensity: binary cross-entropy for being above each level."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from anascope.tasks.losses._precision import at_least_float32


def intensity_loss(logits: Tensor, above: Tensor) -> Tensor:
    """Return the mean binary cross-entropy over the known entries.

    With two levels this is the published study's loss.

    Args:
        logits: (batch, levels - 1).
        above: (batch, levels - 1): 1 above the level, 0 not, NaN not known.

    Returns:
        Scalar, at least 0; 0 if nothing is known.
    """
    known = ~above.isnan()
    logits = at_least_float32(logits)
    truth = above.nan_to_num(0.0).to(logits.dtype)
    loss = binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1)
