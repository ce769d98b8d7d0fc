"""The pattern: which staining the image shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from anascope.colours import VERMILION
from anascope.metrics import recalls
from anascope.tasks._labels import LabelTask
from anascope.tasks._task import Loss, TaskStyle
from anascope.words import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.presets import LossPreset


class PatternTask(LabelTask):
    """Names the staining pattern; a coarse label allows every class that lies within it."""

    name = "pattern"
    style = TaskStyle(VERMILION, "s", (0, (4, 1.5)))
    note = "Mean class accuracy and macro F1 weigh all patterns alike."
    selected_by = "accuracy_pattern"
    prefix = "p_pattern_"
    confused_by = ("patch", "specimen")

    def classes(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the network's pattern classes."""
        return vocabulary.patterns.classes

    def allowed(self, label: str, vocabulary: Vocabulary) -> tuple[bool, ...]:
        """Return which classes a pattern, leaf or branch of the tree, allows."""
        return vocabulary.patterns.allowed(label)

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
        labelled = target.any(dim=1) & ~target.all(dim=1)
        predicted = logits.argmax(dim=1, keepdim=True)
        return target.gather(1, predicted)[:, 0] & labelled, labelled

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
