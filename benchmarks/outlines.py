"""How much of the missing Dice is where an outline is drawn: masks grown or shrunk in hindsight.

    python -m benchmarks.outlines DATA --work WORK

Takes the networks of the five folds (``benchmarks/weights.py --five-folds``, which must have run),
reads their test fields, and moves every outline out or in by whole pixels. The radius is chosen
*with the truth in sight*: once for all fields, and once for each field. What the second gains over
the first is what annotators of one field agree on and of another do not, and no network can know;
what is missing after both is something else. Writes results/outlines.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

from anascope.evaluation import field_masks
from anascope.files import write_json
from benchmarks._mivia import interval
from benchmarks._recipe import SIZE, Recipe
from benchmarks._recipe_cohorts import Cohorts
from benchmarks._whole_fields import found_in
from benchmarks.environment import RESULTS, environment

RADII = tuple(range(-8, 9))
"""Pixels of MIVIA by which outlines go out (or in, where negative)."""
MEASURES = ("dice_without_border_cells", "dice_of_annotated_cells")


def moved(cells: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """Return a mask (y, x) whose outlines lie ``radius`` pixels further out."""
    if radius >= 0:
        grown: NDArray[np.bool_] = ndimage.distance_transform_edt(~cells) <= radius
        return grown
    shrunk: NDArray[np.bool_] = ndimage.distance_transform_edt(cells) > -radius
    return shrunk


def main() -> None:
    """Read, move, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds mivia-hep2 and i3a-task1")
    parser.add_argument("--work", type=Path, default=Path("work/weights"))
    parser.add_argument("--to", type=Path, default=RESULTS)
    given = parser.parse_args()

    cohorts = Cohorts(given.data, given.work, jobs=1)
    real, recipe = cohorts.real, Recipe(SIZE, cohorts, given.work, "cpu")
    rows = []
    for fold in recipe.real_plan.folds:
        run = recipe.third(fold)
        for record, _, _, mask in found_in(run.model, real, recipe.tested(fold)):
            cells, truth = mask > run.preset.threshold, real.mask(record)
            for radius in RADII:
                scores = field_masks(moved(cells, radius), truth)
                kept = {name: scores[name] for name in MEASURES}
                rows.append({"field": record.field, "radius": radius, **kept})
    table = pd.DataFrame(rows)
    found: dict[str, Any] = {}
    for measure in MEASURES:
        by_radius = table.pivot(index="field", columns="radius", values=measure)
        common = RADII[int(by_radius.mean().to_numpy().argmax())]
        found[measure] = {
            "as_read": interval(by_radius[0]),
            "one_radius": {"radius": common, **interval(by_radius[common])},
            "radius_by_field": interval(by_radius.max(axis=1)),
            "radii": by_radius.idxmax(axis=1).to_dict(),
        }
        print(measure, found[measure], flush=True)
    write_json(
        given.to / "outlines.json",
        {**environment(radii=list(RADII)), "fields": len(by_radius), **found},
    )


if __name__ == "__main__":
    main()
