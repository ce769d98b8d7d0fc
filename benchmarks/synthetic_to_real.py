"""A network that has seen drawn fields only, tested on the 28 real fields of MIVIA.

    python -m benchmarks.synthetic_to_real DATA --work WORK

DATA holds ``mivia-hep2`` as it is distributed. WORK keeps the real cohort, the drawn one and the
run, so that a stopped benchmark goes on where it was; after a change of what is drawn, remove
the drawn cohort and the run. The best epoch is chosen on drawn patients: nothing here has seen a
real field before it is measured. A drawn cohort has MIVIA's labels in its proportions, at the
level at which MIVIA names them, and so the network has MIVIA's classes.

Unless ``--set training.epochs`` says otherwise there are as many epochs as make ``--longer``
times the steps that the preset takes on a fold of MIVIA. Writes
results/synthetic-to-real.json, with Otsu's threshold on the same fields beside.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.errors import InputError
from anascope.evaluation import Evaluation, evaluate, evaluate_run
from anascope.files import read_json, write_json
from anascope.folds import draw_folds
from anascope.models import load_model
from anascope.presets import Preset, load_preset
from anascope.synthetic import MIVIA, Drawing, Population
from anascope.training import Run, read_history, torch_device
from benchmarks._mivia import interval, measured, mivia_cohort, right, train
from benchmarks.environment import RESULTS, environment

FOLD = "A"
"""Of the drawn patients: the others train and validate, its own show how drawn fields go."""

_FEWEST_EPOCHS = 3


def draw_cohort(
    path: Path,
    *,
    patients: int,
    fields: int,
    seed: int,
    jobs: int = 1,
    shape: tuple[int, int] = MIVIA.shape,
) -> Cohort:
    """Draw a cohort like MIVIA, or open the one that is there."""
    if not path.exists():
        population = Population.like("mivia", patients=patients, fields=fields)
        drawing = Drawing(population, replace(MIVIA, shape=shape), seed)
        import_cohort(DrawnSource(drawing, jobs), path, source_format="synthetic")
    return Cohort.open(path)


def preset_for(
    name: str, changes: Mapping[str, Any], real: Cohort, drawn: Cohort, longer: float
) -> Preset:
    """Return the preset with as many epochs as make ``longer`` times the steps on real fields."""
    preset = load_preset(name, changes)
    if "training.epochs" in changes:
        return preset
    sizes = [len(draw_folds(c).fold(FOLD).records(c.fields, "train")) for c in (real, drawn)]
    epochs = math.ceil(longer * preset.training.epochs * sizes[0] / sizes[1])
    return load_preset(name, {**changes, "training.epochs": max(_FEWEST_EPOCHS, epochs)})


def check_words(real: Cohort, drawn: Cohort) -> None:
    """Check that a network of the drawn cohort can give every answer that the real one asks for.

    Raises:
        InputError: naming what differs.
    """
    for what in ("patterns", "intensities"):
        ours, theirs = getattr(real, what), getattr(drawn, what)
        if ours != theirs:
            raise InputError(
                str(drawn.path), f"{what} {', '.join(theirs)}", f"{', '.join(ours)}: more patients"
            )


def results(run: Run, real: Cohort, device: torch.device | str) -> dict[str, Any]:
    """Measure the run's model on every real field, and on its own drawn test patients."""
    at_home = evaluate_run(run, device=device).metrics["field"]
    abroad = evaluate(load_model(run.model), real, real.fields, device=device, keep_masks=0)
    history = read_history(run.history)
    return {
        **measured(abroad.fields, real),
        "pattern": pattern_scores(abroad),
        "intensity": abroad.metrics["field"]["intensity"],
        "by_patch": {
            task: abroad.metrics["patch"][task]["accuracy"] for task in ("pattern", "intensity")
        },
        "drawn_test_patients": {
            **at_home["mask_variants"],
            "pattern_accuracy": at_home["pattern"]["accuracy"],
            "intensity_accuracy": at_home["intensity"]["accuracy"],
        },
        "best_epoch": int(read_json(run.model / "card.json")["metrics"]["epoch"]),
        "training_seconds": float(history["seconds"].sum()),
    }


def pattern_scores(found: Evaluation) -> dict[str, Any]:
    """Return confusion (a row a true class) and, by class, the share named right."""
    scores = found.metrics["field"]["pattern"]
    named = right(found.fields)["pattern"]
    by_class = {
        name: {
            **interval(named[found.fields["pattern"] == name]),
            "patients": int((found.fields["pattern"] == name).sum()),
        }
        for name in scores["classes"]
        if (found.fields["pattern"] == name).any()
    }
    return {
        "classes": scores["classes"],
        "confusion": scores["confusion"],
        "mean_class_accuracy": scores["mean_class_accuracy"],
        "accuracy_by_class": by_class,
    }


def main() -> None:
    """Draw, train, measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds mivia-hep2")
    parser.add_argument("--work", type=Path, default=Path("work"), help="cohorts and run")
    parser.add_argument("--patients", type=int, default=168, help="to draw; 28 is MIVIA's number")
    parser.add_argument("--fields", type=int, default=1, help="to draw of each patient")
    parser.add_argument("--seed", type=int, default=12357, help="of what is drawn")
    parser.add_argument("--preset", default="small")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--longer", type=float, default=2.0, help="than a fold of MIVIA")
    parser.add_argument("--jobs", type=int, default=2, help="processes that draw")
    parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    parser.add_argument("--to", type=Path, default=RESULTS)
    given = parser.parse_args()

    real = mivia_cohort(given.data, given.work)
    name = f"drawn-mivia-{given.patients}x{given.fields}-{given.seed}"
    drawn = draw_cohort(
        given.work / name,
        patients=given.patients,
        fields=given.fields,
        seed=given.seed,
        jobs=given.jobs,
    )
    check_words(real, drawn)
    changes = dict(text.split("=", 1) for text in given.set)
    preset = preset_for(given.preset, changes, real, drawn, given.longer)
    path = given.work / "runs" / f"{name}-{given.preset}"
    run = train(path, preset, drawn, draw_folds(drawn), FOLD, given.accelerator)
    found = results(run, real, torch_device(given.accelerator))
    for key, value in found["all_test_patients"].items():
        if isinstance(value, dict):
            print(f"{key}: {value['mean']:.3f} ({value['low']:.3f} to {value['high']:.3f})")
    write_json(
        given.to / "synthetic-to-real.json",
        {
            **environment(
                preset=preset.model_dump(mode="json"),
                patients=given.patients,
                fields=given.fields,
                seed=given.seed,
                changes=given.set,
                longer=given.longer,
            ),
            "trained_on": {"name": drawn.info.name, "fingerprint": drawn.info.fingerprint},
            "tested_on": {"name": real.info.name, "fingerprint": real.info.fingerprint},
            **found,
        },
    )


if __name__ == "__main__":
    main()
