"""What the shipped network learns from drawn specimens: every pattern, some more often."""

from __future__ import annotations

import numpy as np

from anascope.records import PLUS
from anascope.synthetic import STAINS, Population
from anascope.words import NEGATIVE

_OFTEN = {
    "negative": 8,
    "homogeneous": 6,
    "fine speckled": 6,
    "coarse speckled": 6,
    "centromere": 6,
    "mitochondrial": 5,
    "homogeneous nucleolar": 3,
    "clumpy nucleolar": 4,
    "punctate nucleolar": 2,
    "dense fine speckled": 3,
    "smooth nuclear envelope": 3,
    "punctate nuclear envelope": 2,
    "golgi": 3,
    "cytoplasmic fine speckled": 3,
    "cytoplasmic dense fine speckled": 2,
    "cytoplasmic fibrillar filamentous": 2,
    "topo i-like": 2,
    "fine speckled with mitotic plate": 2,
    "myriad discrete fine speckled": 2,
    "pcna-like": 2,
}
"""How many of a round of patients have a pattern; every other that can be drawn has 1."""


_MIXED = (
    ("homogeneous", "centromere"),
    ("homogeneous", "homogeneous nucleolar"),
    ("homogeneous", "cytoplasmic dense fine speckled"),
    ("homogeneous", "mitochondrial"),
    ("fine speckled", "centromere"),
    ("fine speckled", "homogeneous nucleolar"),
    ("fine speckled", "mitochondrial"),
    ("coarse speckled", "clumpy nucleolar"),
    ("coarse speckled", "golgi"),
    ("coarse speckled", "smooth nuclear envelope"),
    ("centromere", "mitochondrial"),
    ("multiple nuclear dots", "mitochondrial"),
    ("punctate nuclear envelope", "mitochondrial"),
    ("dense fine speckled", "cytoplasmic fine speckled"),
)
"""Two patterns of one serum that a reader can tell apart; a round of patients has each once."""


def lessons(patients: int, seed: int, *, mixed: bool = False) -> Population:
    """Return patients in random order, one field each: ``intermediate`` and ``positive`` alike.

    Args:
        patients: How many.
        seed: Of the order.
        mixed: Whether some have two patterns.
    """
    once = [leaf for leaf in STAINS for _ in range(_OFTEN.get(leaf, 1))]
    if mixed:
        once += [PLUS.join(pair) for pair in _MIXED]
    rng = np.random.default_rng(seed)
    order: list[str] = []
    while len(order) < patients:
        order.extend(rng.permutation(once).tolist())
    levels = ("intermediate", "positive")
    labels = tuple(
        (pattern, NEGATIVE if pattern == NEGATIVE else levels[index % 2])
        for index, pattern in enumerate(order[:patients])
    )
    return Population(labels, 1)
