"""The intensity: the grade of the fluorescence, one of ordered levels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.colours import GREEN
from anascope.metrics import Floats, RocCurve, mean_auroc, mean_recall, roc_curve, share
from anascope.tasks._labels import LabelTask
from anascope.tasks._measure import Measure, ScoreCounts
from anascope.tasks._task import Loss, TaskStyle
from anascope.words import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.presets import LossPreset
    from anascope.records import FieldRecord

_THRESHOLD = 0.5


class IntensityTask(LabelTask):
    """Grades the intensity. ``K`` ordered levels have ``K - 1`` outputs.

    Output ``i`` is the probability that the intensity is above level ``i``
    (:class:`~anascope.words.IntensityScale`).
    """

    name = "intensity"
    style = TaskStyle(GREEN, "^", (0, (1.2, 1.2)))
    note = "Levels are decided at a threshold of 0.5; AUROC needs none."
    selected_by = "accuracy_intensity"
    prefix = "p_above_"

    def classes(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the levels, from dark to bright."""
        return vocabulary.intensities.levels

    def allowed(self, label: str, vocabulary: Vocabulary) -> tuple[bool, ...]:
        """Return the level as a set of one."""
        rank = sum(vocabulary.intensities.above(label))
        return tuple(level == rank for level in range(len(self.classes(vocabulary))))

    def output_names(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the levels but the brightest."""
        return self.classes(vocabulary)[:-1]

    def target(self, record: FieldRecord, vocabulary: Vocabulary) -> NDArray[Any]:
        """Return 1 for each level that the intensity is above, 0 else, NaN where not known."""
        label = self.label(record)
        if label is None:
            return np.full(self.outputs(vocabulary), np.nan, np.float32)
        return np.array(vocabulary.intensities.above(label), np.float32)

    def decide(self, probabilities: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Return the number of outputs over 0.5, and the probability of that level.

        The probability of level ``i`` is that of being above ``i - 1`` less that of being above
        ``i``; it is cut at 0 where the outputs cross.
        """
        levels = np.asarray((probabilities > _THRESHOLD).sum(axis=1), np.int64)
        ends = np.ones((len(probabilities), 1))
        above = np.concatenate([ends, probabilities, 0 * ends], axis=1)
        shares = np.clip(-np.diff(above, axis=1), 0.0, 1.0)
        return levels, shares[np.arange(len(levels)), levels]

    def loss(self, preset: LossPreset) -> Loss:
        """Return the binary cross-entropy of being above each level."""
        from anascope.tasks.losses import intensity_loss

        return lambda prediction, targets: intensity_loss(
            prediction["intensity"], targets["intensity"]
        )

    def right(self, logits: Tensor, target: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
        """Return which rows are labelled and right, and which are labelled."""
        labelled = ~target.isnan().any(dim=1)
        above = logits > float(np.log(threshold / (1 - threshold)))
        return (above == (target > 0.5)).all(dim=1) & labelled, labelled

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the sigmoid: of being above each level."""
        return logits.sigmoid()

    def measures(self, vocabulary: Vocabulary) -> tuple[Measure, ...]:
        """Return accuracy, balanced accuracy and the mean area under the ROC curves."""
        outputs = self.outputs(vocabulary)
        return (
            self._of_answers("accuracy", "accuracy", "accuracy_rows", share),
            self._of_answers(
                "balanced_accuracy", "balanced accuracy", "confusion_rows", mean_recall
            ),
            ScoreCounts(self.name, "auroc", "AUROC", self._sides, partial(_auroc, outputs), True),
        )

    def details(self, table: pd.DataFrame, vocabulary: Vocabulary) -> dict[str, Any]:
        """Return the levels in their order."""
        return {"levels": list(self.classes(vocabulary))}

    def roc(self, table: pd.DataFrame, vocabulary: Vocabulary, output: int) -> RocCurve:
        """Return the ROC curve of an output over the labelled rows of a table."""
        answers = self.answers(table, vocabulary)
        known = answers.labelled
        truth = answers.allowed[known].argmax(axis=1) > output
        return roc_curve(truth, self.stated(table, vocabulary)[known, output])

    def _sides(self, table: pd.DataFrame, vocabulary: Vocabulary) -> Floats:
        """Return which outputs' levels a row is above, NaN where not known, and the scores."""
        answers, outputs = self.answers(table, vocabulary), self.outputs(vocabulary)
        above = answers.allowed.argmax(axis=1)[:, np.newaxis] > np.arange(outputs)
        positive = np.where(answers.labelled[:, np.newaxis], above, np.nan)
        return np.concatenate([positive, self.stated(table, vocabulary)], axis=1)


def _auroc(outputs: int, sums: Floats) -> Floats:
    return mean_auroc(sums.reshape(*sums.shape[:-1], outputs, 2, -1))


INTENSITY = IntensityTask()
