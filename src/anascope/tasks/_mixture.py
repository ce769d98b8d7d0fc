"""The mixture: whether a serum shows one pattern or several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.colours import PURPLE
from anascope.metrics import Floats, mean_auroc, mean_recall
from anascope.tasks._labels import LabelTask
from anascope.tasks._measure import Measure, ScoreCounts
from anascope.tasks._task import Loss, TaskStyle
from anascope.words import Vocabulary, patterns_in

if TYPE_CHECKING:
    from torch import Tensor

    from anascope.presets import LossPreset
    from anascope.records import FieldRecord

SINGLE, MIXED = "single", "mixed"

_THRESHOLD = 0.5


class MixtureTask(LabelTask):
    """Tells sera of several patterns from those of one, by one output.

    Its label is that of the serum, such as ``homogeneous+centromere``, for what that says depends
    on the classes of the network: sera whose patterns are one class of it are single, and where
    some of their classes are the same, nothing is known.
    """

    name = "mixture"
    style = TaskStyle(PURPLE, "D", (0, (3, 1, 1, 1)))
    note = "Sera of several patterns are distinguished from those of one at a threshold of 0.5."
    selected_by = "accuracy_mixture"
    prefix = "p_mixture_"

    def classes(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the two kinds of sera."""
        return SINGLE, MIXED

    def output_names(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the one class whose probability is predicted."""
        return (MIXED,)

    def label(self, record: FieldRecord) -> str | None:
        """Return the pattern, or all patterns, of the serum of a field."""
        return record.serum

    def allowed(self, label: str, vocabulary: Vocabulary) -> tuple[bool, ...]:
        """Return whether a serum with that label can be single, and mixed."""
        sets = [np.array(vocabulary.patterns.allowed(name)) for name in patterns_in(label)]
        if any(not (classes & other).any() for classes, other in combinations(sets, 2)):
            return False, True
        return True, len(sets) > 1 and int(np.any(sets, axis=0).sum()) > 1

    def target(self, record: FieldRecord, vocabulary: Vocabulary) -> NDArray[Any]:
        """Return 1 for a mixed serum, 0 for a single one, NaN where it is not known."""
        label = self.label(record)
        single, mixed = (False, False) if label is None else self.allowed(label, vocabulary)
        return np.array([np.nan if single == mixed else float(mixed)], np.float32)

    def teaches(self, records: Sequence[FieldRecord], vocabulary: Vocabulary) -> bool:
        """Tell whether both kinds of sera are among the fields: of one kind nothing is learned."""
        kinds = {float(self.target(record, vocabulary)[0]) for record in records}
        return {0.0, 1.0} <= kinds

    def decide(self, probabilities: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Return whether mixed is likelier than not, and the probability of what is likelier."""
        mixed = probabilities[:, 0]
        return np.asarray(mixed > _THRESHOLD, np.int64), np.maximum(mixed, 1 - mixed)

    def loss(self, preset: LossPreset) -> Loss:
        """Return the binary cross-entropy of being mixed."""
        # As of an intensity of two levels: where nothing is known, the target is NaN.
        from anascope.tasks.losses import intensity_loss

        return lambda prediction, targets: intensity_loss(prediction[self.name], targets[self.name])

    def right(self, logits: Tensor, target: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
        """Return which rows are labelled and right, and which are labelled."""
        labelled = ~target[:, 0].isnan()
        mixed = logits[:, 0] > float(np.log(threshold / (1 - threshold)))
        return (mixed == (target[:, 0] > _THRESHOLD)) & labelled, labelled

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the sigmoid."""
        return logits.sigmoid()

    def measures(self, vocabulary: Vocabulary) -> tuple[Measure, ...]:
        """Return accuracy, the mean of the recalls of both kinds, and AUROC."""
        return (
            super().measures(vocabulary)[0],
            self._of_answers(
                "balanced_accuracy", "balanced accuracy", "confusion_rows", mean_recall
            ),
            ScoreCounts(self.name, "auroc", "AUROC", partial(_sides, self), _auroc, True),
        )


def _sides(task: MixtureTask, table: pd.DataFrame, vocabulary: Vocabulary) -> Floats:
    """Return whether a row is mixed, NaN where not known, and its score."""
    answers = task.answers(table, vocabulary)
    mixed = np.where(answers.labelled, answers.allowed[:, 1], np.nan)
    return np.concatenate([mixed[:, np.newaxis], task.stated(table, vocabulary)], axis=1)


def _auroc(sums: Floats) -> Floats:
    return mean_auroc(sums.reshape(*sums.shape[:-1], 1, 2, -1))


MIXTURE = MixtureTask()
