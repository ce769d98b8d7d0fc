"""What a task is: what the network learns of it, and how its answers are kept and scored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.metrics import Floats
from anascope.tasks._measure import Measure
from anascope.words import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.networks import Prediction
    from anascope.presets import LossPreset
    from anascope.records import FieldRecord

Level = Literal["patch", "field", "specimen"]
"""The level of a table of predictions."""
Targets = dict[str, "Tensor"]
"""Truth for a batch, by task; what is not known is marked, never guessed.

``mask``: (batch, y, x), uint8 values of :class:`~anascope.records.MaskValue`, unknown pixels are
ignored. A task that labels images: (batch, ...), as its :meth:`Task.target` returns a row. A
task that is told of each pixel: (batch, channel, y, x), as its :meth:`Task.map_target` returns a
field. Targets of three and four axes move with the image where patches are turned.
"""
Loss = Callable[["Prediction", Targets], "Tensor"]
"""From a batch's prediction and truth to a scalar."""


@dataclass(frozen=True)
class TaskStyle:
    """How a task is drawn, so that it looks the same in all plots.

    Attributes:
        colour: As ``#0072B2``.
        marker: Of matplotlib.
        line: Matplotlib's line style.
    """

    colour: str
    marker: str
    line: Literal["-"] | tuple[float, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class CellTruth:
    """The truth about the pixels of a field, at the network's scale.

    Attributes:
        mask: (y, x), values of :class:`~anascope.records.MaskValue`.
        instances: (y, x), number of the cell at each pixel, 0 where none is; None if the cells of
            the field were not separated.
        phases: (numbers, phases), for each number in ``instances`` from 0 on which of
            :data:`~anascope.words.PHASES` are possible: none of the background, and every one
            where nobody said it.
    """

    mask: NDArray[np.uint8]
    instances: NDArray[np.int32] | None
    phases: NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """The columns that a task has in tables of patches, fields and specimens.

    Attributes:
        summed: Whole numbers, which add up over the patches of a field.
        averaged: Probabilities, whose mean over the patches is that of the field.
        label: The column of the true label, None if there is none.
    """

    summed: tuple[str, ...] = ()
    averaged: tuple[str, ...] = ()
    label: str | None = None


class Task(ABC):
    """One of the tasks that the network learns together.

    A new task is one subclass in a file of its own. Once it is registered
    (:func:`~anascope.tasks.register`), a preset can name it among its ``tasks``, and training,
    evaluation, studies and reports use it.

    Attributes:
        name: A word, in presets, columns and tables.
        style: How it is drawn.
        note: A sentence below the table of its measures.
        accuracy: Name of the measure by which studies compare trainings.
        selected_by: Key of :meth:`tallied` whose mean over the tasks chooses the best epoch.
    """

    name: ClassVar[str]
    style: ClassVar[TaskStyle]
    note: ClassVar[str]
    accuracy: ClassVar[str]
    selected_by: ClassVar[str]

    @abstractmethod
    def outputs(self, vocabulary: Vocabulary) -> int:
        """Return how many logits its head has; 0 if it predicts nothing for the whole image."""

    def maps(self, vocabulary: Vocabulary) -> int:
        """Return how many logits it has at each pixel, from its own decoder."""
        return 0

    @abstractmethod
    def target(self, record: FieldRecord, vocabulary: Vocabulary) -> NDArray[Any] | None:
        """Return the truth about a field as its row of a batch's truth.

        None if the truth concerns not the field but its pixels.
        """

    def map_target(self, truth: CellTruth) -> NDArray[np.uint8]:
        """Return the truth about each pixel of a field, (channel, y, x).

        It is called only for a task that has :meth:`maps`.
        """
        raise NotImplementedError(f"{self.name} has no maps")

    @abstractmethod
    def is_known(self, record: FieldRecord, truth: CellTruth) -> bool:
        """Return whether there is any truth about a field, or about its pixels."""

    def teaches(self, records: Sequence[FieldRecord], vocabulary: Vocabulary) -> bool:
        """Return whether the task can learn anything from the truth of these fields.

        If it cannot, the task is left out of a training on them, like one without truth.
        """
        return True

    @abstractmethod
    def loss(self, preset: LossPreset) -> Loss:
        """Return the loss that a preset selects."""

    @abstractmethod
    def tally(self, prediction: Prediction, targets: Targets, threshold: float) -> Tensor:
        """Return the contribution of a batch to the task's sums over an epoch, int64, ``(m,)``.

        Args:
            prediction: Logits.
            targets: The truth.
            threshold: Probability over which a pixel is a cell, and an output is yes.
        """

    @abstractmethod
    def tallied(self, sums: Floats) -> dict[str, float]:
        """Return measures of an epoch by their columns in the history, from those sums."""

    @abstractmethod
    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities for the logits of its output."""

    @abstractmethod
    def columns(self, vocabulary: Vocabulary) -> Columns:
        """Return its columns in tables of predictions."""

    @abstractmethod
    def answers_of(
        self,
        probabilities: NDArray[Any],
        targets: Mapping[str, NDArray[Any]],
        vocabulary: Vocabulary,
        threshold: float,
    ) -> Mapping[str, Sequence[float]]:
        """Return the columns but the label for the patches of a field.

        Args:
            probabilities: Of its output, (patch, ...).
            targets: The truth of the patches, by task, as :data:`Targets` has it.
            vocabulary: Of the network.
            threshold: As for :meth:`tally`.
        """

    def label(self, record: FieldRecord) -> str | None:
        """Return the true label of a field, None where it is not known."""
        return None

    @abstractmethod
    def measures(self, vocabulary: Vocabulary) -> tuple[Measure, ...]:
        """Return its measures, in the order of tables."""

    @abstractmethod
    def counted(self, table: pd.DataFrame, vocabulary: Vocabulary) -> int:
        """Return how many rows of a table of predictions have truth."""

    def details(self, table: pd.DataFrame, vocabulary: Vocabulary) -> dict[str, Any]:
        """Return what ``metrics.json`` states beside the measures."""
        return {}
