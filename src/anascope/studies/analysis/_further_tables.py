"""The tables that the published study leaves out: intervals, comparisons, calibration, cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anascope.metrics import LEVEL, RESAMPLES, SEED
from anascope.report import Cell, Table
from anascope.studies.analysis._calibration import intensity_calibration, pattern_calibration
from anascope.studies.analysis._comparisons import Comparisons
from anascope.studies.analysis._results import Level, Results, RunResults
from anascope.words import TASKS

COMPARED = (
    "mask.pixel_accuracy",
    "mask.dice",
    "pattern.accuracy",
    "intensity.accuracy",
    "intensity.auroc",
)
"""Measures that trainings are compared by, two by two."""

_INTERVALS = (
    f"In brackets the {LEVEL:.0%} interval by bootstrap over patients ({RESAMPLES} resamples, "
    f"percentile, seed {SEED})."
)


def measure_tables(comparisons: Comparisons) -> list[Table]:
    """Return every measure of every training with its interval, a table a task."""
    results = comparisons.results
    tables = []
    for task in TASKS:
        measures = [each for each in comparisons.measures if each.task == task]
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                each.training.label,
                len(comparisons.patients([each])),
                *(comparisons.interval(each, measure) for measure in measures),
            )
            for each in results.trainings
        )
        tables.append(
            Table(
                name=f"{task}-by-{comparisons.level}",
                title=f"{task.capitalize()} by {comparisons.level}, all folds together",
                columns=("training", "patients", *(measure.label for measure in measures)),
                rows=rows,
                note=f"{_WHAT[task]} {_DECIDED[comparisons.level]} {_INTERVALS}",
            )
        )
    return tables


_WHAT = {
    "mask": "Pixels whose truth is unknown are left out; means over images.",
    "pattern": "Mean class accuracy and macro F1 weigh all patterns alike.",
    "intensity": "Levels told at a threshold of 0.5; AUROC needs none.",
}
_DECIDED = {
    "patch": "Each patch is decided alone.",
    "field": "All patches of a field are decided together.",
    "specimen": "All fields and patches of a specimen are decided together.",
}


def comparison_table(comparisons: Comparisons) -> Table:
    """Return the difference of every two trainings over the same patients."""
    measures = [comparisons.measure(key) for key in COMPARED]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.training.label,
            other.training.label,
            *(comparisons.difference(one, other, measure) for measure in measures),
        )
        for one, other in comparisons.all_pairs()
    )
    return Table(
        name=f"comparisons-by-{comparisons.level}",
        title=f"Every two trainings compared, by {comparisons.level}: first less second",
        columns=("first", "second", *(f"{m.task} {m.label}" for m in measures)),
        rows=rows,
        note=f"Paired: both are measured on the same resamples of the same patients. {_INTERVALS} "
        f"With {len(rows)} comparisons of {len(measures)} measures, about one in twenty "
        "intervals leaves zero out by chance alone, and somewhat more with few patients.",
    )


_CALIBRATED: tuple[Level, ...] = ("patch", "specimen")


def calibration_table(results: Results) -> Table:
    """Return the expected calibration error of each training, by patch and by specimen."""
    rows: list[tuple[Cell, ...]] = []
    for each in results.trainings:
        row: list[Cell] = [each.training.label]
        for calibration in (pattern_calibration, intensity_calibration):
            row += [calibration(results, each, level).error for level in _CALIBRATED]
        rows.append(tuple(row))
    return Table(
        name="calibration",
        title="Expected calibration error",
        columns=(
            "training",
            "pattern, by patch",
            "pattern, by specimen",
            "intensity, by patch",
            "intensity, by specimen",
        ),
        rows=tuple(rows),
        note="Mean distance of confidence and share right, over 15 bins of confidence: 0 is best.",
    )


def weight_table(results: Results) -> Table:
    """Return where the balance weights went."""
    rows: list[tuple[Cell, ...]] = []
    for each in results.trainings:
        runs = list(each.folds.values())
        row: list[Cell] = [each.training.label]
        for task in TASKS:
            column = f"weight_{task}"
            row.append(float(np.mean([run.history[column].iloc[-1] for run in runs])))
            row.append(float(min(run.history[column].min() for run in runs)))
        row.append(sum(lost_weight(run) is not None for run in runs))
        rows.append(tuple(row))
    return Table(
        name="weights",
        title="Balance weights after the last epoch",
        columns=(
            "training",
            *(head for task in TASKS for head in (f"{task}, mean", f"{task}, lowest")),
            "runs with a weight at or below 0",
        ),
        rows=tuple(rows),
        note="Mean over the folds after the last epoch, and the lowest after any epoch of any "
        "fold. A task whose weight is below 0 is trained backwards, one at 0 is left out.",
    )


def lost_weight(run: RunResults) -> tuple[int, tuple[str, ...]] | None:
    """Return the first epoch after which a balance weight was at or below 0, and the tasks."""
    for _, epoch in run.history.iterrows():
        lost = tuple(task for task in TASKS if epoch[f"weight_{task}"] <= 0)
        if lost:
            return int(epoch["epoch"]), lost
    return None


def cost_table(results: Results) -> Table:
    """Return how long the trainings took, and on what."""
    rows: list[tuple[Cell, ...]] = []
    for each in results.trainings:
        runs = list(each.folds.values())
        seconds = [float(run.history["seconds"].sum()) for run in runs]
        rates = [float(run.history["patches_per_second"].median()) for run in runs]
        rows.append(
            (
                each.training.label,
                len(runs),
                float(np.mean(seconds)) / 60,
                float(np.sum(seconds)) / 60,
                float(np.median(rates)),
            )
        )
    return Table(
        name="cost",
        title="Time of training",
        columns=("training", "runs", "minutes a run", "minutes, all folds", "patches a second"),
        rows=tuple(rows),
        digits=1,
        note=f"Without validation and evaluation. On {'; '.join(machines(results.runs))}.",
    )


def machines(runs: Sequence[RunResults]) -> list[str]:
    """Return in a line each what the runs were trained on."""
    found = dict.fromkeys(_machine(run) for run in runs)
    return list(found)


def _machine(run: RunResults) -> str:
    said = run.hardware
    threads = f"{said['threads']} thread{'s' * (said['threads'] != 1)} of {said['cores']} cores"
    return (
        f"{said['gpu']}, {said['processor']}" if said["gpu"] else f"{said['processor']}, {threads}"
    )
