"""The tables of the published study, for any grid and cohort.

Numbers in brackets are those of the published study's tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from anascope.cohorts import Cohort, LabelCount, Summary
from anascope.cohorts.folds import count_folds, untrained_classes, untrained_line
from anascope.records import SPLITS
from anascope.report import Cell, Table, escape
from anascope.studies import factor_name, value_label
from anascope.studies.analysis._in_words import in_ranges, listed, sorted_by_number
from anascope.studies.analysis._published import published_like
from anascope.studies.analysis._results import Results, TrainingResults
from anascope.studies.analysis._run_results import RunResults
from anascope.tasks import Measure
from anascope.words import TASK_NAMES


def fold_table(results: Results, cohort: Cohort) -> Table:
    """Return who trains, validates and tests in each fold (I)."""
    counted = count_folds(results.study.folds, cohort.fields)
    sets = {(row["fold"], row["set"]): row for row in counted}
    rows = []
    for fold in results.folds:
        tested = [trained.folds[fold] for trained in results.trainings if fold in trained.folds]
        rows.append(
            (
                f"fold {fold}",
                *(sets[fold, split]["patients"] for split in SPLITS),
                *(sets[fold, split]["fields"] for split in SPLITS),
                len(tested[0].patches) if tested else None,
            )
        )
    lost = [
        found
        for fold in results.folds
        if (found := untrained_classes(results.study.folds.fold(fold), cohort.fields))
    ]
    return Table(
        name="folds",
        title="Training, validation and test sets of each fold",
        columns=(
            "",
            *(f"{split}, patients" for split in SPLITS),
            *(f"{split}, fields" for split in SPLITS),
            "test, patches",
        ),
        rows=tuple(rows),
        note=f"{results.study.folds.draw} draw, seed {results.study.folds.seed}; no patient is in "
        "two sets of a fold, and each is tested in one fold."
        + "".join(f" In {escape(untrained_line(found))}." for found in lost),
    )


def patients_table(results: Results) -> Table:
    """Return which patients train, validate and test in each fold (I)."""
    plan = results.study.folds
    rows: list[tuple[Cell, ...]] = []
    for name in results.folds:
        fold = plan.fold(name)
        others = {o.name: set(o.test) for o in plan.folds.values() if o.name != name}
        learned_from = {*fold.train, *fold.validation}
        if learned_from == set().union(*others.values()):
            # As the published table has it: the sets are named by the fold that tests them.
            train = f"the test patients of {listed([*others])}"
            train += ", except the validation patients" if fold.validation else ""
        else:
            train = in_ranges(sorted_by_number(fold.train))
        held_out = (in_ranges(sorted_by_number(who)) for who in (fold.validation, fold.test))
        rows.append((f"fold {name}", train, *(who or "nobody" for who in held_out)))
    return Table(
        name="folds-patients",
        title="Patients for training, validation and test in each fold",
        columns=("", "training", "validation", "test"),
        rows=tuple(rows),
    )


def class_tables(summary: Summary) -> list[Table]:
    """Return patients, fields and patches by pattern and by intensity (the imbalance lists)."""
    return [
        _class_table("pattern", summary.patterns, summary),
        _class_table("intensity", summary.intensities, summary),
    ]


def _class_table(kind: str, counts: Sequence[LabelCount], summary: Summary) -> Table:
    stated = {count.what: count for count in summary.published or ()}
    labelled = sum(count.fields for count in counts)
    rows: list[tuple[Cell, ...]] = []
    for count in counts:
        row: list[Cell] = [count.label]
        row += [in_ranges(count.codes)] if kind == "pattern" else []
        row += [count.patients, count.fields, count.fields / labelled]
        if stated:
            patches = stated.get(f"patches, {kind} {count.label}")
            row += [patches.found, patches.published] if patches else [None, None]
        rows.append(tuple(row))
    return Table(
        name=f"classes-{kind}",
        title=f"Patients and fields by {kind}",
        columns=(
            kind,
            *(("ICAP",) if kind == "pattern" else ()),
            "patients",
            "fields",
            "share of fields",
            *(("patches", "patches, published") if stated else ()),
        ),
        rows=tuple(rows),
    )


def fold_accuracy_table(
    results: Results, trained: TrainingResults, *, beside_published: bool
) -> Table:
    """Return a training's accuracy in each fold (II to VII, IX, X)."""
    published = published_like(trained.training) if beside_published else None
    rows: list[tuple[Cell, ...]] = []
    for measure in results.accuracies:
        values = [fold_value(trained, fold, measure) for fold in results.folds]
        rows.append((measure.task, *values, _mean(values)))
        if published and measure.task in published.accuracies:
            by_fold = published.accuracies[measure.task]
            mean = published.means[measure.task]
            rows.append(
                (f"{measure.task}, published", *(by_fold.get(f) for f in results.folds), mean)
            )
    return Table(
        name=f"accuracy-{trained.training.slug}",
        title=f"Accuracy in each fold: {trained.training.label}",
        columns=("accuracy", *(f"fold {fold}" for fold in results.folds), "mean"),
        rows=tuple(rows),
        note="Of test patches. The published folds were drawn differently."
        if published
        else "Of test patches.",
    )


