"""The tables that the published study leaves out: intervals, comparisons, calibration, cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anascope.metrics import LEVEL
from anascope.report import Cell, Table
from anascope.studies.analysis._comparisons import Comparisons
from anascope.studies.analysis._results import Results
from anascope.studies.analysis._run_results import RunResults
from anascope.tasks import Level

_INTERVALS = (
    f"In brackets the {LEVEL:.0%} interval over patients (jackknife, and Clopper-Pearson for the "
    "number of answers that the patients are worth)."
)


def measure_tables(comparisons: Comparisons) -> list[Table]:
    """Return every measure of every training with its interval, a table a task."""
    results = comparisons.results
    tables = []
    for task in results.tasks:
        measures = task.measures(results.vocabulary)
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                trained.training.label,
                len(comparisons.patients([trained])),
                *(comparisons.interval(trained, measure) for measure in measures),
            )
            for trained in results.trainings
        )
        tables.append(
            Table(
                name=f"{task.name}-by-{comparisons.level}",
                title=f"{task.name.capitalize()} by {comparisons.level}, all folds together",
                columns=("training", "patients", *(measure.label for measure in measures)),
                rows=rows,
                note=f"{task.note} {_DECIDED[comparisons.level]} {_INTERVALS}",
            )
        )
    return tables


_DECIDED = {
    "patch": "Each patch is decided alone.",
    "field": "All patches of a field are decided together.",
    "specimen": "All fields and patches of a specimen are decided together.",
}


def comparison_table(comparisons: Comparisons) -> Table:
    """Return the difference of every two trainings over the same patients."""
    measures = [measure for measure in comparisons.measures if measure.compares]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            first.training.label,
            second.training.label,
            *(comparisons.difference(first, second, measure) for measure in measures),
        )
        for first, second in comparisons.all_pairs()
    )
    return Table(
        name=f"comparisons-by-{comparisons.level}",
        title=f"Comparison of each pair of trainings, by {comparisons.level}: the first minus "
        "the second",
        columns=("first", "second", *(f"{m.task} {m.label}" for m in measures)),
        rows=rows,
        note=f"Paired: both are measured on the same patients. {_INTERVALS} "
        f"With {len(rows)} comparisons of {len(measures)} measures, about one in twenty "
        "intervals leaves zero out by chance alone.",
    )


_CALIBRATED: tuple[Level, ...] = ("patch", "specimen")


def calibration_table(results: Results) -> Table:
    """Return the expected calibration error of each training, by patch and by specimen."""
    rows: list[tuple[Cell, ...]] = []
    for trained in results.trainings:
        row: list[Cell] = [trained.training.label]
        for task in results.label_tasks:
            answers = (task.answers(trained.table(x), results.vocabulary) for x in _CALIBRATED)
            row += [of_level.calibration.error for of_level in answers]
        rows.append(tuple(row))
    return Table(
        name="calibration",
        title="Expected calibration error",
        columns=(
            "training",
            *(f"{task.name}, by {x}" for task in results.label_tasks for x in _CALIBRATED),
        ),
        rows=tuple(rows),
        note="Mean difference between confidence and the share of right answers, over 15 bins of "
        "confidence: 0 is best.",
    )


def weight_table(results: Results) -> Table:
    """Return where the balance weights went."""
    rows: list[tuple[Cell, ...]] = []
    for trained in results.trainings:
        runs = list(trained.folds.values())
        row: list[Cell] = [trained.training.label]
        for task in results.tasks:
            column = f"weight_{task.name}"
            row.append(float(np.mean([run.history[column].iloc[-1] for run in runs])))
            row.append(float(min(run.history[column].min() for run in runs)))
        row.append(sum(lost_weight(run) is not None for run in runs))
        rows.append(tuple(row))
    return Table(
        name="weights",
        title="Balance weights after the last epoch",
        columns=(
            "training",
            *(f"{task.name}, {which}" for task in results.tasks for which in ("mean", "lowest")),
            "runs with a weight at or below 0",
        ),
        rows=tuple(rows),
        note="Mean over the folds after the last epoch, and the lowest after any epoch of any "
        "fold. A task whose weight is below 0 is trained backwards, one at 0 is left out.",
    )


def lost_weight(run: RunResults) -> tuple[int, tuple[str, ...]] | None:
    """Return the first epoch after which a balance weight was at or below 0, and the tasks."""
    for _, epoch in run.history.iterrows():
        lost = tuple(task.name for task in run.tasks if epoch[f"weight_{task.name}"] <= 0)
        if lost:
            return int(epoch["epoch"]), lost
    return None


def cost_table(results: Results) -> Table:
    """Return how long the trainings took, and on what."""
    rows: list[tuple[Cell, ...]] = []
    for trained in results.trainings:
        runs = list(trained.folds.values())
        seconds = [float(run.history["seconds"].sum()) for run in runs]
        rates = [float(run.history["patches_per_second"].median()) for run in runs]
        rows.append(
            (
                trained.training.label,
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
    return list(dict.fromkeys(_machine(run) for run in runs))


def _machine(run: RunResults) -> str:
    hardware = run.hardware
    threads = f"{hardware.threads} thread{'s' * (hardware.threads != 1)} of {hardware.cores} cores"
    if hardware.gpu:
        return f"{hardware.gpu}, {hardware.processor}"
    return f"{hardware.processor}, {threads}"
