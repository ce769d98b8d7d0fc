"""Tasks that name a class of the whole image."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.metrics import Answers, Floats, macro_f1, mean_recall, share
from anascope.tasks._measure import Measure
from anascope.tasks._task import CellTruth, Columns, Level, Targets, Task
from anascope.words import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.networks import Prediction
    from anascope.records import FieldRecord


class LabelTask(Task):
    """Names a class of the image; the label of a field is a set of the classes that it allows.

    A label that names one class is a set of one.

    Attributes:
        prefix: Prefix of the columns of probabilities.
        confused_by: The levels whose confusion matrices a report shows.
    """

    prefix: ClassVar[str]
    confused_by: ClassVar[tuple[Level, ...]] = ("patch",)
    accuracy = "accuracy"

    @abstractmethod
    def classes(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the names of the ``K`` classes."""

    @abstractmethod
    def allowed(self, label: str, vocabulary: Vocabulary) -> tuple[bool, ...]:
        """Return which classes a label allows.

        Raises:
            InputError: if the network cannot tell it.
        """

    def output_names(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the names of its ``M`` outputs: the classes, unless a task says otherwise."""
        return self.classes(vocabulary)

    def decide(self, probabilities: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Return the predicted classes and the probabilities of them, each ``(N,)``.

        Args:
            probabilities: Of its outputs, finite, ``(N, M)``.
        """
        return probabilities.argmax(axis=1), probabilities.max(axis=1, initial=0.0)

    @abstractmethod
    def right(self, logits: Tensor, target: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
        """Return which rows of a batch are labelled and predicted right, and which are labelled."""

    def outputs(self, vocabulary: Vocabulary) -> int:
        return len(self.output_names(vocabulary))

    def label(self, record: FieldRecord) -> str | None:
        label: str | None = getattr(record, self.name)
        return label

    def is_known(self, record: FieldRecord, truth: CellTruth) -> bool:
        return self.label(record) is not None

    def target(self, record: FieldRecord, vocabulary: Vocabulary) -> NDArray[Any]:
        label = self.label(record)
        nothing = (False,) * len(self.classes(vocabulary))
        return np.array(nothing if label is None else self.allowed(label, vocabulary))

    def tally(self, prediction: Prediction, targets: Targets, threshold: float) -> Tensor:
        import torch

        counted = self.right(prediction[self.name], targets[self.name], threshold)
        return torch.stack([rows.sum() for rows in counted])

    def tallied(self, sums: Floats) -> dict[str, float]:
        return {self.selected_by: float(share(sums))}

    def columns(self, vocabulary: Vocabulary) -> Columns:
        names = self.output_names(vocabulary)
        return Columns(averaged=tuple(f"{self.prefix}{n}" for n in names), label=self.name)

    def answers_of(
        self,
        probabilities: NDArray[Any],
        targets: Mapping[str, NDArray[Any]],
        vocabulary: Vocabulary,
        threshold: float,
    ) -> Mapping[str, Sequence[float]]:
        columns = self.columns(vocabulary).averaged
        return dict(zip(columns, probabilities.astype(float).T.tolist(), strict=True))

    def stated(self, table: pd.DataFrame, vocabulary: Vocabulary) -> Floats:
        """Return the probabilities of its outputs in a table, ``(N, M)``."""
        columns = list(self.columns(vocabulary).averaged)
        return np.asarray(table[columns].to_numpy(np.float64))

    def labels(self, table: pd.DataFrame) -> list[str | None]:
        """Return the true label of each row of a table, None where there is none."""
        return [None if pd.isna(label) else label for label in table[self.name]]

    def answers(self, table: pd.DataFrame, vocabulary: Vocabulary) -> Answers:
        """Return the answers in a table of predictions with their truth.

        Args:
            table: With the columns of the task.
            vocabulary: Of the network.

        Raises:
            InputError: if a label is not one that the network can tell.
        """
        labels = self.labels(table)
        classes = len(self.classes(vocabulary))
        sets = {x: self.allowed(x, vocabulary) for x in set(labels) if x is not None}
        nothing = (False,) * classes
        allowed = np.array([nothing if x is None else sets[x] for x in labels], np.bool_)
        probabilities = self.stated(table, vocabulary)
        finite = np.isfinite(probabilities).all(axis=1)
        predicted = np.full(len(labels), -1, np.int64)
        confidence = np.full(len(labels), np.nan)
        predicted[finite], confidence[finite] = self.decide(probabilities[finite])
        return Answers(allowed.reshape(-1, classes), predicted, confidence)

    def counted(self, table: pd.DataFrame, vocabulary: Vocabulary) -> int:
        return int(self.answers(table, vocabulary).labelled.sum())

    def measures(self, vocabulary: Vocabulary) -> tuple[Measure, ...]:
        return (
            self._of_answers("accuracy", "accuracy", "accuracy_rows", share),
            self._of_answers(
                "mean_class_accuracy", "mean class accuracy", "confusion_rows", mean_recall
            ),
            self._of_answers("macro_f1", "macro F1", "confusion_rows", macro_f1),
        )

    def details(self, table: pd.DataFrame, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"classes": list(self.classes(vocabulary))}

    def _of_answers(self, name: str, label: str, rows: str, value: Any) -> Measure:
        compares = name == self.accuracy
        return Measure(self.name, name, label, partial(self._rows, rows), value, compares)

    def _rows(self, rows: str, table: pd.DataFrame, vocabulary: Vocabulary) -> Floats:
        added: Floats = getattr(self.answers(table, vocabulary), rows)
        return added
