"""Losses are computed in single precision at least, whatever the network computes in."""

from __future__ import annotations

import torch
from torch import Tensor


def at_least_float32(logits: Tensor) -> Tensor:
    """Return ``logits`` in float32, or as they are if they are more precise."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))
