"""How well does a network that learns single cells tell them apart, and find dividing ones?

    pip install '.[imagenet]'
    python -m benchmarks.accuracy.instances DATA

Trains the preset ``s`` with its task ``cells`` on drawn specimens, and goes on from there once for
each of five folds on MIVIA and on the fields of I3A Task 2 that have masks. Each network is
measured on the patients of MIVIA and the fields of I3A that it has not seen; all folds together
cover both sets. Drawn fields with touching cells that no network learned from are read by that of
the first fold. Beside it stand the same networks with cells parted by the outline alone, and Otsu
with that watershed.

What must be said beside the figures: no field of I3A says whose it is, so its folds are over
fields, not patients. The truth about touching cells follows from the mask by a rule: from the boxes
of the table in MIVIA, where artefacts are left out as unknown; from the outline in I3A, by the same
watershed that parts Otsu's cells, which flatters that way there.

``--cells`` names what the network learns to tell cells apart by. Writes results/instances.json, or
results/instances-NAME.json for another than the preset's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from anascope.cohorts import Cohort, DrawnSource, import_cohort, open_source
from anascope.cohorts.folds import Fold, FoldPlan, draw_folds
from anascope.files import write_json
from anascope.metrics import IOU_THRESHOLDS
from anascope.presets import LossPreset, load_preset
from anascope.recipe import REAL, Cohorts, from_imagenet, lessons, seconds
from anascope.records import FieldRecord
from anascope.synthetic import I3A, MIVIA, Drawing
from anascope.training import Run
from benchmarks.accuracy._annotated import Annotated
from benchmarks.accuracy._shared import train
from benchmarks.accuracy._single_cells import Tally, found_fields, otsu_apart, true_field
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

SIZE = "s"
FIELDS = "i3a-fields"
TASKS = ["mask", "pattern", "intensity", "cells"]
FIRST: dict[str, Any] = {
    "tasks": TASKS,
    "loss.pattern": "places",
    "training.epochs": 3,
    "training.select": "last",
    "sampling.patches": 8000,
}
THEN: dict[str, Any] = {
    "tasks": TASKS,
    "loss.pattern": "places",
    "training.epochs": 6,
    "training.learning_rate": 5e-4,
    "training.select": "last",
    "augmentation.brightness": 0.05,
    "sampling.patches": 1440,
    "sampling.cohorts": {REAL: 0.45, FIELDS: 0.3, "drawn-mivia": 0.15, "drawn-i3a": 0.1},
    "sampling.even_patterns": True,
}
# As many nuclei touch another as in real fields (benchmarks/data/touching.py).
_TESTED = {"drawn-mivia": (MIVIA, 909), "drawn-i3a": (replace(I3A, overlapping=0.5), 910)}
_TESTED_FIELDS = 20  # drawn under each microscope

WAYS = ("interior", "outline", "otsu")
"""How cells are found: by the network and its interior, by the network and the outline, by Otsu."""


@dataclass(frozen=True)
class Learned:
    """What networks learn from, and who is tested.

    Attributes:
        real: Cohorts of real fields by name.
        drawn: Drawn ones, merged.
        everything: All of them, merged.
        plans: Folds over both real cohorts at once, by name.
    """

    real: dict[str, Cohort]
    drawn: Cohort
    everything: Cohort
    plans: dict[str, FoldPlan]


def learned_from(data: Path, work: Path, jobs: int) -> Learned:
    """Return the cohorts and folds, made in ``work`` where they are not there yet."""
    cohorts = Cohorts(data, work, jobs)
    fields = imported(work / FIELDS, data / "i3a-task2-fields", FIELDS)
    real, drawn = {REAL: cohorts.real, FIELDS: fields}, cohorts.drawn()
    everything = cohorts.merged("single-cells", {**real, **drawn})
    plans = plans_over(everything, {name: draw_folds(cohort) for name, cohort in real.items()})
    return Learned(real, cohorts.merged("drawn", drawn), everything, plans)


def imported(path: Path, source: Path, layout: str) -> Cohort:
    """Return a cohort, imported if it is not there."""
    if not path.exists():
        import_cohort(open_source(source, layout), path, source_format=layout)
    return Cohort.open(path)


def plans_over(everything: Cohort, plans: dict[str, FoldPlan]) -> dict[str, FoldPlan]:
    """Return plans of one fold each, in which fold X tests fold X of every cohort of ``plans``."""
    units = sorted({record.split_unit for record in everything.fields})
    first = next(iter(plans.values()))
    found = {}
    for name in first.folds:
        test = {
            f"{cohort}/{unit}" for cohort, plan in plans.items() for unit in plan.folds[name].test
        }
        fold = Fold(name, tuple(u for u in units if u not in test), (), tuple(sorted(test)))
        found[name] = FoldPlan({name: fold}, first.seed, first.draw, everything.info.fingerprint)
    return found


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


def measured(runs: dict[str, Run], learned: Learned, drawn: dict[str, Cohort]) -> dict[str, Any]:
    """Return the measures of each set, by the way in which cells were found."""
    results: dict[str, Any] = {}
    for name, cohort in learned.real.items():
        tested = {
            fold: [r for r in cohort.fields if f"{name}/{r.split_unit}" in plan.folds[fold].test]
            for fold, plan in learned.plans.items()
        }
        results[name] = _measured(cohort, {f: (runs[f], tested[f]) for f in runs}, name == REAL)
        print(name, results[name], flush=True)
    fold, first = next(iter(runs.items()))
    for name, cohort in drawn.items():
        results[f"tested-{name}"] = _measured(cohort, {fold: (first, list(cohort.fields))}, False)
        print(name, results[f"tested-{name}"], flush=True)
    return results


def _measured(
    cohort: Cohort, runs: dict[str, tuple[Run, list[FieldRecord]]], boxes: bool
) -> dict[str, Any]:
    tallies = {way: Tally() for way in WAYS}
    people = Annotated()
    for fold, (run, records) in runs.items():
        for field in found_fields(run.model, cohort, records):
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
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields", trains=True)
    own = LossPreset().cells
    parser.add_argument("--cells", default=own, choices=["interior", "centrality"])
    parser.add_argument("--folds", type=int, default=5, help="how many of them")
    parser.add_argument("--threads", type=int, help="of the CPU")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    work: Path = given.work
    work.mkdir(parents=True, exist_ok=True)
    learned = learned_from(given.data, work, given.jobs)
    cells = {"loss.cells": given.cells}
    first = load_preset(SIZE, {**FIRST, **cells, **from_imagenet(load_preset(SIZE), work)})
    trained = partial(train, accelerator=given.accelerator)
    runs = work / "runs"
    start = trained(
        runs / f"cells-{given.cells}-drawn",
        first,
        learned.drawn,
        draw_folds(learned.drawn, count=8),
        "A",
    )
    preset = load_preset(SIZE, {**THEN, **cells, "network.start": str(start.model)})
    folds = {
        name: trained(runs / f"cells-{given.cells}-{name}", preset, learned.everything, plan, name)
        for name, plan in list(learned.plans.items())[: given.folds]
    }
    results = measured(folds, learned, drawn_to_test(work, given.jobs))
    ending = "" if given.cells == own else f"-{given.cells}"
    write_json(
        given.out / f"instances{ending}.json",
        {
            **environment(
                preset=preset.model_dump(mode="json"),
                thresholds=list(IOU_THRESHOLDS),
                folds=list(folds),
                seed=preset.training.seed,
            ),
            "first": FIRST,
            "then": THEN,
            "training_seconds": {run.path.name: seconds(run) for run in (start, *folds.values())},
            **results,
        },
    )


if __name__ == "__main__":
    main()
