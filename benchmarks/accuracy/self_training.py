"""Does a field head gain from the fields of a new laboratory that nobody has labelled?

    python -m benchmarks.accuracy.self_training DATA --start s-drawn

The network of drawn specimens alone reads MIVIA and the recovered specimens of I3A, none of which
it has seen. Self-training: the likeliest pattern of each specimen, where its probability is at
least a threshold, becomes the label of its fields, and the last layer of the field head learns from
these fields as it does in ``anascope adapt`` (:func:`~anascope.training.tune_field_head`); then it
names all specimens of the laboratory again. Which patterns the laboratory has is not told. Gains
are paired by specimen, with 95% intervals over specimens; the truth is used for nothing but these.
Without ``--start``, the network is trained first. Writes results/self-training.json.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from anascope.adaptation import answered_by
from anascope.files import write_json
from anascope.models import WEIGHTS, ModelCard
from anascope.networks import FieldHead
from anascope.recipe import MIVIA, MOSAICS
from anascope.training import tune_field_head
from anascope.training.calibration import FIELD_INPUTS, HeldOut, pattern_columns, specimens_of
from benchmarks.accuracy._shared import drawn_network, interval, recipe_given
from benchmarks.accuracy._specimens import named_of
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

LABORATORIES = {"mivia": MIVIA, "i3a": MOSAICS}
THRESHOLDS = (0.0, 0.5, 0.8, 0.95)


def self_trained(
    head: FieldHead, fields: pd.DataFrame, card: ModelCard, threshold: float
) -> tuple[FieldHead, pd.DataFrame]:
    """Return the head that has learned from its own answers, and the specimens that taught it.

    Where none is sure enough, it is the head as it was.

    Args:
        head: It stays as it is.
        fields: As :meth:`~anascope.training.calibration.HeldOut.fields` gives them.
        card: Of the network.
        threshold: Least probability of a label, 0 to 1.
    """
    specimens = specimens_of(answered_by(head, fields, card))
    logits = specimens[pattern_columns(card)].to_numpy(np.float64)
    logits /= card.judgement.temperature
    likely = softmax(logits, axis=1)
    sure = likely.max(axis=1) >= threshold
    labels = pd.Series(likely.argmax(axis=1)[sure], index=specimens["patient"].to_numpy()[sure])
    teaching = fields[fields["patient"].isin(labels.index)]
    if teaching.empty:
        return head, specimens[sure]
    inputs = np.stack(teaching[FIELD_INPUTS].to_list()).astype(np.float32)
    allowed = np.eye(logits.shape[1], dtype=bool)[labels.loc[teaching["patient"]].to_numpy()]
    return tune_field_head(head, inputs, allowed), specimens[sure]


def by_threshold(
    fields: pd.DataFrame, head: FieldHead, card: ModelCard, labels: tuple[str, ...]
) -> dict[str, Any]:
    """Return how many specimens are named right before, and after self-training."""

    def right(head: FieldHead, of: pd.DataFrame) -> pd.Series[float]:
        rows = specimens_of(answered_by(head, of, card)).set_index("patient")
        named = named_of(rows, card, labels) == rows["pattern"].to_numpy()
        return pd.Series(named.astype(np.float64), index=rows.index)

    before = right(head, fields)
    found: dict[str, Any] = {"before": {"specimens": len(before), "right": int(before.sum())}}
    for threshold in THRESHOLDS:
        trained, teachers = self_trained(head, fields, card, threshold)
        after = right(trained, fields)
        found[f"{threshold:g}"] = {
            "labels": len(teachers),
            "right_labels": int(before.loc[teachers["patient"]].sum()),
            "right": int(after.sum()),
            "gain": interval(after - before, -1.0),
        }
    return found


def main() -> None:
    """Read, learn, compare, write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2, i3a-task1", trains=True, continues=True)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    recipe = recipe_given(given)
    model, card, head = drawn_network(recipe)
    found: dict[str, Any] = {}
    for name, set_name in LABORATORIES.items():
        cohort = recipe.sets.real(set_name)
        fields = HeldOut(model, cohort, cohort.fields).fields(given.accelerator)
        fields = fields[fields["pattern"].notna()]
        found[name] = by_threshold(fields, head, card, cohort.patterns)
        print(name, found[name], flush=True)
    settings = {"start": card.files[WEIGHTS], "temperature": card.judgement.temperature}
    write_json(given.out / "self-training.json", {**environment(**settings), "laboratories": found})


if __name__ == "__main__":
    main()
