"""How well are single cells told apart, and dividing ones found?

    pip install '.[imagenet]'
    python -m benchmarks.accuracy.instances DATA

Takes the recipe's networks of the five folds, trained where they are missing. Each is measured on
the patients of MIVIA and the fields of I3A Task 2 that it has not seen; all folds together cover
both sets. Drawn fields with touching cells that no network learned from are read by that of the
first fold. Beside it stand the same networks with cells parted by the outline alone, and Otsu with
that watershed.

What must be said beside the figures: no field of I3A says whose it is, so its folds are over
fields, not patients. The truth about touching cells follows from the mask by a rule: from the boxes
of the table in MIVIA, where artefacts are left out as unknown; from the outline in I3A, by the same
watershed that parts Otsu's cells, which flatters that way there. Writes results/instances.json.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.files import write_json
from anascope.metrics import IOU_THRESHOLDS
from anascope.recipe import FIELDS, MIVIA, Recipe, lessons
from anascope.records import FieldRecord
from anascope.synthetic import I3A, Drawing
from anascope.synthetic import MIVIA as MIVIA_MICROSCOPE
from anascope.training import read_history
from benchmarks.accuracy._annotated import Annotated
from benchmarks.accuracy._shared import recipe_of
from benchmarks.accuracy._single_cells import Tally, found_fields, otsu_apart, true_field
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

# As many nuclei touch another as in real fields (benchmarks/data/touching.py).
_TESTED = {
    "drawn-mivia": (MIVIA_MICROSCOPE, 909),
    "drawn-i3a": (replace(I3A, overlapping=0.5), 910),
}
_TESTED_FIELDS = 20  # drawn under each microscope

WAYS = ("interior", "outline", "otsu")
"""How cells are found: by the network and its interior, by the network and the outline, by Otsu."""


def drawn_to_test(work: Path, jobs: int) -> dict[str, Cohort]:
    """Return drawn fields that no network learns from."""
    found = {}
    for name, (microscope, seed) in _TESTED.items():
        path = work / f"tested-{name}"
        if not path.exists():
            drawing = Drawing(lessons(_TESTED_FIELDS, seed), microscope, seed)
            import_cohort(DrawnSource(drawing, jobs=jobs), path, source_format="synthetic")
        found[name] = Cohort.open(path)
    return found


def measured(recipe: Recipe, folds: list[str], drawn: dict[str, Cohort]) -> dict[str, Any]:
    """Return the measures of each set, by the way in which cells were found."""
    results: dict[str, Any] = {}
    for name in (MIVIA, FIELDS):
        runs = {fold: (recipe.model(fold), recipe.tested(fold, name)) for fold in folds}
        results[name] = _measured(recipe.sets.real(name), runs, name == MIVIA)
        print(name, results[name], flush=True)
    first = recipe.model(folds[0])
    for name, cohort in drawn.items():
        runs = {folds[0]: (first, list(cohort.fields))}
        results[f"tested-{name}"] = _measured(cohort, runs, False)
        print(name, results[f"tested-{name}"], flush=True)
    return results


def _measured(
    cohort: Cohort, models: dict[str, tuple[Path, list[FieldRecord]]], boxes: bool
) -> dict[str, Any]:
    tallies = {way: Tally() for way in WAYS}
    people = Annotated()
    for fold, (model, records) in models.items():
        for field in found_fields(model, cohort, records):
            truth, mask = true_field(cohort, field.record), cohort.mask(field.record)
            tallies["interior"].add(truth, field.cells(True), mask)
            tallies["outline"].add(truth, field.cells(False), mask)
            tallies["otsu"].add(truth, otsu_apart(cohort, field.record), mask)
            if boxes:
                people.add(cohort, field, fold)
    found: dict[str, Any] = {way: tally.results() for way, tally in tallies.items()}
    return {**found, **(people.results() if boxes else {})}


def main() -> None:
    """Train what is left to train, measure, write."""
    parser = benchmark_arguments(
        __doc__, data="mivia-hep2 and i3a-task2-fields", trains=True, continues=True
    )
    parser.add_argument("--recipe", default="s", help="name of a recipe, or a YAML file")
    parser.add_argument("--folds", type=int, default=5, help="how many of them")
    parser.add_argument("--threads", type=int, help="of the CPU")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    work: Path = given.work
    work.mkdir(parents=True, exist_ok=True)
    recipe = recipe_of(
        given.data,
        work,
        given.accelerator,
        jobs=given.jobs,
        recipe=given.recipe,
        start=given.start,
    )
    folds = list(recipe.folds[: given.folds])
    runs = {name: recipe.network(name) for name in folds}
    results = measured(recipe, folds, drawn_to_test(work, given.jobs))
    write_json(
        given.out / "instances.json",
        {
            **environment(
                recipe=recipe.settings.model_dump(mode="json"),
                thresholds=list(IOU_THRESHOLDS),
                folds=folds,
            ),
            "training_seconds": {
                name: float(read_history(run.history)["seconds"].sum())
                for name, run in (*((run.path.name, run) for run in recipe.rounds), *runs.items())
            },
            **results,
        },
    )


if __name__ == "__main__":
    main()