def loss_table(trained: TrainingResults, fold: str, *, beside_published: bool) -> Table:
    """Return a run's losses by epoch (VIII)."""
    history = trained.folds[fold].history
    tasks = [task.name for task in trained.folds[fold].tasks]
    columns = [f"train_loss_{task}" for task in tasks]
    heads = [f"{task} loss" for task in tasks]
    for task in tasks:
        if f"validation_loss_{task}" in history:
            columns.append(f"validation_loss_{task}")
            heads.append(f"{task} loss, validation")
    published = published_like(trained.training) if beside_published else None
    stated = published.losses.get(fold, ()) if published else ()
    rows: list[tuple[Cell, ...]] = []
    for index, (_, epoch) in enumerate(history.iterrows()):
        row: list[Cell] = [int(epoch["epoch"]), *(float(epoch[column]) for column in columns)]
        if stated:
            row += [stated[index][task] if index < len(stated) else None for task in TASK_NAMES]
        rows.append(tuple(row))
    return Table(
        name=f"losses-{trained.training.slug}-{fold}",
        title=f"Losses by epoch: {trained.training.label}, fold {fold}",
        columns=("epoch", *heads, *(f"{task} loss, published" for task in TASK_NAMES if stated)),
        rows=tuple(rows),
        digits=4,
        note=f"Mean over the steps of an epoch. The mask loss is {_mask_loss(trained)}.",
    )


def mean_tables(results: Results, *, beside_published: bool) -> Iterator[Table]:
    """Yield mean accuracies over the folds: of all trainings, then by factor (XI, XII).

    The table of a factor holds the trainings that have a partner which differs in it alone. One
    that would hold what an earlier table holds is left out: where all factors are combined with
    each other, the table of all trainings is that of each factor.
    """
    yield _mean_table(
        results, results.trainings, "means", "Mean accuracies of all trainings", beside_published
    )
    shown = [[*results.trainings]]
    for factor in results.study.study.varied():
        with_partner = [
            trained
            for trained in results.trainings
            if any(_differ(trained, o, factor) for o in results.trainings)
        ]
        if with_partner and with_partner not in shown:
            shown.append(with_partner)
            yield _mean_table(
                results,
                with_partner,
                f"means-by-{factor.replace('.', '-')}",
                f"Mean accuracies with {factor_name(factor)} varied, all else equal",
                beside_published,
            )


def _mean_table(
    results: Results,
    trainings: Sequence[TrainingResults],
    name: str,
    title: str,
    beside_published: bool,
) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for trained in trainings:
        row: list[Cell] = [trained.training.label, len(trained.folds)]
        row += [
            _mean([fold_value(trained, fold, measure) for fold in trained.folds])
            for measure in results.accuracies
        ]
        if beside_published:
            published = published_like(trained.training)
            row += [published.means[task] if published else None for task in TASK_NAMES]
        rows.append(tuple(row))
    return Table(
        name=name,
        title=title,
        columns=(
            "training",
            "folds",
            *(task.name for task in results.tasks),
            *((f"{task}, published" for task in TASK_NAMES) if beside_published else ()),
        ),
        rows=tuple(rows),
        note="Mean over folds of the share of right pixels or patches.",
    )


def fold_value(trained: TrainingResults, fold: str, measure: Measure) -> float | None:
    """Return a measure of a training's test patches in one fold; None if it is not done."""
    run = trained.folds.get(fold)
    return run_value(run, measure) if run else None


def run_value(run: RunResults, measure: Measure) -> float:
    """Return a measure of a run's test patches, as its ``metrics.json`` has it."""
    task, _, key = measure.key.partition(".")
    value = run.metrics["patch"][task][key]
    return float("nan") if value is None else float(value)


def _differ(first: TrainingResults, second: TrainingResults, factor: str) -> bool:
    """Tell whether two trainings differ in ``factor`` alone."""
    a, b = dict(first.training.changes), dict(second.training.changes)
    return a.pop(factor, None) != b.pop(factor, None) and a == b


def _mean(values: Sequence[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return float(np.mean(defined)) if defined else None


def _mask_loss(trained: TrainingResults) -> str:
    kind = next(iter(trained.folds.values())).run.preset.loss.mask
    return value_label("loss.mask", kind)
