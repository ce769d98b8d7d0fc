"""Every table holds what it says, by hand or from the files that it was made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anascope.cohorts import summarise
from anascope.cohorts._published import Comparison
from anascope.cohorts.folds import Fold, count_folds
from anascope.files import read_json
from anascope.metrics import Calibration, Interval, calibration
from anascope.report import Cell, Table
from anascope.studies import Training, load_study
from anascope.studies.analysis import Comparisons, Results
from anascope.studies.analysis._further_tables import (
    calibration_table,
    comparison_table,
    cost_table,
    measure_tables,
    weight_table,
)
from anascope.studies.analysis._published import published_like
from anascope.studies.analysis._tables import (
    class_tables,
    fold_accuracy_table,
    fold_table,
    loss_table,
    mean_tables,
    patients_table,
)
from anascope.tasks import INTENSITY, PATTERN, LabelTask
from anascope.words import TASK_NAMES, IntensityScale, Vocabulary
from tests.small_cohort import record, write_cohort
from tests.unit.studies.analysis.made_up import PEOPLE, WORDS, Skill, results_of, study_of

KEYS = {"mask": "pixel_accuracy", "pattern": "accuracy", "intensity": "accuracy"}
PAPER = load_study("paper")


@pytest.fixture(scope="module")
def paper() -> Results:
    """The published grid, in which Dice is better than BCE and everything else is alike."""
    return results_of(
        PAPER, lambda t, fold: Skill(0.95 if t.changes["loss.mask"] == "dice" else 0.9)
    )


def calibrated(task: LabelTask, results: Results) -> Calibration:
    """Return the calibration of the first training by patch."""
    return task.answers(results.trainings[0].table("patch"), results.vocabulary).calibration


def labels(table: Table) -> list[Cell]:
    return table.cells(0)


# Accuracies


def test_accuracies_are_those_of_the_runs(results: Results) -> None:
    for each in results.trainings:
        table = fold_accuracy_table(results, each, beside_published=False)
        assert table.columns == ("accuracy", "fold A", "fold B", "mean")
        assert labels(table) == [*TASK_NAMES]
        written = {
            fold: read_json(results.study.layout.run(run.run.name) / "metrics.json")["patch"]
            for fold, run in each.folds.items()
        }
        for task, *values, mean in table.rows:
            by_fold = [written[fold][task][KEYS[str(task)]] for fold in "AB"]
            assert values == by_fold
            assert mean == pytest.approx(np.mean(by_fold))


def test_a_fold_that_is_missing_is_left_empty_and_out_of_the_mean() -> None:
    study = study_of({"loss.mask": ["dice", "bce"]}, folds={"count": 3})
    shares = {"A": 0.25, "B": 0.75}
    found = results_of(
        study, lambda t, fold: Skill(pattern=shares[fold]) if fold in shares else None
    )
    table = fold_accuracy_table(found, found.trainings[0], beside_published=False)
    assert table.rows[1] == ("pattern", 0.25, 0.75, None, 0.5)
    means = next(mean_tables(found, beside_published=False))
    assert means.rows[0][:2] == ("Dice", 2)
    assert means.rows[0][2:] == pytest.approx((0.9, 0.5, 0.75))


def test_means_over_folds_of_every_training(results: Results) -> None:
    (table,) = mean_tables(results, beside_published=False)  # that by mask loss is the same
    assert table.name == "means"
    assert table.columns == ("training", "folds", *TASK_NAMES)
    for row, each in zip(table.rows, results.trainings, strict=True):
        folds = [run.metrics["patch"] for run in each.folds.values()]
        means = [np.mean([fold[task][KEYS[task]] for fold in folds]) for task in TASK_NAMES]
        assert row == (each.training.label, 2, *(pytest.approx(mean) for mean in means))


def test_a_factors_table_holds_the_trainings_with_a_partner(paper: Results) -> None:
    """Those of tables XI (epochs) and XII (α) of the published study, with α 0.6 beside."""
    tables = {table.name: table for table in mean_tables(paper, beside_published=False)}
    everything = [each.training.label for each in paper.trainings]
    assert [*tables] == [
        "means",
        "means-by-training-epochs",
        "means-by-balancing-alpha",
    ]
    assert labels(tables["means"]) == everything
    assert labels(tables["means-by-training-epochs"]) == [
        "Dice, 30 epochs, α 0.6",
        "BCE, 30 epochs, α 0.6",
        "Dice, 15 epochs, α 0.6",
        "BCE, 15 epochs, α 0.6",
    ]
    assert labels(tables["means-by-balancing-alpha"]) == [
        "Dice, 15 epochs, α 0.6",
        "BCE, 15 epochs, α 0.6",
        "Dice, 15 epochs, α 0.06",
        "BCE, 15 epochs, α 0.06",
        "Dice, 15 epochs, α 6",
        "BCE, 15 epochs, α 6",
    ]


def test_no_table_of_means_stands_twice() -> None:
    """Where all factors are combined, each factor's table would be that of all trainings."""
    whole = results_of(study_of({"loss.mask": ["dice", "bce"], "balancing.alpha": [0.6, 6.0]}))
    assert [t.name for t in mean_tables(whole, beside_published=False)] == ["means"]


