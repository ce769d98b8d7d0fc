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
"""How many of a lesson's patients have a pattern; every other that can be drawn has 1."""


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
"""Two patterns of one serum that a reader can tell apart."""


def lessons(patients: int, seed: int, *, least: int = 1, mixed: int = 0) -> Population:
    """Return patients in random order, one field each: ``intermediate`` and ``positive`` alike.

    They come in lessons. In each, a pattern has from 1 patient to 8, as it is rare or common.

    Args:
        patients: How many.
        seed: Of the order.
        least: How many patients of a lesson a rare pattern has. With 1, a network that doubts calls
            a rare pattern by the name of a common one.
        mixed: How many patients of a lesson have each of the pairs of two patterns.
    """
    once = [leaf for leaf in STAINS for _ in range(max(least, _OFTEN.get(leaf, 1)))]
    once += [PLUS.join(pair) for pair in _MIXED for _ in range(mixed)]
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
