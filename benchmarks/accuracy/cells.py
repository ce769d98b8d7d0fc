"""The real I3A Task 1 cells, five folds by recovered specimen, or over cells.

    python -m benchmarks.accuracy.cells DATA --work WORK [--over-cells]

Specimens are recovered, not published; cells beside a border between two folds are left out.
Published figures of these 13,596 cells are of folds drawn over cells: cells of one specimen stand
on both sides. ``--over-cells`` is such a split, only to stand beside them; it tells nothing of new
patients. Each fold goes on from the network of drawn specimens alone (first
step of the recipe), which has seen no real cell and is trained where it is missing. Cells are read
once, as they lie, and in eight orientations. Goes on where it was stopped. Writes
results/i3a-cells-by-specimen.json, or results/i3a-cells.json over cells, of the folds asked for.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from anascope.cohorts.folds import draw_folds
from anascope.environment import torch_device
from anascope.files import replacing, write_json
from anascope.models import ModelCard, load_model, read_card
from anascope.presets import Preset, load_preset
from anascope.recipe import side_by_side
from anascope.training import evaluate_run, open_run, read_history
from benchmarks.accuracy._orientations import patterns_in_eight
from benchmarks.accuracy._shared import interval, recipe_given, train
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.sets import sets_of

SIZE = "s"
"""Preset of the network."""
CHANGES: dict[str, Any] = {
    "image.patch_size": 80,  # at the pixel size of the set (the preset's) nearly every cell fits
    # Nearly all is learned of the pattern; GradNorm would give it a ninth of the mask's weight.
    "balancing.balancer": "fixed",
    "augmentation.scale": 1.1,
    "augmentation.stain": 1.1,
    "augmentation.blur": 0.3,
    "augmentation.noise": 0.02,
    "augmentation.brightness": 0.1,
    "augmentation.illumination": 0.05,
    "training.batch_size": 16,
    "training.select": "last",
}


def named(fields: pd.DataFrame, card: ModelCard, labels: tuple[str, ...]) -> pd.Series[str]:
    """Return the label that each field is taken for: the one whose leaves are likeliest together.

    Args:
        fields: With a column ``p_pattern_<class>`` for each class of the card.
        card: The model's.
        labels: Those of the cohort.
    """
    leaves = fields[[f"p_pattern_{name}" for name in card.patterns]].to_numpy()
    groups = np.array([card.pattern_space.allowed(label) for label in labels])
    return pd.Series(np.array(labels)[(leaves @ groups.T).argmax(axis=1)], index=fields.index)


def preset_of(start: Path, epochs: int) -> Preset:
    """Return what each fold is trained with, from the model that it continues from."""
    return load_preset(SIZE, {**CHANGES, "training.epochs": epochs, "network.start": str(start)})


def do_fold(
    data: Path, work: Path, start: Path, specimens: bool, epochs: int, accelerator: str, fold: str
) -> None:
    """Train a fold and measure it, if that was not done, in whichever process this is."""
    path = folds_of(work, specimens) / fold
    cohort = sets_of(data, work).cells(specimens=specimens)
    device = torch_device(accelerator)
    plan = draw_folds(cohort, validation_share=0)
    run = train(path, preset_of(start, epochs), cohort, plan, fold, accelerator)
    if measured(path).exists():
        return
    card, test = read_card(run.model), run.fold.records(cohort.fields, "test")
    cells = evaluate_run(run, device=device).fields
    turned = patterns_in_eight(load_model(run.model), cohort, test, device)
    once = named(cells, card, cohort.patterns)
    eight = named(turned, card, cohort.patterns).set_axis(turned["field"])
    table = cells[["field", "pattern", "dice"]].assign(
        named=once, named_in_eight=eight.reindex(cells["field"]).to_numpy(), fold=fold
    )
    with replacing(measured(path)) as temporary:
        table.to_csv(temporary, index=False)
    right = table[["named", "named_in_eight"]].eq(table["pattern"], axis=0).mean()
    print(f"fold {fold}: {right.round(4).to_dict()}", flush=True)


def folds_of(work: Path, specimens: bool) -> Path:
    """Return the folder of the runs."""
    return work / ("i3a-folds-by-specimen" if specimens else "i3a-folds")


def measured(path: Path) -> Path:
    """Return the table of a fold's cells, beside its run."""
    return path.with_suffix(".csv")


def main() -> None:
    """Train what is missing, measure, write."""
    parser = benchmark_arguments(
        __doc__, data="mivia-hep2 and i3a-task1", trains=True, continues=True
    )
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--fold", action="append", help="only these folds; may be repeated")
    parser.add_argument("--over-cells", action="store_true", help="as published figures are")
    given = parser.parse_args()
    specimens = not given.over_cells

    recipe = recipe_given(given)
    start = recipe.start
    cohort = recipe.sets.cells(specimens=specimens)
    plan = draw_folds(cohort, validation_share=0)
    folds: list[str] = given.fold or list(plan.folds)
    preset = preset_of(start, given.epochs)
    task = partial(
        do_fold, given.data, given.work, start, specimens, given.epochs, given.accelerator
    )
    side_by_side(task, folds, 1 if given.accelerator == "gpu" else given.jobs)
    runs = {fold: folds_of(given.work, specimens) / fold for fold in folds}
    cells = pd.concat([pd.read_csv(measured(run)) for run in runs.values()], ignore_index=True)
    taken = {
        fold: float(read_history(open_run(run).history)["seconds"].sum())
        for fold, run in runs.items()
    }
    right = (cells["named"] == cells["pattern"]).astype(float)
    right_in_eight = (cells["named_in_eight"] == cells["pattern"]).astype(float)
    by_class = right.groupby(cells["pattern"]).mean()
    write_json(
        given.out / ("i3a-cells-by-specimen.json" if specimens else "i3a-cells.json"),
        {
            **environment(preset=preset.model_dump(mode="json"), seed=plan.seed),
            "cohort": {"name": cohort.info.name, "fingerprint": cohort.info.fingerprint},
            "split": (
                f"by recovered specimen; {cohort.info.gap} cells left out beside borders"
                if specimens
                else "over cells; cells of one specimen may be on both sides"
            ),
            "cells": len(cells),
            "accuracy": interval(right),
            "accuracy_of_folds": right.groupby(cells["fold"]).mean().to_dict(),
            "mean_class_accuracy": float(by_class.mean()),
            "class_accuracy": by_class.to_dict(),
            "in_eight_orientations": {
                "accuracy": interval(right_in_eight),
                "accuracy_of_folds": right_in_eight.groupby(cells["fold"]).mean().to_dict(),
                "class_accuracy": right_in_eight.groupby(cells["pattern"]).mean().to_dict(),
            },
            "dice": interval(cells["dice"]),
            "confusion": {
                "labels": list(cohort.patterns),
                "rows": confusion_matrix(
                    cells["pattern"], cells["named"], labels=list(cohort.patterns)
                ).tolist(),
            },
            "training_seconds": taken,
        },
    )


if __name__ == "__main__":
    main()
