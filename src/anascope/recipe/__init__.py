"""How the shipped weights are made: a recipe in a YAML file, and the trainings that it takes.

A :class:`Recipe` learns from drawn specimens first (:func:`lessons`), then from the real sets that
the user has (:class:`Sets`) and drawn ones together: once from everybody, for the network that
ships, and once for each network that leaves a laboratory, or a fold of the patients, out. Each step
is a training of :mod:`anascope.training`, made when it is first asked for and kept. What the result
is worth is measured by the benchmarks.
"""

from anascope.recipe._held_out import ALL, CONTEST
from anascope.recipe._imagenet import began_as, from_imagenet
from anascope.recipe._lessons import lessons
from anascope.recipe._model import (
    judged_by_left_out,
    left_out_rows,
    rows_of_start,
    write_model,
    write_start,
)
from anascope.recipe._recipe import Recipe
from anascope.recipe._sets import (
    FIELDS,
    HELD_OUT,
    LABORATORIES,
    MIVIA,
    MOSAICS,
    Sets,
    drawing_of,
    sets_in,
)
from anascope.recipe._settings import (
    DRAWN,
    DrawnSettings,
    FieldHeadSteps,
    RecipeSettings,
    RoundSettings,
    recipe_named,
    recipe_names,
)
from anascope.recipe._side_by_side import side_by_side

__all__ = [
    "ALL",
    "CONTEST",
    "DRAWN",
    "FIELDS",
    "HELD_OUT",
    "LABORATORIES",
    "MIVIA",
    "MOSAICS",
    "DrawnSettings",
    "FieldHeadSteps",
    "Recipe",
    "RecipeSettings",
    "RoundSettings",
    "Sets",
    "began_as",
    "drawing_of",
    "from_imagenet",
    "judged_by_left_out",
    "left_out_rows",
    "lessons",
    "recipe_named",
    "recipe_names",
    "rows_of_start",
    "sets_in",
    "side_by_side",
    "write_model",
    "write_start",
]
