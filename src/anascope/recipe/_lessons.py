"""What the shipped network learns from drawn specimens: every pattern, some more often."""

from __future__ import annotations

import numpy as np

from anascope.records import PLUS
from anascope.synthetic import STAINS, Population
from anascope.words import NEGATIVE, STAINED_PARTS

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


def lessons(
    patients: int, seed: int, *, least: int = 1, mixed: int = 0, pairs: int = 0
) -> Population:
    """Return patients in random order, one field each: ``intermediate`` and ``positive`` alike.

    They come in lessons. In each, a pattern has from 1 patient to 8, as it is rare or common.

    Args:
        patients: How many.
        seed: Of the order.
        least: How many patients of a lesson a rare pattern has. With 1, a network that doubts calls
            a rare pattern by the name of a common one.
        mixed: How many patients of a lesson have each of the usual pairs of two patterns.
        pairs: How many patients of a lesson have two patterns at random that stain different parts
            of a cell, each as often as it is among single ones. From usual pairs alone a network
            learns these pairs, and not that each of two patterns can be seen by itself.
    """
    once = [leaf for leaf in STAINS for _ in range(max(least, _OFTEN.get(leaf, 1)))]
    once += [PLUS.join(pair) for pair in _MIXED for _ in range(mixed)]
    rng = np.random.default_rng(seed)
    order: list[str] = []
    while len(order) < patients:
        unusual = [PLUS.join(_any_pair(rng, least)) for _ in range(pairs)]
        order.extend(rng.permutation(once + unusual).tolist())
    levels = ("intermediate", "positive")
    labels = tuple(
        (pattern, NEGATIVE if pattern == NEGATIVE else levels[index % 2])
        for index, pattern in enumerate(order[:patients])
    )
    return Population(labels, 1)


def _any_pair(rng: np.random.Generator, least: int) -> list[str]:
    """Return two patterns at random that stain different parts of a cell."""
    part_of = {leaf: part for part, leaves in STAINED_PARTS.items() for leaf in leaves}
    leaves = list(part_of)
    often = np.array([max(least, _OFTEN.get(leaf, 1)) for leaf in leaves], float)
    first = leaves[rng.choice(len(leaves), p=often / often.sum())]
    often *= [part_of[leaf] != part_of[first] for leaf in leaves]
    return [first, leaves[rng.choice(len(leaves), p=often / often.sum())]]
