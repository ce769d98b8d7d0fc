"""The shipped weights: from drawn specimens to real ones, measured on patients held out.

    python -m benchmarks.weights DATA --work WORK

One command that goes on where it was stopped. It

1. draws specimens of every pattern, under the microscopes of both public sets, and trains the
   preset ``s`` on them alone (measured on all real MIVIA fields: they are new to it);
2. goes on from there on MIVIA, on the 14 training images of the ICPR 2012 contest (with
   ``--five-folds``: once for each of five patient-wise folds), with a few drawn specimens beside so
   that patterns that MIVIA lacks are not forgotten; measures each network on its test patients, as
   a laboratory would use it: whole fields;
3. fits what turns logits into decisions (temperature, limits of the sets) on those test patients,
   and the rule that tells mitotic cells on the cells of drawn and training fields;
4. goes on once more on all of MIVIA, writes the model, exports it, and, with ``--install``, puts
   it into the package.

Of MIVIA the drawn specimens know the statistics that the simulator was fitted to
(``benchmarks/synthetic_fit.py``: levels, noise, sizes), of all 28 fields. Nothing was chosen by the
figures on test patients. Writes results/weights-s.json and results/synthetic-to-real.json.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cards import CARD
from anascope.cohorts import Cohort, DrawnSource, MergedSource, import_cohort
from anascope.engines._open import ONNX
from anascope.export import export_onnx
from anascope.files import read_json, write_json
from anascope.folds import Fold, FoldPlan, draw_folds
from anascope.models import WEIGHTS, Model, load_model, save_model
from anascope.presets import load_preset
from anascope.synthetic import I3A, MIVIA, Drawing, Microscope
from anascope.training import Run, read_history
from benchmarks._lessons import lessons
from benchmarks._mivia import measured, mivia_cohort, train
from benchmarks._whole_fields import (
    calibration_error,
    cells_found,
    fit_judgement,
    fit_mitosis,
    read_fields,
)
from benchmarks.environment import RESULTS, environment

SIZE = "s"
CONTEST = (1, 2, 3, 5, 6, 7, 8, 9, 11, 14, 18, 20, 25, 26)
"""Training images of the ICPR 2012 contest (``cells.csv`` of the set); the other 14 test."""
# Microscope, patients and seed of what is drawn; "few" goes along when MIVIA is learned.
DRAWN: dict[str, tuple[Microscope, int, int]] = {
    "drawn-mivia": (MIVIA, 190, 101),
    "drawn-i3a": (I3A, 38, 202),
    "few": (MIVIA, 28, 303),
}
FIRST = {"training.epochs": 3}
SECOND = {"training.epochs": 5, "training.learning_rate": 1e-3, "training.select": "last"}


def drawn_cohorts(work: Path, jobs: int) -> dict[str, Cohort]:
    """Draw the cohorts, or open those that are there."""
    found = {}
    for name, (microscope, patients, seed) in DRAWN.items():
        if not (work / name).exists():
            drawing = Drawing(lessons(patients, seed), microscope, seed)
            import_cohort(DrawnSource(drawing, jobs), work / name, source_format="synthetic")
        found[name] = Cohort.open(work / name)
    return found


def merged(path: Path, cohorts: dict[str, Cohort]) -> Cohort:
    """Merge cohorts, or open the one that is there."""
    if not path.exists():
        import_cohort(MergedSource(cohorts, path.name), path, source_format="merged")
    return Cohort.open(path)


def plan_with(real: FoldPlan, both: Cohort) -> FoldPlan:
    """Return the folds of the real patients, with all drawn patients in training.

    Besides the folds there is ``all``: nobody but one drawn patient is held out.
    """
    drawn = tuple(
        sorted({r.split_unit for r in both.fields if not r.split_unit.startswith("mivia/")})
    )

    def named(patients: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"mivia/{patient}" for patient in patients)

    def fold(name: str, train: tuple[str, ...], test: tuple[str, ...]) -> Fold:
        return Fold(name, tuple(sorted((*named(train), *drawn))), (), named(test))

    folds = {
        name: fold(name, each.train + each.validation, each.test)
        for name, each in real.folds.items()
    }
    contest = tuple(f"{number:02d}" for number in CONTEST)
    everybody = {patient for each in real.folds.values() for patient in each.test}
    folds["contest"] = fold("contest", contest, tuple(sorted(everybody - set(contest))))
    everyone = tuple(sorted({r.split_unit for r in both.fields}))
    folds["all"] = Fold("all", everyone[1:], (), everyone[:1])  # a fold must test somebody
    return FoldPlan(folds=folds, seed=real.seed, draw=real.draw, cohort=both.info.fingerprint)


def seconds(run: Run) -> float:
    """Return how long a run was trained, in seconds."""
    return float(read_history(run.history)["seconds"].sum())


def main() -> None:
    """Do what is left to do, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds mivia-hep2")
    parser.add_argument("--work", type=Path, default=Path("work/weights"))
    parser.add_argument("--jobs", type=int, default=2, help="processes that draw")
    parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    parser.add_argument("--five-folds", action="store_true", help="instead of the contest's split")
    parser.add_argument("--install", action="store_true", help="put the model into the package")
    parser.add_argument("--to", type=Path, default=RESULTS)
    given = parser.parse_args()
    work: Path = given.work
    work.mkdir(parents=True, exist_ok=True)

    real = mivia_cohort(given.data, work)
    drawn = drawn_cohorts(work, given.jobs)
    lesson = merged(work / "drawn", {name: drawn[name] for name in ("drawn-mivia", "drawn-i3a")})
    first = train(
        work / "runs" / f"drawn-{SIZE}",
        load_preset(SIZE, FIRST),
        lesson,
        draw_folds(lesson, count=8),
        "A",
        given.accelerator,
    )
    described = {
        **environment(preset=load_preset(SIZE, FIRST).model_dump(mode="json"), seed=12357),
        "drawn": {name: cohort.info.fingerprint for name, cohort in drawn.items()},
        "tested_on": {"name": real.info.name, "fingerprint": real.info.fingerprint},
    }
    unseen = read_fields(first.model, real, real.fields)
    write_json(
        given.to / "synthetic-to-real.json",
        {
            **described,
            "training_seconds": seconds(first),
            **measured(unseen, real),
            "cells": cells_found(first.model, real, real.fields),
        },
    )
    show("drawn specimens alone", measured(unseen, real))

    both = merged(work / "both", {"mivia": real, "few": drawn["few"]})
    plan = plan_with(draw_folds(real), both)
    preset = load_preset(SIZE, {**SECOND, "network.start": str(first.model)})
    tested, cells, taken = [], [], {}
    names = list(draw_folds(real).folds) if given.five_folds else ["contest"]
    for name in names:
        run = train(work / "runs" / f"mivia-{name}", preset, both, plan, name, given.accelerator)
        taken[name] = seconds(run)
        test = {patient.removeprefix("mivia/") for patient in plan.fold(name).test}
        held_out = [record for record in real.fields if record.split_unit in test]
        tested.append(read_fields(run.model, real, held_out).assign(fold=name))
        cells.append(cells_found(run.model, real, held_out))
    fields = pd.concat(tested, ignore_index=True)
    judgement = fit_judgement(fields, load_model(first.model).card)
    rule, told = fit_mitosis(first.model, {"drawn": drawn["few"], "mivia": real})
    last = train(work / "runs" / "mivia-all", preset, both, plan, "all", given.accelerator)

    found = measured(fields, real)
    model = load_model(last.model)
    card = model.card.model_copy(
        update={
            "name": SIZE,
            "judgement": judgement,
            "mitosis": rule,
            "preset": load_preset(SIZE, SECOND),
            "data": {
                "drawn": {name: cohort.info.fingerprint for name, cohort in drawn.items()},
                "mivia": real.info.fingerprint,
                "patients": {"drawn": sum(p for _, p, _ in DRAWN.values()), "mivia": 28},
                "licence": "MIVIA HEp-2 images are for research use; so are these weights.",
                "never_tested_on": "routine sera, other slides, cameras or substrates than MIVIA's",
            },
            "metrics": {
                "mivia_held_out": {"split": names, **found["all_test_patients"]},
                "cells": _mean(cells),
                "mitosis": told,
            },
        }
    )
    folder = work / SIZE
    save_model(folder, Model(model.network, card))
    export_onnx(load_model(folder), folder / ONNX)
    show(f"MIVIA, held out by {names}", found)
    write_json(
        given.to / f"weights-{SIZE}.json",
        {
            **described,
            "second": SECOND,
            "split": names,
            "training_seconds": {"drawn": seconds(first), **taken, "all": seconds(last)},
            **found,
            "cells": _mean(cells),
            "judgement": judgement.model_dump(mode="json"),
            "calibration_error": calibration_error(fields, load_model(first.model).card),
            "mitosis": told,
            "weights_sha256": read_json(folder / CARD)["weights_sha256"],
            "megabytes": {f: (folder / f).stat().st_size / 1e6 for f in (WEIGHTS, ONNX)},
        },
    )
    if given.install:
        package = Path(__file__).parent.parent / "src" / "anascope" / "weights" / SIZE
        shutil.rmtree(package, ignore_errors=True)
        shutil.copytree(folder, package)


def show(title: str, found: dict[str, Any]) -> None:
    """Print means with intervals."""
    print(title)
    for key, value in found["all_test_patients"].items():
        if isinstance(value, dict):
            print(f"  {key}: {value['mean']:.3f} ({value['low']:.3f} to {value['high']:.3f})")


def _mean(counts: list[dict[str, int]]) -> dict[str, float]:
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
