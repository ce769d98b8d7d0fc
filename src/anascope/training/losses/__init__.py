"""Losses of the three tasks, and the multi-task loss that gives them as one tensor.

>>> import torch
>>> from anascope.training.losses import MultiTaskLoss, Targets
>>> from anascope.networks import Prediction
>>> loss = MultiTaskLoss("dice")
>>> prediction = Prediction(torch.zeros(2, 1, 8, 8), torch.zeros(2, 4), torch.zeros(2, 1))
>>> targets = Targets(
...     mask=torch.zeros(2, 8, 8, dtype=torch.uint8),
...     pattern=torch.eye(4, dtype=torch.bool)[:2],
...     intensity=torch.tensor([[1.0], [float("nan")]]),
... )
>>> loss(prediction, targets).shape
torch.Size([3])
"""

from anascope.training.losses._intensity import intensity_loss
from anascope.training.losses._mask import MASK_LOSSES, bce_mask_loss, dice_mask_loss
from anascope.training.losses._multitask import MultiTaskLoss
from anascope.training.losses._pattern import pattern_loss, place_loss
from anascope.training.losses._targets import Targets

__all__ = [
    "MASK_LOSSES",
    "MultiTaskLoss",
    "Targets",
    "bce_mask_loss",
    "dice_mask_loss",
    "intensity_loss",
    "pattern_loss",
    "place_loss",
]