def test_patients_of_each_fold_are_named() -> None:
    """As in table I: training sets by the folds that test them, test sets by their patients."""
    found = results_of(study_of({}, folds={"count": 3, "only": ["A", "C"]}), people=4)
    assert patients_table(found).rows == (
        ("fold A", "the test patients of B and C", "nobody", "A0 to A3"),
        ("fold C", "the test patients of A and B", "nobody", "C0 to C3"),
    )


def test_patients_of_folds_made_by_hand_are_named_one_by_one() -> None:
    found = results_of(study_of({}, folds={"count": 3, "only": ["A"]}), people=2)
    fold = Fold("A", ("p10", "p2", "p1"), ("p5",), ("p3",))
    plan = replace(found.study.folds, folds={"A": fold, "B": replace(fold, name="B", test=("q",))})
    by_hand = replace(found, study=replace(found.study, folds=plan))
    assert patients_table(by_hand).rows == (("fold A", "p1, p2, p10", "p5", "p3"),)


def test_a_class_that_nobody_trains_is_named_below_the_folds(tmp_path: Path) -> None:
    found = results_of(study_of({}))
    records = [
        record(name, patient=name, pattern="golgi" if name == "A0" else "homogeneous")
        for fold in found.study.folds.folds.values()
        for name in fold.test
    ]
    note = fold_table(found, write_cohort(tmp_path / "cohort", records, shape=(30, 30))).note
    assert "In fold A: no training patient has pattern 'golgi' (1 test patient)." in note
    assert "fold B" not in note


def test_a_factor_whose_values_have_no_partner_has_no_table() -> None:
    study = study_of(
        {},
        settings=[
            {"training.epochs": 2, "balancing.alpha": 0.6},
            {"training.epochs": 4, "balancing.alpha": 6.0},
        ],
    )
    assert [t.name for t in mean_tables(results_of(study), beside_published=False)] == ["means"]
    # Nor has one whose partner is not done.
    alone = results_of(
        study_of({"loss.mask": ["dice", "bce"]}),
        lambda t, fold: Skill() if t.changes["loss.mask"] == "bce" else None,
    )
    assert [t.name for t in mean_tables(alone, beside_published=False)] == ["means"]


# The published figures

# Printed otherwise than the mean of their folds: intensity of Dice and of BCE, 30 epochs, α 0.6,
# is 0.823 and 0.832 in table XI, while the folds of tables II and III give 0.8296 and 0.8382.
PRINTED_OTHERWISE = {"Dice, 30 epochs, α 0.6": 0.8296, "BCE, 30 epochs, α 0.6": 0.8382}


