"""The single cells: what tells them apart, and where each is in its division."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.cells import interior_of
from anascope.colours import ORANGE
from anascope.metrics import Floats, dice
from anascope.records import MaskValue
from anascope.tasks._mask import COUNTS
from anascope.tasks._measure import Measure
from anascope.tasks._task import CellTruth, Columns, Loss, Targets, Task, TaskStyle
from anascope.words import PHASES, Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.networks import Prediction
    from anascope.presets import LossPreset
    from anascope.records import FieldRecord

INTERIOR, ALLOWED = 0, 1
"""Channels of the truth: how far inside its cell a pixel lies, and the phases that are possible,
one bit each from the lowest."""
FULL = 254
"""What 1 is stored as in the interior."""
UNKNOWN = 255
"""Stored there where nobody said whose cell a pixel is."""

_COUNTED = {"inner": "inner parts", "dividing": "dividing cells"}
"""Of which pixels the task counts those found, and how they are called."""

_HALF = 0.5


class CellsTask(Task):
    """Tells touching cells apart, and in which phase of its division each is.

    Its head tells two things of each pixel. One is how far inside its cell it lies, from 0 at the
    outline to 1 in its inner part (:func:`~anascope.cells.interior_of`): the dents between cells
    that touch tell them apart (:func:`~anascope.cells.cells_apart`). The other is the phase of the
    cell, of :data:`~anascope.words.PHASES`.
    """

    name = "cells"
    style = TaskStyle(ORANGE, "v", (0, (6, 1.5)))
    note = "By pixel, where single cells are known. The inner parts of cells separate them."
    accuracy = "inner_dice"
    selected_by = "inner_dice"

    def outputs(self, vocabulary: Vocabulary) -> int:
        """Return 0: it predicts nothing for the whole image."""
        return 0

    def maps(self, vocabulary: Vocabulary) -> int:
        """Return 1 for the interior and 1 for each phase."""
        return 1 + len(PHASES)

    def target(self, record: FieldRecord, vocabulary: Vocabulary) -> None:
        """Return None: the truth is of each pixel."""

    def map_target(self, truth: CellTruth) -> NDArray[np.uint8]:
        """Return what is known of each pixel, (2, y, x): interior, allowed phases."""
        target = np.zeros((2, *truth.mask.shape), np.uint8)
        if truth.instances is None:
            target[INTERIOR] = UNKNOWN
            return target
        instances = truth.instances
        target[INTERIOR] = np.rint(FULL * interior_of(instances))
        # What is said to be cell without being one of those told apart may be two.
        unsaid = (truth.mask == MaskValue.CELL) & (instances == 0)
        target[INTERIOR][unsaid | (truth.mask == MaskValue.UNKNOWN)] = UNKNOWN
        bits = (truth.phases.astype(np.uint8) << np.arange(len(PHASES), dtype=np.uint8)).sum(axis=1)
        target[ALLOWED] = bits.astype(np.uint8)[instances]
        return target

    def is_known(self, record: FieldRecord, truth: CellTruth) -> bool:
        """Return whether the cells of a field were separated."""
        return truth.instances is not None

    def loss(self, preset: LossPreset) -> Loss:
        """Return the sum of the losses of interior and phase."""
        from anascope.tasks.losses import interior_loss, phase_loss

        def compare(prediction: Prediction, targets: Targets) -> Tensor:
            logits, truth = prediction[self.name], targets[self.name]
            interior = truth[:, INTERIOR]
            apart = interior_loss(logits[:, 0], interior / FULL, interior != UNKNOWN)
            return apart + phase_loss(logits[:, 1:], _allowed(truth))

        return compare

    def tally(self, prediction: Prediction, targets: Targets, threshold: float) -> Tensor:
        """Return numbers of pixels: tp, fp, fn, tn of inner parts, then of dividing cells."""
        import torch

        probabilities = self.probabilities(prediction[self.name])
        return torch.stack(_counts(probabilities, targets[self.name]))

    def tallied(self, sums: Floats) -> dict[str, float]:
        """Return the Dice coefficients of both."""
        parts = np.split(np.asarray(sums), len(_COUNTED))
        return {
            f"{name}_dice": float(dice(part)) for name, part in zip(_COUNTED, parts, strict=True)
        }

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the interior, 0 to 1, and the probabilities of the phases, along axis 1."""
        import torch

        return torch.cat([logits[:, :1].sigmoid(), logits[:, 1:].softmax(dim=1)], dim=1)

    def columns(self, vocabulary: Vocabulary) -> Columns:
        """Return the counts of pixels."""
        return Columns(summed=tuple(name for group in _COUNTED for name in _names(group)))

    def answers_of(
        self,
        probabilities: NDArray[Any],
        targets: Mapping[str, NDArray[Any]],
        vocabulary: Vocabulary,
        threshold: float,
    ) -> Mapping[str, Sequence[float]]:
        """Return the counts of pixels of each patch."""
        counted = [
            _counts(predicted, truth)
            for predicted, truth in zip(probabilities, targets[self.name], strict=True)
        ]
        columns = self.columns(vocabulary).summed
        return {
            name: [int(counts[index]) for counts in counted] for index, name in enumerate(columns)
        }

    def measures(self, vocabulary: Vocabulary) -> tuple[Measure, ...]:
        """Return the Dice coefficients of inner parts and of dividing cells, of all pixels."""
        return tuple(
            Measure(
                self.name,
                f"{group}_dice",
                f"Dice of {called}",
                partial(_pixels, group),
                dice,
                compares=group == "inner",
            )
            for group, called in _COUNTED.items()
        )

    def counted(self, table: pd.DataFrame, vocabulary: Vocabulary) -> int:
        """Return how many rows have pixels of which it is known whose cell they are."""
        return int(_pixels("inner", table, vocabulary).any(axis=1).sum())


def _counts(probabilities: Any, truth: Any) -> list[Any]:
    """Return numbers of pixels: tp, fp, fn, tn of inner parts, then of dividing cells.

    Args:
        probabilities: Of the interior and the phases, (..., 1 + phases, y, x), an array or tensor.
        truth: (..., 3, y, x), likewise.
    """
    interior, bits = truth[..., INTERIOR, :, :], truth[..., ALLOWED, :, :]
    every = (1 << len(PHASES)) - 1
    counts = []
    for positive, true, known in (
        (probabilities[..., 0, :, :] > _HALF, interior > _HALF * FULL, interior != UNKNOWN),
        (probabilities[..., 1, :, :] < _HALF, bits & 1 == 0, (bits != 0) & (bits != every)),
    ):
        counts += [
            (known & positive & true).sum(),
            (known & positive & ~true).sum(),
            (known & ~positive & true).sum(),
            (known & ~positive & ~true).sum(),
        ]
    return counts


def _allowed(truth: Tensor) -> Tensor:
    """Return which phases are possible at each pixel, (batch, phases, y, x)."""
    import torch

    bits = torch.arange(len(PHASES), device=truth.device, dtype=truth.dtype)
    allowed: Tensor = (truth[:, ALLOWED, None] >> bits[:, None, None]) & 1 == 1
    return allowed


def _names(group: str) -> list[str]:
    return [f"{group}_{count}" for count in COUNTS]


def _pixels(group: str, table: pd.DataFrame, vocabulary: Vocabulary) -> Floats:
    return np.asarray(table[_names(group)].to_numpy(np.float64))


CELLS = CellsTask()
