"""The whole recipe of the shipped weights done in other ways, measured on images it may choose by.

    python -m benchmarks.accuracy.whole_recipes DATA --work WORK

What short trainings promise (``benchmarks/accuracy/ablation.py``) need not hold for whole ones.
Each variant here is the second and third step of the recipe as long as they are, over five
patient-wise folds of MIVIA; it is measured on the 14 *training* images of the ICPR 2012 contest,
each read by the network that has not seen it. So a variant can be chosen without a look at the
contest's test images. Gains are paired by field, with 95% intervals over patients.
Goes on where it was stopped.
Writes results/recipe-variants.json.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.files import write_json
from anascope.recipe import AS_SHIPPED, CONTEST, SIZE, Cohorts, Recipe, Variant, side_by_side
from anascope.training.evaluation import ReadFields
from benchmarks.accuracy._shared import interval, recipe_of, right
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

_MEAN = {"loss.pattern": "field"}
SHIPPED = "as shipped"
VARIANTS = {
    SHIPPED: AS_SHIPPED,
    "pattern learned of the mean, not at each place": Variant("mean", second=_MEAN, third=_MEAN),
    "and brightness varied by 0.05 in the second step, too": Variant(
        "mean-light", second={**_MEAN, "augmentation.brightness": 0.05}, third=_MEAN
    ),
    "third step twice as long": Variant("long", third={"training.epochs": 12}),
}
"""What is changed from the second step on."""
MEASURES = ("pattern", "intensity", "dice", "cell_pattern")


def variant_of(name: str, data: Path, work: Path, accelerator: str) -> Recipe:
    """Return the recipe of a variant, in whichever process this is."""
    return recipe_of(SIZE, data, work, accelerator, variant=VARIANTS[name])


def do_second(data: Path, work: Path, accelerator: str, name: str) -> None:
    """Do the second step of a variant."""
    _ = variant_of(name, data, work, accelerator).second


def do_fold(data: Path, work: Path, accelerator: str, name_and_fold: str) -> None:
    """Do the third step of a variant in a fold: ``NAME/FOLD``."""
    name, _, fold = name_and_fold.rpartition("/")
    variant_of(name, data, work, accelerator).third(fold)


def table_of(recipe: Recipe, real: Cohorts) -> pd.DataFrame:
    """Return what was right in each training image of the contest, by its name."""
    images = {f"{number:02d}" for number in CONTEST}
    tables = []
    for fold in recipe.real_plan.folds:
        records = [each for each in recipe.tested(fold) if each.split_unit in images]
        read = ReadFields(recipe.third(fold).model, real.real, records)
        scores, cells = read.scores(), read.cell_patterns()
        table = right(scores).set_index("field")
        table["dice"] = scores.set_index("field")["dice_without_border_cells"]
        table["cell_pattern"] = (cells["pattern"] == cells["named"]).groupby(cells["field"]).mean()
        tables.append(table)
    return pd.concat(tables).sort_index()[list(MEASURES)]


def main() -> None:
    """Train what is missing, measure, compare, write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task1", trains=True)
    given = parser.parse_args()

    cohorts = Cohorts(given.data, given.work, given.jobs)
    folds = list(recipe_of(SIZE, given.data, given.work, given.accelerator).real_plan.folds)
    where = (given.data, given.work, given.accelerator)
    jobs = 1 if given.accelerator == "gpu" else given.jobs
    # As shipped comes first and alone: the others begin with its first step.
    do_second(*where, SHIPPED)
    side_by_side(partial(do_second, *where), list(VARIANTS), jobs)
    names = [f"{name}/{fold}" for name in VARIANTS for fold in folds]
    side_by_side(partial(do_fold, *where), names, jobs)

    tables = {name: table_of(variant_of(name, *where), cohorts) for name in VARIANTS}
    shipped = tables[SHIPPED]
    found: dict[str, dict[str, Any]] = {
        name: {
            measure: {
                "mean": float(table[measure].mean()),
                "gain_over_base": interval(table[measure] - shipped[measure], -1.0),
            }
            for measure in MEASURES
        }
        for name, table in tables.items()
    }
    for name, measures in found.items():
        print(name, {key: round(each["mean"], 3) for key, each in measures.items()}, flush=True)
    write_json(
        given.out / "recipe-variants.json",
        {
            **environment(seed=12357),
            "test_fields": len(shipped),
            "changes": {
                name: {"second": dict(each.second), "third": dict(each.third)}
                for name, each in VARIANTS.items()
            },
            "variants": found,
        },
    )


if __name__ == "__main__":
    main()