@pytest.mark.parametrize("task", TASK_NAMES)
@pytest.mark.parametrize("training", PAPER.trainings(), ids=lambda training: training.slug)
def test_published_means_are_those_of_the_published_folds(training: Training, task: str) -> None:
    published = published_like(training)
    assert published is not None
    folds, printed = published.accuracies[task], published.means[task]
    assert list(folds) == ["A", "B", "C", "D", "E"]
    mean = np.mean(list(folds.values()))
    if task == "intensity" and training.label in PRINTED_OTHERWISE:
        assert mean == pytest.approx(PRINTED_OTHERWISE[training.label])
        assert abs(mean - printed) > 0.005
    else:  # rounded or cut off after the third digit
        assert mean == pytest.approx(printed, abs=0.0011)


def test_losses_were_published_of_one_run() -> None:
    published = {training.label: published_like(training) for training in PAPER.trainings()}
    losses = {label: figures.losses for label, figures in published.items() if figures}
    epochs = {
        label: {f: len(rows) for f, rows in by_fold.items()}
        for label, by_fold in losses.items()
        if by_fold
    }
    assert epochs == {"Dice, 15 epochs, α 6": {"A": 15}}


@pytest.mark.parametrize(
    "changes",
    [
        {"loss.mask": "dice", "training.epochs": 30, "balancing.alpha": 6.0},
        {"loss.mask": "dice", "training.epochs": 30},
        {"loss.mask": "dice", "training.epochs": 30, "balancing.alpha": 0.6, "network.head": "x"},
        {},
    ],
)
def test_other_trainings_were_not_published(changes: dict[str, object]) -> None:
    assert published_like(Training(changes)) is None


def test_with_another_seed_it_is_the_same_training() -> None:
    changes = {"training.seed": 1, "loss.mask": "bce", "training.epochs": 15}
    published = published_like(Training({**changes, "balancing.alpha": 6.0}))
    assert published is not None
    assert published.means == {"mask": 0.952, "pattern": 0.279, "intensity": 0.621}


def test_published_accuracies_stand_below_ours(paper: Results) -> None:
    each = paper.trainings[-1]
    table = fold_accuracy_table(paper, each, beside_published=True)
    assert each.training.label == "BCE, 15 epochs, α 6"
    assert labels(table) == [head for task in TASK_NAMES for head in (task, f"{task}, published")]
    assert table.rows[3] == ("pattern, published", 0.156, 0.04, 0.819, 0.16, 0.22, 0.279)
    assert "published" in table.note
    alone = fold_accuracy_table(paper, each, beside_published=False)
    assert labels(alone) == [*TASK_NAMES]
    assert "ublished" not in alone.note
    assert table.rows[::2] == alone.rows


def test_published_means_stand_beside_ours(paper: Results) -> None:
    for beside, alone in zip(
        mean_tables(paper, beside_published=True),
        mean_tables(paper, beside_published=False),
        strict=True,
    ):
        assert beside.columns == (*alone.columns, *(f"{task}, published" for task in TASK_NAMES))
        assert [row[:5] for row in beside.rows] == [*alone.rows]
        assert not any("published" in name for name in alone.columns)
    first = next(mean_tables(paper, beside_published=True)).rows[0]
    assert first[5:] == (0.970, 0.809, 0.823)


def test_what_was_not_published_is_left_empty() -> None:
    found = results_of(study_of({"loss.mask": ["dice", "bce"]}))
    table = next(mean_tables(found, beside_published=True))
    assert [row[5:] for row in table.rows] == [(None, None, None)] * 2
    accuracies = fold_accuracy_table(found, found.trainings[0], beside_published=True)
    assert labels(accuracies) == [*TASK_NAMES]


def test_published_losses_stand_beside_those_of_the_same_run(paper: Results) -> None:
    exploded = next(t for t in paper.trainings if t.training.label == "Dice, 15 epochs, α 6")
    table = loss_table(exploded, "A", beside_published=True)
    assert table.columns[-3:] == tuple(f"{task} loss, published" for task in TASK_NAMES)
    assert table.rows[13][-3:] == (0.155, 241367.0, 0.693)
    for training, fold, beside in (
        (exploded, "B", True),
        (paper.trainings[0], "A", True),
        (exploded, "A", False),
    ):
        other = loss_table(training, fold, beside_published=beside)
        assert not any("published" in name for name in other.columns)


# Losses, weights, cost


