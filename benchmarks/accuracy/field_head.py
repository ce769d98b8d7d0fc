"""How much say should the field head have beside the dense head?

    python -m benchmarks.accuracy.field_head DATA --start s-drawn

The network of drawn specimens alone reads MIVIA, the recovered specimens of I3A, and drawn
specimens of other patients and microscopes, none of which it has seen. The pattern of a field is
the geometric mean of the probabilities of both heads, with another share of the field head each
time: from none, which is the dense head alone, to all. Differences from the dense head alone are
paired by specimen, with 95% intervals over specimens. Without ``--start``, the network is trained
first. Writes results/field-head.json.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd

from anascope.adaptation import answered_by
from anascope.cohorts import Cohort
from anascope.files import write_json
from anascope.models import WEIGHTS, ModelCard
from anascope.networks import FieldHead
from anascope.recipe import MIVIA, MOSAICS
from anascope.records import PLUS
from anascope.training.calibration import HeldOut, specimens_of
from benchmarks.accuracy._shared import drawn_network, interval, recipe_given
from benchmarks.accuracy._specimens import named_of, named_right
from benchmarks.accuracy.shipped import drawn_cohort
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def by_share(
    fields: pd.DataFrame, head: FieldHead, card: ModelCard, labels: tuple[str, ...]
) -> dict[str, Any]:
    """Return how many specimens are named right, by the share of the field head.

    Args:
        fields: Of specimens with one pattern, as
            :meth:`~anascope.training.calibration.HeldOut.fields` gives them.
        head: The field head; it stays as it is.
        card: Of the network.
        labels: The patterns of the set.
    """
    found: dict[str, Any] = {}
    before: np.ndarray[Any, np.dtype[np.float64]] | None = None
    for share in SHARES:
        with_share = deepcopy(head)
        with_share.share.fill_(share)
        rows = specimens_of(answered_by(with_share, fields, card))
        right = (named_of(rows, card, labels) == rows["pattern"].to_numpy()).astype(np.float64)
        before = right if before is None else before
        scores = named_right(rows, card, labels)
        found[f"{share:g}"] = {
            "specimens": scores["specimens"],
            "right": scores["right"],
            "mean_class_accuracy": scores["mean_class_accuracy"],
            "gain": interval(pd.Series(right - before), -1.0),
        }
    return found


def main() -> None:
    """Read, compare, write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2, i3a-task1", trains=True, continues=True)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    recipe = recipe_given(given)
    model, card, head = drawn_network(recipe)
    cohorts: dict[str, Cohort] = {
        "mivia": recipe.sets.real(MIVIA),
        "i3a": recipe.sets.real(MOSAICS),
        "drawn": drawn_cohort(recipe, given.work),
    }
    found: dict[str, Any] = {}
    for name, cohort in cohorts.items():
        single = [r for r in cohort.fields if r.serum is not None and PLUS not in r.serum]
        fields = HeldOut(model, cohort, single).fields(given.accelerator)
        found[name] = by_share(fields, head, card, cohort.patterns)
        print(name, {share: each["right"] for share, each in found[name].items()}, flush=True)
    settings = {"start": card.files[WEIGHTS], "share_of_the_recipe": float(head.share)}
    write_json(given.out / "field-head.json", {**environment(**settings), "laboratories": found})


if __name__ == "__main__":
    main()
