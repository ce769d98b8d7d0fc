"""A fourth task in a file of its own: whether the staining is of the nucleus.

The label is read off the pattern's place in the tree, so every cohort has it already. Imported,
the file makes the task known; a preset that names it (``tasks: [mask, pattern, intensity,
family]``) has it in training, evaluation, studies and reports.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from anascope.networks import Prediction
from anascope.presets import LossPreset
from anascope.records import FieldRecord
from anascope.tasks import LabelTask, Loss, Targets, TaskStyle, register
from anascope.words import Vocabulary, pattern_named

FAMILIES = ("nuclear", "other")


class FamilyTask(LabelTask):
    """Tells nuclear patterns from all others."""

    name = "family"
    style = TaskStyle("#CC79A7", "D", (0, (6, 1, 1, 1)))
    note = "A pattern is nuclear if it stands below 'nuclear' in the tree of patterns."
    selected_by = "accuracy_family"
    prefix = "p_family_"

    def classes(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the two families."""
        return FAMILIES

    def allowed(self, label: str, vocabulary: Vocabulary) -> tuple[bool, ...]:
        """Return the family as a set of one."""
        return tuple(label == family for family in FAMILIES)

    def label(self, record: FieldRecord) -> str | None:
        """Return the family of a field's pattern, None where the pattern is not known."""
        if record.only_pattern is None:  # not known, or several
            return None
        nuclear = set(pattern_named("nuclear").leaves)
        return FAMILIES[not set(pattern_named(record.only_pattern).leaves) <= nuclear]

    def loss(self, preset: LossPreset) -> Loss:
        """Return the cross-entropy over the rows that have a label."""

        def family_loss(prediction: Prediction, targets: Targets) -> Tensor:
            labels = targets["family"]
            known = labels.any(dim=1)
            rows = cross_entropy(
                prediction["family"].float(), labels.float().argmax(dim=1), reduction="none"
            )
            return (rows * known).sum() / known.sum().clamp(min=1)

        return family_loss

    def right(self, logits: Tensor, target: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
        """Return which rows are labelled and right, and which are labelled."""
        labelled = target.any(dim=1)
        chosen = logits.argmax(dim=1, keepdim=True)
        return target.gather(1, chosen)[:, 0] & labelled, labelled

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the softmax."""
        return logits.softmax(dim=1)


FAMILY = FamilyTask()
register(FAMILY)
