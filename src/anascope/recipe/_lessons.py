"""What the shipped network learns from drawn specimens: every pattern, some more often."""

from __future__ import annotations

import numpy as np

from anascope.synthetic import STAINS, Population

_OFTEN = {
    "negative": 4,
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


def lessons(patients: int, seed: int) -> Population:
    """Return patients in random order, one field each: ``intermediate`` and ``positive`` alike.

    Args:
        patients: How many.
        seed: Of the order.
    """
    once = [leaf for leaf in STAINS for _ in range(_OFTEN.get(leaf, 1))]
    rng = np.random.default_rng(seed)
    order: list[str] = []
    while len(order) < patients:
        order.extend(rng.permutation(once).tolist())
    levels = ("intermediate", "positive")
    labels = tuple(
        (leaf, "negative" if leaf == "negative" else levels[index % 2])
        for index, leaf in enumerate(order[:patients])
    )
    return Population(labels, 1)
