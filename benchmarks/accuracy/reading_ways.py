"""Does it help to read a new laboratory in another way, without training?

    python -m benchmarks.accuracy.reading_ways DATA --start s-drawn

One network that has learned from drawn specimens alone reads one field of each specimen of MIVIA
and of I3A, neither of which it has seen,

* as it is;
* with the statistics of batch normalisation taken anew, without labels, from all fields of that
  laboratory (Schneider et al., "Improving robustness against common corruptions by covariate shift
  adaptation", 2020), or to equal parts from those and from training;
* with those of each field by itself, as instance normalisation takes them;
* as the mean of its logits over three scales, 0.8, 1 and 1.25 times the usual one;
* as the mean of its logits over the eight orientations of a field.

Gains are paired by specimen, with 95% intervals over specimens. Without ``--start``, the network is
trained first. Writes results/reading-ways.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from anascope.cohorts import Cohort
from anascope.files import write_json
from anascope.images import at_scale, signal_range
from anascope.models import WEIGHTS, Model, ModelCard, load_model
from anascope.networks import JointUNet, WholeField, predict
from anascope.recipe import DRAWN, MIVIA, MOSAICS
from anascope.records import FieldRecord
from benchmarks.accuracy._orientations import turned_eightfold
from benchmarks.accuracy._shared import interval, recipe_given
from benchmarks.accuracy._specimens import named_of
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

LABORATORIES = {"mivia": MIVIA, "i3a": MOSAICS}
SCALES = (0.8, 1.0, 1.25)
AS_IT_IS = "as it is"

Floats = NDArray[np.float64]
Signal = tuple[Tensor, Tensor]
"""A field, (1, 1, y, x), over 0 to 1 of its full scale, and its dark and bright level, (1, 2)."""


def signal_of(cohort: Cohort, record: FieldRecord, card: ModelCard, by: float = 1.0) -> Signal:
    """Return a field as a network takes it.

    Args:
        cohort: Where the field is.
        record: Of the field.
        card: Of the network.
        by: How many times larger than usual cells appear to the network.
    """
    scale = card.preset.image.scale_of(record.pixel_size_um, record.field)
    small = at_scale(cohort.image(record), scale * by, record.full_scale)
    unit = small.astype(np.float32) / (255 if small.dtype == np.uint8 else 1)
    levels = np.array(signal_range(small), np.float32)
    return torch.from_numpy(unit)[None, None], torch.from_numpy(levels)[None]


@torch.inference_mode()
def logits_of(network: JointUNet, card: ModelCard, signals: Sequence[Signal]) -> Floats:
    """Return the mean of the pattern's logits over the signals of one field, (class)."""
    read = predict(WholeField(network).eval(), card.preset.image, signals)
    found = np.mean([prediction["pattern"][0].numpy() for prediction in read], axis=0)
    return np.asarray(found, np.float64)


@torch.no_grad()
def with_statistics_of(
    network: JointUNet, card: ModelCard, signals: Iterator[Signal], share: float = 1.0
) -> JointUNet:
    """Return a copy whose batch normalisations have the statistics of these fields.

    Args:
        network: It stays as it is.
        card: Of the network.
        signals: Fields, each a batch of its own: the mean over them is taken.
        share: Weight of the new statistics, 0 to 1; the rest is that of the old ones.
    """
    changed = deepcopy(network).eval()
    norms = [module for module in changed.modules() if isinstance(module, _BatchNorm)]
    before = [(norm.running_mean.clone(), norm.running_var.clone()) for norm in norms]  # type: ignore[union-attr]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over all batches
        norm.train()
    for _ in predict(WholeField(changed), card.preset.image, signals):
        pass
    for norm, (mean, variance) in zip(norms, before, strict=True):
        norm.running_mean.lerp_(mean, 1 - share)  # type: ignore[union-attr]
        norm.running_var.lerp_(variance, 1 - share)  # type: ignore[union-attr]
    return changed.eval()


def ways_of(model: Model, cohort: Cohort, records: Sequence[FieldRecord]) -> Mapping[str, Any]:
    """Return, by name, the ways to read: functions from a field's record to logits."""
    network, card = model.network, model.card
    plain = partial(signal_of, cohort, card=card)

    def fields() -> Iterator[Signal]:
        return (plain(record) for record in records)

    def at_scales(record: FieldRecord) -> Floats:
        return logits_of(network, card, [plain(record, by=by) for by in SCALES])

    def in_eight(record: FieldRecord) -> Floats:
        signal, levels = plain(record)
        return logits_of(network, card, [(each, levels) for each in turned_eightfold(signal)])

    def by_itself(record: FieldRecord) -> Floats:
        signal = plain(record)
        return logits_of(with_statistics_of(network, card, iter([signal])), card, [signal])

    def by(changed: JointUNet) -> Callable[[FieldRecord], Floats]:
        return lambda record: logits_of(changed, card, [plain(record)])

    return {
        AS_IT_IS: by(network),
        "statistics of the laboratory": by(with_statistics_of(network, card, fields())),
        "statistics of the laboratory and of training": by(
            with_statistics_of(network, card, fields(), share=0.5)
        ),
        "statistics of each field": by_itself,
        "mean over three scales": at_scales,
        "mean over eight orientations": in_eight,
    }


def one_a_specimen(cohort: Cohort) -> list[FieldRecord]:
    """Return the first field of each specimen with a pattern."""
    first = {
        record.split_unit: record
        for record in reversed(cohort.fields)
        if record.pattern is not None
    }
    return sorted(first.values(), key=lambda record: record.field)


def right_of(
    read: Callable[[FieldRecord], Floats],
    card: ModelCard,
    cohort: Cohort,
    records: Sequence[FieldRecord],
) -> pd.Series[float]:
    """Return for each record whether its pattern was named, by one of the cohort's patterns."""
    columns = [f"logit_{name}" for name in card.patterns]
    rows = pd.DataFrame([read(record) for record in records], columns=columns)
    named = named_of(rows, card, cohort.patterns)
    return pd.Series(named == np.array([record.pattern for record in records])).astype(float)


def measured(
    model: Model, cohort: Cohort, records: Sequence[FieldRecord]
) -> dict[str, dict[str, Any]]:
    """Return how many specimens each way names right, and its gain over the usual one."""
    ways = ways_of(model, cohort, records)
    right = {name: right_of(read, model.card, cohort, records) for name, read in ways.items()}
    return {
        name: {
            "right": int(each.sum()),
            "gain_over_as_it_is": interval(each - right[AS_IT_IS], -1.0),
        }
        for name, each in right.items()
    }


def main() -> None:
    """Read, compare, write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2, i3a-task1", trains=True, continues=True)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    recipe = recipe_given(given)
    model = load_model(recipe.model(DRAWN))
    found: dict[str, Any] = {}
    for laboratory, name in LABORATORIES.items():
        cohort = recipe.sets.real(name)
        records = one_a_specimen(cohort)
        ways = measured(model, cohort, records)
        found[laboratory] = {"specimens": len(records), "ways": ways}
        print(laboratory, {way: each["right"] for way, each in ways.items()}, flush=True)
    settings = {"start": model.card.files[WEIGHTS], "scales": SCALES}
    result = {**environment(**settings), "laboratories": found}
    write_json(given.out / "reading-ways.json", result)


if __name__ == "__main__":
    main()
