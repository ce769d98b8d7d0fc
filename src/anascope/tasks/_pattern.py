"""The pattern: which staining the image shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.colours import VERMILION
from anascope.metrics import recalls
from anascope.records import PLUS
from anascope.tasks._labels import LabelTask
from anascope.tasks._task import Loss, TaskStyle
from anascope.words import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.presets import LossPreset
    from anascope.records import FieldRecord


class PatternTask(LabelTask):
    """Names the staining pattern; a coarse label allows every class that lies within it.

    A serum of several patterns is learned with all of them, each with an equal part. No one name is
    right for it, so the measures leave it out: whether it is told is what the task ``mixture``
    measures.
    """

    name = "pattern"
    style = TaskStyle(VERMILION, "s", (0, (4, 1.5)))
    note = "Mean class accuracy and macro F1 give all patterns the same weight."
    selected_by = "accuracy_pattern"
    prefix = "p_pattern_"
    confused_by = ("patch", "specimen")

    def classes(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the network's pattern classes."""
        return vocabulary.patterns.classes

    def allowed(self, label: str, vocabulary: Vocabulary) -> tuple[bool, ...]:
        """Return which classes a pattern, leaf or branch of the tree, allows."""
        return vocabulary.patterns.allowed(label)

    def label(self, record: FieldRecord) -> str | None:
        """Return the pattern, or all patterns, of the serum of a field."""
        return record.serum

    def target(self, record: FieldRecord, vocabulary: Vocabulary) -> NDArray[Any]:
        """Return which classes the label allows, bool; of several patterns, uint8, a bit each."""
        rows = [self.allowed(name, vocabulary) for name in record.patterns]
        if len(rows) < 2:
            return super().target(record, vocabulary)
        bits = np.arange(len(rows), dtype=np.uint8)[:, np.newaxis]
        return np.asarray((np.array(rows, np.uint8) << bits).sum(axis=0, dtype=np.uint8))

    def labels(self, table: pd.DataFrame) -> list[str | None]:
        """Return the true pattern of each row, None where there is none, or several are."""
        known = super().labels(table)
        return [None if label is None or PLUS in label else label for label in known]

    def loss(self, preset: LossPreset) -> Loss:
        """Return the cross-entropy of the pattern of the image, or of every cell of it."""
        from anascope.tasks.losses import pattern_loss, place_loss

        if preset.pattern == "places":
            return lambda prediction, targets: place_loss(
                prediction["places"], targets["pattern"], targets["mask"]
            )
        return lambda prediction, targets: pattern_loss(prediction["pattern"], targets["pattern"])

    def right(self, logits: Tensor, target: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
        """Return which rows are labelled and right, and which are labelled."""
        of_one = (target <= 1).all(dim=1)
        labelled = target.any(dim=1) & ~target.all(dim=1) & of_one
        predicted = logits.argmax(dim=1, keepdim=True)
        return target.gather(1, predicted)[:, 0].bool() & labelled, labelled

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the softmax."""
        return logits.softmax(dim=1)

    def details(self, table: pd.DataFrame, vocabulary: Vocabulary) -> dict[str, Any]:
        """Return recall by class and the confusion matrix, a row a true class."""
        confusion = self.answers(table, vocabulary).confusion
        classes = self.classes(vocabulary)
        return {
            "recall": dict(zip(classes, recalls(confusion).tolist(), strict=True)),
            "confusion": confusion.tolist(),
            "classes": list(classes),
        }


PATTERN = PatternTask()
