"""The shipped weights: made by their recipe, measured on laboratories and patients left out.

    pip install '.[imagenet]'
    python -m benchmarks.accuracy.shipped DATA

Trains the networks of the recipe where they are missing (``anascope recipe run`` does the same
without measuring), and measures

* the network of drawn specimens alone, on both laboratories;
* for each laboratory the network that has learned from the other one: its pattern by specimen, and
  how far its sets and families may be believed when they are judged by the other laboratory and by
  drawn ones, which is what a new laboratory may expect, and when they are judged by patients at
  home;
* the networks of five folds and of the ICPR 2012 contest, on patients that each has not seen;
* drawn specimens of microscopes and patients that no network has seen: mixed sera, negative ones.

Of MIVIA and I3A the drawn specimens know the statistics that stains and cells were fitted to; none
is under a microscope near theirs. The fields of I3A Task 2 have no labels; nobody says whose they
are, and six of them hold runs of cells of Task 1: they teach masks alone. ``--no-folds`` leaves out
the networks of five folds and of the contest. Writes results/weights-NAME.json; ``--install`` puts
the model, and the network of drawn specimens alone, into the package.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.decisions import Judgement
from anascope.files import read_json, replacing, write_json
from anascope.metrics import mixture_scores, screening
from anascope.models import ONNX, WEIGHTS, ModelCard, read_card
from anascope.recipe import (
    ALL,
    DRAWN,
    HELD_OUT,
    MIVIA,
    MOSAICS,
    Recipe,
    RoundSettings,
    drawing_of,
    judged_by_left_out,
    recipe_named,
    side_by_side,
    write_model,
    write_start,
)
from anascope.records import PLUS, FieldRecord
from anascope.training import read_history
from anascope.training.calibration import HeldOut, decisions_on, fit_judgement
from anascope.words import NEGATIVE
from benchmarks.accuracy._held_out import Split, show
from benchmarks.accuracy._shared import recipe_of
from benchmarks.accuracy._specimens import (
    believed,
    named_right,
    plain,
    with_a_threshold,
)
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.environment import environment

LABELLED = {"mivia": MIVIA, "i3a": MOSAICS}
"""The set of each laboratory that has patterns."""
TESTED = RoundSettings(patients=500, seed=906, least=4, mixed=2)
"""Drawn specimens that no network learns from; rare patterns are as frequent as most others."""
TESTED_PAIRS = RoundSettings(patients=300, seed=908, least=4, pairs=300)
"""Others, of which two in three show two patterns at random."""


Tested = Sequence[tuple[Path, Sequence[FieldRecord]]]
"""Folders of models, each with the fields of a set that it has not seen."""


def tested_by(recipe: Recipe, networks: Sequence[str], name: str) -> Tested:
    """Return networks with the fields of a set that they leave out."""
    return [(recipe.model(each), recipe.tested(each, name)) for each in networks]


def rows_of(cohort: Cohort, tested: Tested) -> pd.DataFrame:
    """Return what networks say of specimens, one a patient; kept beside their models."""
    tables = []
    for model, records in tested:
        path = model.with_name(f"{model.name}-reads-{cohort.path.name}.parquet")
        if not path.exists():
            with replacing(path) as temporary:
                HeldOut(model, cohort, records).rows().to_parquet(temporary)
        tables.append(pd.read_parquet(path))
    return pd.concat(tables, ignore_index=True)


def left_out_rows(recipe: Recipe, drawn_by: str) -> pd.DataFrame:
    """Return what networks say of laboratories that they have not learned from, with ``set``.

    Drawn specimens that no network learns from are among them, as one of the networks reads them.
    """
    rows = [
        rows_of(recipe.sets.real(name), tested_by(recipe, [f"no-{laboratory}"], name)).assign(
            set=name
        )
        for laboratory, name in LABELLED.items()
    ]
    return pd.concat([*rows, held_out_rows(recipe, recipe.model(drawn_by))], ignore_index=True)


def held_out_rows(recipe: Recipe, model: Path) -> pd.DataFrame:
    """Return what a network says of the drawn specimens that none learns from, with ``set``."""
    cohort = recipe.sets.held_out()
    assert cohort is not None  # the recipe of the bundled model has some
    return rows_of(cohort, [(model, cohort.fields)]).assign(set=HELD_OUT)


def rows_of_drawn_alone(recipe: Recipe) -> pd.DataFrame:
    """Return what the network of drawn specimens alone says of real ones, with ``set``."""
    cohorts = {name: recipe.sets.real(name) for name in LABELLED.values()}
    rows = [
        rows_of(cohort, [(recipe.model(DRAWN), cohort.fields)]).assign(set=name)
        for name, cohort in cohorts.items()
    ]
    return pd.concat([*rows, held_out_rows(recipe, recipe.model(DRAWN))], ignore_index=True)


def measured_on(cohort: Cohort, tested: Tested, card: ModelCard, kept: Path) -> dict[str, Any]:
    """Return what networks are worth on fields that they have not seen.

    Args:
        cohort: Of the fields.
        tested: The networks, with the fields.
        card: Of one of them.
        kept: File that keeps what was measured of these weights.
    """
    weights = [read_card(model).files[WEIGHTS] for model, _ in tested]
    if kept.exists() and (before := read_json(kept))["weights"] == weights:
        return dict(before["found"])
    rows, split = rows_of(cohort, tested), Split(cohort)
    for model, records in tested:
        split.add(model, records)
    found: dict[str, Any] = {
        "pattern_by_specimen": named_right(rows, card, cohort.patterns),
        **split.results(),
    }
    if rows["intensity"].notna().any():
        found["intensity_with_a_threshold"] = with_a_threshold(rows)
    show(kept.stem, found)
    write_json(kept, {"weights": weights, "found": found})
    return found


def laboratories_left_out(recipe: Recipe, card: ModelCard, folds: Sequence[str]) -> dict[str, Any]:
    """Return how far answers may be believed in a laboratory that the network has not seen."""
    found = {}
    for laboratory, name in LABELLED.items():
        rows = left_out_rows(recipe, f"no-{laboratory}")
        here, elsewhere = rows[rows["set"] == name], rows[rows["set"] != name]
        judged = judged_by_left_out(elsewhere, card)
        found[laboratory] = {"judged_by_the_other_laboratory": believed(here, card, judged)}
        if folds:
            others = [other for other in LABELLED.values() if other != name]
            at_home = pd.concat(
                [
                    rows_of(recipe.sets.real(other), tested_by(recipe, folds, other))
                    for other in others
                ]
            )
            judged = fit_judgement(at_home, card, "patients at home")
            found[laboratory]["judged_at_home"] = believed(here, card, judged)
    return found


def drawn_cohort(
    recipe: Recipe, work: Path, name: str = "tested-drawn", specimens: RoundSettings = TESTED
) -> Cohort:
    """Return drawn specimens of patients and microscopes that no network learns from."""
    path = work / name
    if not path.exists():
        drawing = drawing_of(recipe.settings.drawn, specimens)
        import_cohort(DrawnSource(drawing, jobs=2), path, source_format="synthetic")
    return Cohort.open(path)


def on_drawn(model: Path, cohort: Cohort, card: ModelCard, judgement: Judgement) -> dict[str, Any]:
    """Return how drawn specimens are read: patterns, mixed sera, negative ones."""
    rows = rows_of(cohort, [(model, cohort.fields)])
    decisions = decisions_on(rows, card, judgement)
    two = rows["pattern"].str.contains(PLUS, regex=False).to_numpy(bool)
    negative = np.array([decision.patterns[NEGATIVE] for decision in decisions])
    called = np.array([decision.pattern != NEGATIVE for decision in decisions])
    against = {
        "all positive sera": (~two),
        "intermediate sera": (~two) & (rows["intensity"] != "positive").to_numpy(bool),
    }
    return {
        "pattern": named_right(rows[~two], card, cohort.patterns),
        "mixed_sera": mixed_sera(model, cohort, card, judgement),
        "negative_sera": {
            words: _screened(
                (rows["pattern"] != NEGATIVE).to_numpy(bool)[chosen],
                called[chosen],
                negative[chosen],
            )
            for words, chosen in against.items()
        },
    }


def mixed_sera(
    model: Path, cohort: Cohort, card: ModelCard, judgement: Judgement
) -> dict[str, Any]:
    """Return how sera of two patterns are told from those of one, and how they are named."""
    rows = rows_of(cohort, [(model, cohort.fields)])
    decisions = decisions_on(rows, card, judgement)
    truth = [label.split(PLUS) for label in rows["pattern"]]
    found = mixture_scores(truth, [decision.present for decision in decisions])
    two = np.array([len(patterns) > 1 for patterns in truth])
    return {
        "specimens": int(two.sum()),
        "auroc": screening(two, two, rows["logit_mixed"].to_numpy(np.float64)).auroc,
        "both_named": plain(found.both_named),
        "called_mixed": plain(found.called_mixed),
        "singles_called_mixed": plain(found.singles_called_mixed),
    }


def _screened(
    positive: np.ndarray[Any, np.dtype[np.bool_]],
    called: np.ndarray[Any, np.dtype[np.bool_]],
    negative: np.ndarray[Any, np.dtype[np.float64]],
) -> dict[str, Any]:
    found = screening(positive, called, -negative)
    return {
        "positives": found.positives,
        "negatives": found.negatives,
        "auroc": found.auroc,
        "sensitivity": plain(found.sensitivity),
        "specificity": plain(found.specificity),
    }


def train_network(data: Path, work: Path, accelerator: str, recipe: str, name: str) -> None:
    """Train a network, in whichever process this is."""
    recipe_of(data, work, accelerator, recipe=recipe).model(name)


def main() -> None:
    """Train what is missing, measure, write."""
    parser = benchmark_arguments(
        __doc__, data="mivia-hep2, i3a-task1 and i3a-task2-fields", trains=True
    )
    parser.add_argument("--recipe", default="s", help="name of a recipe, or a YAML file")
    parser.add_argument("--no-folds", action="store_true", help="none of folds and contest")
    parser.add_argument("--install", action="store_true", help="put the model where it ships")
    given = parser.parse_args()
    work: Path = given.work
    (work / "measured").mkdir(parents=True, exist_ok=True)
    recipe = recipe_of(given.data, work, given.accelerator, jobs=given.jobs, recipe=given.recipe)
    _ = recipe.start
    recipe.sets.everything()  # made once, by this process
    jobs = 1 if given.accelerator == "gpu" else given.jobs
    task = partial(train_network, given.data, work, given.accelerator, given.recipe)
    folds = () if given.no_folds else recipe.folds
    networks = [
        name
        for name in recipe.networks
        if not given.no_folds or not (name in recipe.folds or name == "contest")
    ]
    side_by_side(task, [DRAWN, *networks], jobs)

    card = read_card(recipe.model(ALL))
    judgement = judged_by_left_out(left_out_rows(recipe, ALL), card)
    found: dict[str, Any] = {}
    for laboratory, name in LABELLED.items():
        cohort = recipe.sets.real(name)
        ways: dict[str, Tested] = {
            "drawn_alone": [(recipe.model(DRAWN), cohort.fields)],
            "left_out": tested_by(recipe, [f"no-{laboratory}"], name),
        }
        if folds:
            ways["five_folds"] = tested_by(recipe, folds, name)
        if folds and name == MIVIA:
            ways["contest"] = tested_by(recipe, ["contest"], name)
        found[laboratory] = {}
        for way, tested in ways.items():
            kept = work / "measured" / f"{laboratory}-{way}.json"
            found[laboratory][way] = measured_on(cohort, tested, card, kept)
    trust = laboratories_left_out(recipe, card, folds)
    drawn = drawn_cohort(recipe, work)
    on_new_drawn = on_drawn(recipe.model(ALL), drawn, card, judgement)
    pairs = drawn_cohort(recipe, work, "tested-pairs", TESTED_PAIRS)
    on_new_drawn["random_pairs"] = mixed_sera(recipe.model(ALL), pairs, card, judgement)
    print(trust, on_new_drawn, flush=True)

    folder, metrics = work / "model", _summary(found, trust)
    shutil.rmtree(folder, ignore_errors=True)
    write_model(recipe, judgement, folder, metrics=metrics)
    of_drawn = work / "model-drawn"
    shutil.rmtree(of_drawn, ignore_errors=True)
    rows = rows_of_drawn_alone(recipe)
    write_start(
        recipe,
        judged_by_left_out(rows, card),
        of_drawn,
        metrics={
            name: measured for name, measured in metrics.items() if name.endswith("_drawn_alone")
        },
    )
    runs = [*recipe.rounds, *(recipe.network(name) for name in networks)]
    write_json(
        given.out / f"weights-{given.recipe}.json",
        {
            **environment(
                recipe=recipe_named(given.recipe).model_dump(mode="json"), seed=TESTED.seed
            ),
            "cohorts": read_card(folder).data["cohorts"],
            "training_seconds": {
                run.path.name: float(read_history(run.history)["seconds"].sum()) for run in runs
            },
            "laboratories": found,
            "new_laboratory": trust,
            "drawn": on_new_drawn,
            "judgement": judgement.model_dump(mode="json"),
            "weights_sha256": read_card(folder).files[WEIGHTS],
            "megabytes": {f: (folder / f).stat().st_size / 1e6 for f in (WEIGHTS, ONNX)},
        },
    )
    if given.install:
        package = RESULTS.parent / "src" / "anascope" / "models" / "shipped"
        for model in (folder, of_drawn):
            shutil.rmtree(package / read_card(model).name, ignore_errors=True)
            shutil.copytree(model, package / read_card(model).name)


def _summary(found: dict[str, Any], trust: dict[str, Any]) -> dict[str, Any]:
    """Return what the card says of how the networks do, on whom."""
    summary: dict[str, Any] = {}
    for laboratory, splits in found.items():
        for title, each in splits.items():
            by_specimen = each["pattern_by_specimen"]
            summary[f"{laboratory}_{title}"] = {
                "specimens": by_specimen["specimens"],
                "pattern_right": by_specimen["right"],
                "mean_class_accuracy": by_specimen["mean_class_accuracy"],
                "cell_patterns": each["cell_patterns"]["accuracy"],
                "dice_without_border_cells": each["all_test_patients"]["dice_without_border_cells"],
                "intensity": each["all_test_patients"]["intensity_accuracy"],
            }
    for laboratory, each in trust.items():
        summary[f"{laboratory}_as_a_new_laboratory"] = each["judged_by_the_other_laboratory"]
    return summary


if __name__ == "__main__":
    main()
