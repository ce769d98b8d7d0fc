"""How much a laboratory's specimens may change of a model, and from how many on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_AS_THE_COHORT_IS: Mapping[str, Any] = {
    # What the model's own training says of cohorts that it was made of means nothing here.
    "sampling.cohorts": {},
    "sampling.even_patterns": False,
    "sampling.patches": 240,
    "training.schedule": "constant",
    "training.select": "loss",
    "training.keep_checkpoints": "last",
}


def _heads() -> dict[str, Any]:
    return {
        **_AS_THE_COHORT_IS,
        "training.learned": "heads",
        "training.epochs": 6,
        "training.learning_rate": 3e-4,
        # Heads share nothing that learns: there is nothing to balance.
        "balancing.balancer": "fixed",
        "balancing.weights": [],
    }


def _more() -> dict[str, Any]:
    return {
        **_AS_THE_COHORT_IS,
        "training.learned": "all",
        "training.epochs": 3,
        "training.learning_rate": 1e-4,
    }


@dataclass(frozen=True)
class AdaptationSettings:
    """How a model is adapted.

    Attributes:
        calibrates_from: Specimens of one known pattern, one a patient, that calibration takes.
        trains_from: Those that training a network without a field head takes; fewer only calibrate.
        tunes_from: Those that it takes to let a field head learn, of a model that has one.
        folds: Into how many parts patients are divided, each read by a network that learned from
            the others.
        heads: What is changed in the model's preset for the training of its heads, by dotted key.
        more: Likewise for the training of the whole network, which goes on from the heads' one.
    """

    calibrates_from: int = 10
    trains_from: int = 30
    tunes_from: int = 10
    folds: int = 5
    heads: Mapping[str, Any] = field(default_factory=_heads)
    more: Mapping[str, Any] = field(default_factory=_more)
