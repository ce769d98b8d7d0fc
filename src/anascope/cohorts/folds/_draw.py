"""Draw patient-wise folds."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from anascope.cohorts import Cohort
from anascope.cohorts._gaps import fields_in_gaps
from anascope.cohorts.folds._plan import Fold, FoldPlan
from anascope.defaults import FOLD_COUNT, SEED, VALIDATION_SHARE
from anascope.errors import InputError
from anascope.records import FieldRecord

Draw = Literal["stratified", "plain"]


def draw_folds(
    cohort: Cohort,
    *,
    count: int = FOLD_COUNT,
    seed: int = SEED,
    draw: Draw = "stratified",
    validation_share: float = VALIDATION_SHARE,
    gap: int | None = None,
) -> FoldPlan:
    """Divide the patients of ``cohort`` into ``count`` folds, A, B, C and so on.

    Each patient is tested in one fold. Of the others, the share ``validation_share`` is for
    validation and the rest for training. A field without a patient counts as a patient of its own.

    Args:
        cohort: The cohort.
        count: Number of folds, 2 to 26.
        seed: Seed of the draw.
        draw: ``stratified`` spreads patterns, and within them intensities, as evenly as
            possible over the folds; ``plain`` only shuffles, as the published study did.
        validation_share: Share of the training patients that is used for validation, in [0, 1).
        gap: Number of fields left out on each side of a border between two specimens of unknown
            patients that are in different sets of a fold; None for the default of the cohort, which
            is 0 unless its specimens are recovered.

    Raises:
        InputError: if there are fewer patients than folds, or a number is out of range.
    """
    if not 2 <= count <= len(string.ascii_uppercase):
        raise InputError("number of folds", str(count), "2 to 26")
    if not 0 <= validation_share < 1:
        raise InputError("validation share", str(validation_share), "at least 0 and below 1")
    gap = cohort.info.gap if gap is None else gap
    if gap < 0:
        raise InputError("gap", str(gap), "0 fields or more")
    strata = _strata(cohort.fields)
    if len(strata) < count:
        raise InputError(str(cohort.path), f"{len(strata)} patients", f"at least {count}")
    generator = np.random.default_rng(seed)
    deal = _deal if draw == "stratified" else _cut
    hands = deal(strata, count, generator)
    folds = {}
    for index, test in enumerate(hands):
        name = string.ascii_uppercase[index]
        others = {p: strata[p] for hand in hands if hand is not test for p in hand}
        validation = _validation(others, validation_share, draw, generator)
        train = sorted(set(others) - set(validation))
        sets = dict.fromkeys(train, "train")
        sets |= dict.fromkeys(validation, "validation")
        sets |= dict.fromkeys(test, "test")
        left_out = fields_in_gaps(cohort.fields, gap, sets)
        folds[name] = Fold(
            name, tuple(train), tuple(sorted(validation)), tuple(sorted(test)), left_out
        )
    return FoldPlan(folds=folds, seed=seed, draw=draw, cohort=cohort.info.fingerprint)


Strata = dict[str, tuple[str, str]]
"""For each patient, the pattern and intensity that it is spread by."""


def _strata(fields: Sequence[FieldRecord]) -> Strata:
    strata: Strata = {}
    for record in fields:
        strata.setdefault(record.split_unit, (record.serum or "", record.intensity or ""))
    return dict(sorted(strata.items()))


def _deal(strata: Strata, count: int, generator: np.random.Generator) -> list[list[str]]:
    """Hand out the patients one by one, each to the fold that has the fewest like it.

    Fewest of its pattern, then of its intensity, then patients at all; so no pattern is uneven
    by more than one, and intensities and sizes are as even as that allows.
    """
    hands: list[list[str]] = [[] for _ in range(count)]
    for patient in _by_stratum(strata, generator):
        pattern, intensity = strata[patient]

        def alike(hand: list[str], pattern: str = pattern, intensity: str = intensity) -> Any:
            return (
                sum(strata[member][0] == pattern for member in hand),
                sum(strata[member][1] == intensity for member in hand),
                len(hand),
            )

        min(hands, key=alike).append(patient)
    return hands


def _cut(strata: Strata, count: int, generator: np.random.Generator) -> list[list[str]]:
    """Shuffle and cut into parts of equal size, as near as it goes."""
    patients = list(strata)
    generator.shuffle(patients)
    return [hand.tolist() for hand in np.array_split(np.array(patients, dtype=object), count)]


def _validation(
    strata: Strata, share: float, draw: Draw, generator: np.random.Generator
) -> list[str]:
    count = round(share * len(strata))
    if count == 0:
        return []
    if draw == "plain":
        patients = list(strata)
        generator.shuffle(patients)
        return patients[:count]
    # Every so-manyth patient in the order of strata: spread like the deal, of exact size.
    patients = _by_stratum(strata, generator)
    positions = (np.arange(count) + generator.random()) * len(patients) / count
    return [patients[int(position)] for position in positions]


def _by_stratum(strata: Strata, generator: np.random.Generator) -> list[str]:
    patients = list(strata)
    generator.shuffle(patients)
    return sorted(patients, key=lambda patient: strata[patient])
