"""How the shipped weights are made: cohorts, steps and their order.

A :class:`Recipe` learns from drawn specimens first, then from real cells laid out as fields, then
from real fields (:class:`Cohorts`). Each step is a training of :mod:`anascope.training`, made when
it is first asked for and kept. What the result is worth is measured by the benchmarks.
"""

from anascope.recipe._cohorts import MOSAICS, REAL, Cohorts, mivia_cohort
from anascope.recipe._imagenet import began_as, from_imagenet
from anascope.recipe._lessons import lessons
from anascope.recipe._side_by_side import side_by_side
from anascope.recipe._steps import (
    AS_SHIPPED,
    CONTEST,
    FIRST,
    SECOND,
    SIZE,
    THIRD,
    Recipe,
    Variant,
    plan_of_all,
    plans_over,
    seconds,
)

__all__ = [
    "AS_SHIPPED",
    "CONTEST",
    "FIRST",
    "MOSAICS",
    "REAL",
    "SECOND",
    "SIZE",
    "THIRD",
    "Cohorts",
    "Recipe",
    "Variant",
    "began_as",
    "from_imagenet",
    "lessons",
    "mivia_cohort",
    "plan_of_all",
    "plans_over",
    "seconds",
    "side_by_side",
]
