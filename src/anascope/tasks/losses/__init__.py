"""Losses of the tasks: of mask, pattern, intensity and single cells.

This is the only part of :mod:`anascope.tasks` that loads PyTorch when it is imported.

>>> import torch
>>> from anascope.tasks.losses import pattern_loss
>>> round(pattern_loss(torch.zeros(2, 4), torch.eye(4, dtype=torch.bool)[:2]).item(), 3)  # log 4
1.386
"""

from anascope.tasks.losses._cells import interior_loss, phase_loss
from anascope.tasks.losses._intensity import intensity_loss
from anascope.tasks.losses._mask import MASK_LOSSES, bce_mask_loss, dice_mask_loss
from anascope.tasks.losses._pattern import pattern_loss, place_loss

__all__ = [
    "MASK_LOSSES",
    "bce_mask_loss",
    "dice_mask_loss",
    "intensity_loss",
    "interior_loss",
    "pattern_loss",
    "phase_loss",
    "place_loss",
]
