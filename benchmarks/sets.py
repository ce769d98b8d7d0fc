"""The sets that benchmarks read, as cohorts in their work folder."""

from __future__ import annotations

from pathlib import Path

from anascope.cohorts import Cohort
from anascope.recipe import MIVIA, Sets, recipe_named, sets_in


def sets_of(data: Path, work: Path, jobs: int = 1, *, recipe: str = "s") -> Sets:
    """Return the sets that are in ``data``, and what a recipe draws, kept in ``work``."""
    return Sets(sets_in(data), recipe_named(recipe).drawn, work, jobs)


def mivia_cohort(data: Path, work: Path) -> Cohort:
    """Return the cohort of MIVIA in ``work``, imported from ``data`` if it is not there."""
    return sets_of(data, work).real(MIVIA)
