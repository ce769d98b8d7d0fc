"""The mask: which pixels are cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.colours import BLUE
from anascope.metrics import Floats, Value, dice, iou, mask_counts, pixel_accuracy, share
from anascope.records import MaskValue
from anascope.tasks._measure import Measure
from anascope.tasks._task import CellTruth, Columns, Loss, Targets, Task, TaskStyle
from anascope.words import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.networks import Prediction
    from anascope.presets import LossPreset
    from anascope.records import FieldRecord

COUNTS = ("tp", "fp", "fn", "tn")
_RATIOS: dict[str, tuple[str, Value]] = {
    "pixel_accuracy": ("pixel accuracy", pixel_accuracy),
    "dice": ("Dice", dice),
    "iou": ("IoU", iou),
}


class MaskTask(Task):
    """Finds the cells. Its output is the decoder's: every network has it."""

    name = "mask"
    style = TaskStyle(BLUE, "o", "-")
    note = "Pixels whose truth is unknown are left out; means over images."
    accuracy = "pixel_accuracy"
    selected_by = "dice"

    def outputs(self, vocabulary: Vocabulary) -> int:
        """Return 0: the mask comes from the decoder."""
        return 0

    def target(self, record: FieldRecord, vocabulary: Vocabulary) -> None:
        """Return None: the truth is the mask."""

    def is_known(self, record: FieldRecord, truth: CellTruth) -> bool:
        """Tell whether a field has a mask."""
        return record.has_mask

    def loss(self, preset: LossPreset) -> Loss:
        """Return the Dice loss or binary cross-entropy over the known pixels."""
        from anascope.tasks.losses import MASK_LOSSES

        compare = MASK_LOSSES[preset.mask]
        return lambda prediction, targets: compare(prediction["mask"], targets["mask"])

    def tally(self, prediction: Prediction, targets: Targets, threshold: float) -> Tensor:
        """Return numbers of pixels: tp, fp, fn, tn."""
        import torch

        positive = prediction["mask"][:, 0] > float(np.log(threshold / (1 - threshold)))
        mask = targets["mask"]
        cell, known = mask == MaskValue.CELL, mask != MaskValue.UNKNOWN
        background = known & ~cell
        counted = (positive & cell, positive & background, ~positive & cell, ~positive & background)
        return torch.stack([pixels.sum() for pixels in counted])

    def tallied(self, sums: Floats) -> dict[str, float]:
        """Return pixel accuracy and Dice of all pixels of an epoch together."""
        return {"accuracy_mask": float(pixel_accuracy(sums)), "dice": float(dice(sums))}

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of being cell, (batch, y, x)."""
        return logits[:, 0].sigmoid()

    def columns(self, vocabulary: Vocabulary) -> Columns:
        """Return the counts of pixels."""
        return Columns(summed=COUNTS)

    def answers_of(
        self,
        probabilities: NDArray[Any],
        targets: Mapping[str, NDArray[Any]],
        vocabulary: Vocabulary,
        threshold: float,
    ) -> Mapping[str, Sequence[float]]:
        """Return the counts of pixels of each patch."""
        counted = [
            asdict(mask_counts(cells, truth))
            for cells, truth in zip(probabilities > threshold, targets["mask"], strict=True)
        ]
        return {name: [counts[name] for counts in counted] for name in COUNTS}

    def measures(self, vocabulary: Vocabulary) -> tuple[Measure, ...]:
        """Return pixel accuracy, Dice and IoU, each the mean over the rows that have it."""
        return tuple(
            Measure(self.name, name, label, partial(_rows, value), share, compares=name != "iou")
            for name, (label, value) in _RATIOS.items()
        )

    def counted(self, table: pd.DataFrame, vocabulary: Vocabulary) -> int:
        """Return how many rows have a mask."""
        return int(_pixels(table).any(axis=1).sum())

    def details(self, table: pd.DataFrame, vocabulary: Vocabulary) -> dict[str, Any]:
        """Return the three ratios of all pixels of the table together."""
        pixels = _pixels(table).sum(axis=0)
        return {"pooled": {name: float(value(pixels)) for name, (_, value) in _RATIOS.items()}}


def _pixels(table: pd.DataFrame) -> Floats:
    return np.asarray(table[list(COUNTS)].to_numpy(np.float64))


def _rows(value: Value, table: pd.DataFrame, vocabulary: Vocabulary) -> Floats:
    values = value(_pixels(table))
    known = ~np.isnan(values)
    return np.stack([np.where(known, values, 0.0), known], axis=1)


MASK = MaskTask()