def test_losses_are_those_of_the_history(results: Results) -> None:
    for each in results.trainings:
        for fold, run in each.folds.items():
            table = loss_table(each, fold, beside_published=False)
            written = pd.read_csv(results.study.layout.run(run.run.name) / "history.csv")
            losses = [
                f"{part}_loss_{task}" for part in ("train", "validation") for task in TASK_NAMES
            ]
            heads = [f"{task} loss{end}" for end in ("", ", validation") for task in TASK_NAMES]
            assert table.columns == ("epoch", *heads)
            assert len(table.rows) == 4
            assert np.array(table.rows) == pytest.approx(written[["epoch", *losses]].to_numpy())
            assert each.training.label.split(",")[0] in table.note


def test_losses_without_validation(paper: Results) -> None:
    table = loss_table(paper.trainings[0], "A", beside_published=False)
    assert table.columns == ("epoch", *(f"{task} loss" for task in TASK_NAMES))
    assert table.rows[3] == (4, 0.25, 0.25, 0.25)


def test_weights_after_the_last_epoch_and_the_lowest() -> None:
    by_fold = {"A": {"mask": [0.5, 2.0], "pattern": [1.0, -0.5]}, "B": {"mask": [0.25, 1.0]}}
    found = results_of(study_of({}), weights=lambda training, fold: by_fold[fold])
    table = weight_table(found)
    assert table.rows == (("as the preset", 1.5, 0.25, 0.25, -0.5, 1.0, 1.0, 1),)


def test_cost_by_hand() -> None:
    """Two epochs of 30 seconds are a minute; of two folds, two."""
    found = results_of(study_of({"loss.mask": ["dice", "bce"]}, changes={"training.epochs": 2}))
    table = cost_table(found)
    assert table.rows == (("Dice", 2, 1.0, 2.0, 20.0), ("BCE", 2, 1.0, 2.0, 20.0))
    assert table.note.endswith("On made up, 1 thread of 2 cores.")


def test_machines_are_each_named_once() -> None:
    found = results_of(study_of({}))
    (each,) = found.trainings
    other = replace(
        each.folds["B"], hardware=each.folds["B"].hardware.model_copy(update={"gpu": "a GPU"})
    )
    mixed = replace(found, trainings=(replace(each, folds={**each.folds, "B": other}),))
    assert cost_table(mixed).note.endswith("On made up, 1 thread of 2 cores; a GPU, made up.")


# Measures with intervals


def test_measures_have_a_table_a_task(results: Results) -> None:
    comparisons = Comparisons(results, "specimen")
    tables = {table.name: table for table in measure_tables(comparisons)}
    assert [*tables] == [f"{task}-by-specimen" for task in TASK_NAMES]
    assert tables["mask-by-specimen"].columns[2:] == ("pixel accuracy", "Dice", "IoU")
    assert tables["pattern-by-specimen"].columns[2:] == (
        "accuracy",
        "mean class accuracy",
        "macro F1",
    )
    assert tables["intensity-by-specimen"].columns[2:] == (
        "accuracy",
        "balanced accuracy",
        "AUROC",
    )
    assert [row[1] for row in tables["mask-by-specimen"].rows] == [12, 12]  # all patients
    last = tables["intensity-by-specimen"].rows[1]
    expected = comparisons.interval(results.trainings[1], comparisons.measure("intensity.auroc"))
    assert last[-1] == expected


def test_every_two_trainings_stand_in_the_comparison(results: Results) -> None:
    comparisons = Comparisons(results, "patch")
    table = comparison_table(comparisons)
    (row,) = table.rows
    dice, bce = results.trainings
    assert row[:2] == (dice.training.label, bce.training.label)
    compared = (
        "mask.pixel_accuracy",
        "mask.dice",
        "pattern.accuracy",
        "intensity.accuracy",
        "intensity.auroc",
    )
    assert row[2:] == tuple(
        comparisons.difference(dice, bce, comparisons.measure(key)) for key in compared
    )
    assert all(isinstance(cell, Interval) for cell in row[2:])


# Calibration


