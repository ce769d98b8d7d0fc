"""Which patients each network of a recipe is tested on; from all others it learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from anascope.cohorts import Cohort
from anascope.cohorts.folds import Fold, FoldPlan, draw_folds
from anascope.defaults import FOLD_COUNT
from anascope.recipe._sets import LABORATORIES, MIVIA

ALL = "all"
"""The network that ships: it learns from everybody."""
FOLD = "fold-"
"""What the names of networks begin with that leave a fold of the patients out."""
CONTEST = (1, 2, 3, 5, 6, 7, 8, 9, 11, 14, 18, 20, 25, 26)
"""Training images of the ICPR 2012 contest (``cells.csv`` of MIVIA); the other 14 test."""


def held_out_units(real: Mapping[str, Cohort]) -> dict[str, tuple[str, ...]]:
    """Return, by network, the units of the merged cohort that it is tested on.

    Args:
        real: The real sets, by name.

    Returns:
        ``no-LABORATORY`` for each laboratory with a set: all of its sets. ``fold-A`` and so on:
        the test patients of that fold of every set (:func:`~anascope.cohorts.folds.draw_folds`),
        so that five networks cover all sets but those of fewer patients than folds, which no fold
        tests. ``contest``, where MIVIA is there.
    """
    units = {
        name: sorted({record.split_unit for record in cohort.fields})
        for name, cohort in real.items()
    }
    found = {
        f"no-{laboratory}": _merged({name: units[name] for name in sets if name in units})
        for laboratory, sets in LABORATORIES.items()
    }
    plans = {
        name: draw_folds(cohort, validation_share=0)
        for name, cohort in real.items()
        if len(units[name]) >= FOLD_COUNT
    }
    for fold in sorted({fold for plan in plans.values() for fold in plan.folds}):
        found[FOLD + fold] = _merged({name: plan.folds[fold].test for name, plan in plans.items()})
    if MIVIA in units:
        learned = {f"{number:02d}" for number in CONTEST}
        found["contest"] = _merged({MIVIA: [unit for unit in units[MIVIA] if unit not in learned]})
    return {network: tested for network, tested in found.items() if tested}


def plan_without(everything: Cohort, network: str, tested: Iterable[str]) -> FoldPlan:
    """Return the plan of one fold, named as the network, in which some are tested, others learned.

    Args:
        everything: The merged cohort.
        network: Name of the network, and of the fold.
        tested: Units that are tested. Where there are none, it is the first drawn one: a fold must
            test somebody.
    """
    units = sorted({record.split_unit for record in everything.fields})
    test = sorted(tested) or units[:1]
    fold = Fold(network, tuple(sorted(set(units) - set(test))), (), tuple(test))
    return FoldPlan({network: fold}, 0, "plain", everything.info.fingerprint)


def _merged(units: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    return tuple(f"{name}/{unit}" for name, of_set in units.items() for unit in of_set)
