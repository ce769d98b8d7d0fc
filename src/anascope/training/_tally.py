"""Sums over an epoch, kept on the device so that no step waits for it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from anascope.networks import Prediction
from anascope.records import MaskValue
from anascope.training.inputs import Batch
from anascope.words import TASKS


class Tally:
    """Adds up losses and counts of right answers, batch by batch."""

    def __init__(self, device: torch.device, threshold: float) -> None:
        self._logit = math.log(threshold / (1 - threshold))
        self._losses = torch.zeros(3, device=device)
        self._weights = [0, 0, 0]
        # true positives, false positives, false negatives, true negatives
        self._pixels = torch.zeros(4, dtype=torch.int64, device=device)
        # right and counted answers: pattern, intensity
        self._answers = torch.zeros(4, dtype=torch.int64, device=device)

    @torch.no_grad()
    def add(self, batch: Batch, prediction: Prediction, losses: Tensor) -> None:
        """Add one batch; ``losses`` is (3,), in the order of ``TASKS``."""
        for task, active in enumerate(batch.active):
            self._weights[task] += len(batch) * active
        scale = torch.tensor([len(batch) * float(active) for active in batch.active])
        self._losses += losses.detach() * scale.to(losses.device, non_blocking=True)
        targets = batch.targets
        positive = prediction.mask[:, 0] > self._logit
        cell, known = targets.mask == MaskValue.CELL, targets.mask != MaskValue.UNKNOWN
        self._pixels += torch.stack(
            [
                (positive & cell).sum(),
                (positive & known & ~cell).sum(),
                (~positive & cell).sum(),
                (~positive & known & ~cell).sum(),
            ]
        )
        says = targets.pattern.any(dim=1) & ~targets.pattern.all(dim=1)
        chosen = prediction.pattern.argmax(dim=1, keepdim=True)
        right = targets.pattern.gather(1, chosen)[:, 0] & says
        rated = ~targets.intensity.isnan().any(dim=1)
        above = prediction.intensity > self._logit
        level = (above == (targets.intensity > 0.5)).all(dim=1) & rated
        self._answers += torch.stack([right.sum(), says.sum(), level.sum(), rated.sum()])

    def results(self) -> dict[str, float]:
        """Return mean losses, accuracies and Dice; NaN where there was no label."""
        losses = self._losses.tolist()
        tp, fp, fn, tn = self._pixels.tolist()
        pattern, patterns, intensity, intensities = self._answers.tolist()
        return {
            **{
                f"loss_{task}": _ratio(loss, weight)
                for task, loss, weight in zip(TASKS, losses, self._weights, strict=True)
            },
            "accuracy_mask": _ratio(tp + tn, tp + fp + fn + tn),
            "dice": _ratio(2 * tp, 2 * tp + fp + fn),
            "accuracy_pattern": _ratio(pattern, patterns),
            "accuracy_intensity": _ratio(intensity, intensities),
        }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