def one_training(patches: pd.DataFrame) -> Results:
    """Return results with one training, whose folds together have these patches."""
    found = results_of(study_of({}))
    (each,) = found.trainings
    halves = {"A": patches.iloc[::2], "B": patches.iloc[1::2]}
    folds = {fold: replace(each.folds[fold], patches=part) for fold, part in halves.items()}
    return replace(found, trainings=(replace(each, folds=folds),))


def patches_of(**columns: list[object]) -> pd.DataFrame:
    """Return patches of one patient with these columns."""
    table = pd.DataFrame(columns)
    return table.assign(patient="p", pattern=table.get("pattern"), intensity=table.get("intensity"))


def test_calibration_by_hand() -> None:
    """Confidences 0.9, 0.8, 0.7, right, wrong, right; a row without a label is left out."""
    patches = patches_of(
        p_pattern_homogeneous=[0.9, 0.2, 0.7, 0.6],
        p_pattern_nucleolar=[0.1, 0.8, 0.3, 0.4],
        p_above_intermediate=[0.95, 0.2, 0.45, 0.6],
        pattern=["homogeneous", "homogeneous", "homogeneous", None],
        intensity=["positive", "intermediate", "positive", None],
    )
    found = one_training(patches)
    pattern = calibrated(PATTERN, found)
    assert pattern.n == 3
    assert pattern.error == pytest.approx((0.1 + 0.8 + 0.3) / 3)
    intensity = calibrated(INTENSITY, found)
    # Level by level: positive at 0.95, right; intermediate at 0.8, right, and at 0.55, wrong.
    assert intensity.n == 3
    assert intensity.error == pytest.approx((0.05 + 0.2 + 0.55) / 3)


def test_calibration_of_three_levels() -> None:
    """The confidence is the probability of the level that is told, 0 where outputs cross."""
    patches = patches_of(
        p_above_negative=[0.9, 0.9, 0.3, 0.4],
        p_above_intermediate=[0.7, 0.2, 0.1, 0.6],
        p_pattern_homogeneous=[1.0] * 4,
        p_pattern_nucleolar=[0.0] * 4,
        intensity=["positive", "intermediate", "intermediate", "positive"],
    )
    found = replace(
        one_training(patches),
        vocabulary=Vocabulary(
            WORDS.patterns, IntensityScale(("negative", "intermediate", "positive"))
        ),
    )
    expected = calibration(
        np.array([0.7, 0.9 - 0.2, 1 - 0.3, 0.0]), np.array([True, True, False, False])
    )
    got = calibrated(INTENSITY, found)
    assert got.n == 4
    assert got.error == pytest.approx(expected.error)
    assert got.counts.tolist() == expected.counts.tolist()
    assert got.confidence == pytest.approx(expected.confidence, nan_ok=True)


def test_calibration_table_has_both_tasks_at_two_levels(results: Results) -> None:
    table = calibration_table(results)
    for row, each in zip(table.rows, results.trainings, strict=True):
        assert len(set(row[:4])) == 4  # no number stands for another
        assert row == (
            each.training.label,
            PATTERN.answers(each.table("patch"), results.vocabulary).calibration.error,
            PATTERN.answers(each.table("specimen"), results.vocabulary).calibration.error,
            INTENSITY.answers(each.table("patch"), results.vocabulary).calibration.error,
            INTENSITY.answers(each.table("specimen"), results.vocabulary).calibration.error,
        )
        patches = each.table("patch")
        probabilities = patches[["p_pattern_homogeneous", "p_pattern_nucleolar"]]
        right = probabilities.idxmax(axis=1) == "p_pattern_" + patches["pattern"]
        assert row[1] == pytest.approx(
            calibration(probabilities.max(axis=1).to_numpy(), right.to_numpy()).error
        )


