"""Intervals, differences and effects: over which patients, of which trainings, with what sign."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anascope.metrics import Interval, Jackknife
from anascope.studies import Training
from anascope.studies.analysis import (
    Comparisons,
    Results,
    TrainingResults,
)
from anascope.tasks import TASKS, Level, Measure, score
from tests.unit.studies.analysis.made_up import PEOPLE, WORDS, Skill, results_of, study_of

MEASURES = {each.key: each for task in TASKS for each in task.measures(WORDS)}
PATTERN = MEASURES["pattern.accuracy"]
ACCURACIES = [MEASURES["mask.pixel_accuracy"], PATTERN, MEASURES["intensity.accuracy"]]
GRID = study_of({"loss.mask": ["dice", "bce"], "training.epochs": [2, 4]})


def says(training: Training, fold: str) -> Skill:
    """Return skills that differ in every training and fold, and from patient to patient."""
    bce = training.changes["loss.mask"] == "bce"
    long = training.changes["training.epochs"] == 4
    return Skill(
        mask=(0.9 + 0.02 * bce, 0.8 + 0.04 * long, 0.86 + 0.02 * (fold == "B")),
        pattern=(0.5 + 0.25 * bce, 0.5, 0.25 + 0.5 * (bce and long)),
        intensity=(0.75, 0.5 + 0.25 * long - 0.25 * bce, 1.0),
    )


@pytest.fixture(scope="module")
def results() -> Results:
    return results_of(GRID, says)


@pytest.fixture(scope="module")
def comparisons(results: Results) -> Comparisons:
    return Comparisons(results, "patch")


def named(results: Results, label: str) -> TrainingResults:
    return next(each for each in results.trainings if each.training.label == label)


@pytest.mark.parametrize("level", ["patch", "field", "specimen"])
def test_an_estimate_is_the_score_of_all_folds_together(results: Results, level: Level) -> None:
    comparisons = Comparisons(results, level)
    for each in results.trainings:
        scores = score(each.table(level), WORDS)
        for measure in comparisons.measures:
            interval = comparisons.interval(each, measure)
            task, _, key = measure.key.partition(".")
            assert interval.estimate == pytest.approx(scores[task][key])
            assert interval.low <= interval.estimate <= interval.high


def test_the_interval_is_over_patients(comparisons: Comparisons) -> None:
    each = comparisons.results.trainings[0]
    table = each.table("patch")
    right = table["p_pattern_homogeneous"].gt(0.5) == table["pattern"].eq("homogeneous")
    by_patient = right.groupby(table["patient"]).agg(["sum", "count"]).to_numpy(float)
    expected = Jackknife.of(by_patient, lambda sums: sums[..., 0] / sums[..., 1]).interval()
    found = comparisons.interval(each, PATTERN)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.low < found.high


def test_difference_changes_its_sign_with_the_order(comparisons: Comparisons) -> None:
    for one, other in comparisons.all_pairs():
        for measure in comparisons.measures:
            there = comparisons.difference(one, other, measure)
            back = comparisons.difference(other, one, measure)
            assert there.estimate == -back.estimate
            assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_difference_is_that_of_the_estimates(comparisons: Comparisons) -> None:
    one, other = comparisons.results.trainings[:2]
    for measure in comparisons.measures:
        apart = [comparisons.interval(each, measure).estimate for each in (one, other)]
        found = comparisons.difference(one, other, measure)
        assert found.estimate == pytest.approx(apart[0] - apart[1])


def assert_nothing_differs(found: Interval, patients: int) -> None:
    """A patient in whom the two differ could be missed: 0 of n has an upper bound, by hand."""
    missed = 1 - 0.025 ** (1 / patients)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.0, -missed, missed))


def test_a_training_does_not_differ_from_itself(comparisons: Comparisons) -> None:
    each = comparisons.results.trainings[0]
    for measure in comparisons.measures:
        assert_nothing_differs(comparisons.difference(each, each, measure), 2 * PEOPLE)


def test_pairs_are_every_two_trainings(comparisons: Comparisons) -> None:
    named = [(a.training.label, b.training.label) for a, b in comparisons.all_pairs()]
    assert named == [
        ("Dice, 2 epochs", "Dice, 4 epochs"),
        ("Dice, 2 epochs", "BCE, 2 epochs"),
        ("Dice, 2 epochs", "BCE, 4 epochs"),
        ("Dice, 4 epochs", "BCE, 2 epochs"),
        ("Dice, 4 epochs", "BCE, 4 epochs"),
        ("BCE, 2 epochs", "BCE, 4 epochs"),
    ]


def test_only_patients_that_both_tested_are_compared() -> None:
    """Dice is worse in the fold that BCE lacks; where both are, they are alike."""
    study = study_of({"loss.mask": ["dice", "bce"]})

    def lacking(training: Training, fold: str) -> Skill | None:
        if fold == "A":
            return Skill(pattern=0.75)
        return Skill(pattern=0.25) if training.changes["loss.mask"] == "dice" else None

    comparisons = Comparisons(results_of(study, lacking), "patch")
    dice, bce = comparisons.results.trainings
    assert comparisons.patients([dice, bce]) == tuple(f"A{number}" for number in range(PEOPLE))
    assert comparisons.interval(dice, PATTERN).estimate == 0.5
    assert comparisons.interval(bce, PATTERN).estimate == 0.75
    found = comparisons.difference(dice, bce, PATTERN)
    assert_nothing_differs(found, PEOPLE)
    effect = comparisons.effect("loss.mask", "bce", "dice", PATTERN)
    assert (effect.patients, effect.interval.estimate) == (PEOPLE, 0.0)


def test_trainings_without_a_common_patient_cannot_be_compared() -> None:
    study = study_of({"loss.mask": ["dice", "bce"]})
    apart = results_of(
        study,
        lambda t, fold: Skill() if (fold == "A") == (t.changes["loss.mask"] == "dice") else None,
    )
    comparisons = Comparisons(apart, "patch")
    dice, bce = comparisons.results.trainings
    found = comparisons.difference(dice, bce, PATTERN)
    assert [math.isnan(value) for value in (found.estimate, found.low, found.high)] == [True] * 3
    assert not found.excludes_zero


@pytest.mark.parametrize("measure", ACCURACIES, ids=lambda measure: measure.key)
def test_an_effect_is_the_mean_over_matched_pairs(
    comparisons: Comparisons, measure: Measure
) -> None:
    results = comparisons.results
    task, _, key = measure.key.partition(".")

    def pooled(label: str) -> float:
        return float(score(named(results, label).table("patch"), WORDS)[task][key])

    effect = comparisons.effect("loss.mask", "bce", "dice", measure)
    by_hand = [
        pooled("BCE, 2 epochs") - pooled("Dice, 2 epochs"),
        pooled("BCE, 4 epochs") - pooled("Dice, 4 epochs"),
    ]
    assert (effect.factor, effect.value, effect.reference) == ("loss.mask", "bce", "dice")
    assert (effect.pairs, effect.patients) == (2, 2 * PEOPLE)
    assert effect.interval.estimate == pytest.approx(np.mean(by_hand))
    if measure is PATTERN:  # the pairs do not say the same
        assert by_hand[0] != pytest.approx(by_hand[1])
    assert effect.interval.low <= effect.interval.estimate <= effect.interval.high


def test_an_effect_turned_round_changes_its_sign(comparisons: Comparisons) -> None:
    there = comparisons.effect("training.epochs", 4, 2, PATTERN)
    back = comparisons.effect("training.epochs", 2, 4, PATTERN)
    assert there.interval.estimate == pytest.approx(-back.interval.estimate)
    assert there.interval.estimate > 0
    assert (there.pairs, back.pairs) == (2, 2)


def test_only_trainings_that_differ_in_that_factor_alone_are_pairs() -> None:
    """As in the published grid: 30 epochs with one α, three α with one number of epochs."""
    settings = ((4, 0.6), (2, 0.6), (2, 6.0))
    study = study_of(
        {"loss.mask": ["dice", "bce"]},
        settings=[{"training.epochs": e, "balancing.alpha": a} for e, a in settings],
    )

    def alpha_decides(training: Training, fold: str) -> Skill:
        return Skill(pattern=0.25 if training.changes["balancing.alpha"] == 6.0 else 0.75)

    comparisons = Comparisons(results_of(study, alpha_decides), "patch")
    alpha = comparisons.effect("balancing.alpha", 6.0, 0.6, PATTERN)
    assert (alpha.pairs, alpha.interval.estimate) == (2, -0.5)
    epochs = comparisons.effect("training.epochs", 2, 4, PATTERN)
    assert (epochs.pairs, epochs.interval.estimate) == (2, 0.0)  # α 6 has no part in it
    loss = comparisons.effect("loss.mask", "bce", "dice", PATTERN)
    assert (loss.pairs, loss.interval.estimate) == (3, 0.0)


def test_without_a_partner_there_is_no_effect() -> None:
    study = study_of(
        {},
        settings=[
            {"training.epochs": 2, "balancing.alpha": 0.6},
            {"training.epochs": 4, "balancing.alpha": 6.0},
        ],
    )
    effect = Comparisons(results_of(study), "patch").effect("training.epochs", 4, 2, PATTERN)
    assert (effect.pairs, effect.patients) == (0, 0)
    assert not effect.interval.defined


def test_what_is_measured_once_is_shared_by_all_comparisons(comparisons: Comparisons) -> None:
    """Asking twice, or in another order, changes nothing."""
    fresh = Comparisons(comparisons.results, "patch")
    one, other = comparisons.results.trainings[:2]
    last_first = [fresh.difference(one, other, m) for m in reversed(fresh.measures)][::-1]
    assert last_first == [comparisons.difference(one, other, m) for m in comparisons.measures]