@pytest.mark.parametrize("task", [PATTERN, INTENSITY])
def test_a_labelled_row_that_is_not_finite_leaves_calibration_undefined(task: LabelTask) -> None:
    patches = patches_of(
        p_pattern_homogeneous=[0.9, np.nan],
        p_pattern_nucleolar=[0.1, 0.8],
        p_above_intermediate=[0.95, np.nan],
        pattern=["homogeneous", "homogeneous"],
        intensity=["positive", "positive"],
    )
    found = one_training(patches)
    assert np.isnan(calibrated(task, found).error)
    patches.loc[1, ["pattern", "intensity"]] = None
    unlabelled = one_training(patches)
    assert calibrated(task, unlabelled).n == 1


# The data


def test_folds_are_counted(results: Results) -> None:
    cohort = results.study.open_cohort()
    table = fold_table(results, cohort)
    counted = {(r["fold"], r["set"]): r for r in count_folds(results.study.folds, cohort.fields)}
    assert labels(table) == ["fold A", "fold B"]
    for row, fold in zip(table.rows, "AB", strict=True):
        sets = [counted[fold, part] for part in ("train", "validation", "test")]
        assert row[1:4] == tuple(each["patients"] for each in sets)
        assert row[4:7] == tuple(each["fields"] for each in sets)
        assert sum(each["patients"] for each in sets) == 12
        assert row[7] == len(results.trainings[0].folds[fold].patches)


def test_patches_of_a_fold_that_nobody_tested_are_not_known(results: Results) -> None:
    one = replace(
        results,
        trainings=tuple(replace(each, folds={"B": each.folds["B"]}) for each in results.trainings),
    )
    table = fold_table(one, results.study.open_cohort())
    assert [row[7] is None for row in table.rows] == [True, False]


def test_classes_are_counted(tmp_path: Path) -> None:
    records = [
        record("a-0", patient="a", pattern="homogeneous", intensity="positive"),
        record("a-1", patient="a", pattern="homogeneous", intensity="intermediate"),
        record("b-0", patient="b", pattern="speckled", intensity="positive"),
        record("c-0", patient="c", pattern="homogeneous", intensity=None),
        record("d-0", patient="d", pattern=None, intensity="positive"),
    ]
    summary = summarise(write_cohort(tmp_path / "cohort", records, shape=(40, 40)))
    patterns, intensities = class_tables(summary)
    assert patterns.columns == ("pattern", "ICAP", "patients", "fields", "share of fields")
    assert patterns.rows == (
        ("homogeneous", "AC-1", 2, 3, 3 / 4),
        ("speckled", "AC-2, AC-4, AC-5, AC-29 to AC-31", 1, 1, 1 / 4),
    )
    assert intensities.columns == ("intensity", "patients", "fields", "share of fields")
    assert intensities.rows == (("intermediate", 1, 1, 1 / 4), ("positive", 3, 3, 3 / 4))


def test_published_counts_of_patches_stand_beside_those_found(tmp_path: Path) -> None:
    records = [
        record(f"{n}", patient=f"{n}", pattern=p) for n, p in enumerate(("golgi", "homogeneous"))
    ]
    whole = replace(
        summarise(write_cohort(tmp_path / "cohort", records, shape=(40, 40))),
        published=(
            Comparison("patients", 252, 252),
            Comparison("patches, pattern golgi", 600, 585),
            Comparison("patches, intensity positive", 6600, 6600),
        ),
    )
    patterns, intensities = class_tables(whole)
    assert patterns.columns[-2:] == ("patches", "patches, published")
    assert {row[0]: row[-2:] for row in patterns.rows}["golgi"] == (585, 600)
    assert [row[-2:] for row in patterns.rows if row[0] != "golgi"] == [(None, None)]
    assert intensities.rows[0][-2:] == (6600, 6600)


def test_a_cohort_without_intensities_has_an_empty_table(tmp_path: Path) -> None:
    records = [record("a", patient="a", intensity=None)]
    summary = summarise(write_cohort(tmp_path / "cohort", records, shape=(40, 40)))
    patterns, intensities = class_tables(summary)
    assert (len(patterns.rows), intensities.rows) == (1, ())


def test_people_of_the_made_up_folds() -> None:
    """What means over folds rest on: folds of as many patients."""
    found = results_of(study_of({}))
    assert [len(run.fields) for run in found.runs] == [PEOPLE, PEOPLE]
