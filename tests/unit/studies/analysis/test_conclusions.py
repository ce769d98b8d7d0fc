"""What is concluded from results whose answer is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anascope.metrics import Interval
from anascope.studies import Study, Training
from anascope.studies.analysis import (
    Comparisons,
    Conclusion,
    Results,
    RunResults,
    WeightLost,
    conclusions,
)
from anascope.words import TASK_NAMES
from tests.unit.studies.analysis.made_up import Skill, results_of, study_of

LOSSES = study_of({"loss.mask": ["dice", "bce"]})
ALPHAS = study_of({"balancing.alpha": [0.6, 0.06, 6.0]})
GOOD, MIDDLING, BAD = Skill(0.96, 1.0, 1.0), Skill(0.9, 0.75, 0.75), Skill(0.8, 0.25, 0.25)
PEOPLE = 50  # in each of two folds: so many that differences are clear where all are alike
MISSED = 1 - 0.025 ** (1 / (2 * PEOPLE))  # share of other patients that would not have shown
# Good and bad take turns over the patients, the one the other way round than the other.
THIS_WAY, THAT_WAY = (
    Skill((0.9, 0.8), (1.0, 0.5), (1.0, 0.5)),
    Skill((0.8, 0.9), (0.5, 1.0), (0.5, 1.0)),
)


def conclusions_of(results: Results) -> list[Conclusion]:
    return list(conclusions(Comparisons(results, "patch")))


def of_kind(results: Results, kind: str) -> list[Conclusion]:
    return [each for each in conclusions_of(results) if each.kind == kind]


def about(results: Results, kind: str, subject: str = "") -> Conclusion:
    """Return the one conclusion of a kind, on the task or the factor that is named."""
    (found,) = [each for each in of_kind(results, kind) if subject in ("", each.subject)]
    return found


def interval(found: Conclusion, name: str) -> tuple[float, float, float]:
    """Return estimate, low and high of a figure that decides, to the digits that are shown."""
    figure = found.figures[name]
    assert isinstance(figure, Interval)
    return round(figure.estimate, 3), round(figure.low, 3), round(figure.high, 3)


def alike(estimate: float, lowest: float) -> tuple[float, float, float]:
    """Return the interval of patients that all say the same, as :func:`interval` does."""
    low, high = estimate - (estimate - lowest) * MISSED, estimate + (1 - estimate) * MISSED
    return round(estimate, 3), round(low, 3), round(high, 3)


def by_value(study: Study, skills: Mapping[Any, Skill], people: int = PEOPLE) -> Results:
    """Return results in which the one factor's value alone decides."""
    return results_of(study, lambda training, fold: skills[_value(training)], people=people)


def _value(training: Training) -> object:
    (value,) = training.changes.values()
    return value


@pytest.mark.parametrize(("task", "reached"), [("mask", 0.96), ("pattern", 1), ("intensity", 1)])
def test_the_one_that_is_clearly_best_is_named(task: str, reached: float) -> None:
    results = by_value(ALPHAS, {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD})
    found = about(results, "best", task)
    assert (found.value, found.reference, found.verdict) == ("α 0.06", "α 0.6", "clear")
    assert found.better == ("α 0.6", "α 6")
    assert interval(found, "α 0.06") == alike(reached, 0)
    lead, low, _ = interval(found, "α 0.6")
    assert 0 < low <= lead < 1


def test_other_data_name_another_one() -> None:
    skills = {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD}
    turned = {0.6: BAD, 0.06: MIDDLING, 6.0: GOOD}
    one, other = (about(by_value(ALPHAS, each), "best", "pattern") for each in (skills, turned))
    assert (one.value, one.reference) == ("α 0.06", "α 0.6")
    assert interval(one, "α 0.06") == alike(1, 0)
    assert (other.value, other.reference) == ("α 6", "α 0.06")
    assert interval(other, "α 6") == alike(1, 0)
    assert interval(other, "α 0.06")[0] == 0.25


def test_a_lead_within_chance_is_open() -> None:
    ahead = replace(THAT_WAY, pattern=(0.75, 1.0))
    found = about(by_value(LOSSES, {"dice": THIS_WAY, "bce": ahead}, 8), "best", "pattern")
    assert (found.value, found.reference, found.verdict) == ("BCE", "Dice", "open")
    assert found.better == ()
    assert interval(found, "BCE")[0] == 0.875
    lead, low, high = interval(found, "Dice")
    assert lead == 0.125
    assert low < 0 < high


def test_of_two_trainings_the_other_is_not_counted() -> None:
    found = about(by_value(LOSSES, {"dice": GOOD, "bce": BAD}), "best", "pattern")
    assert found.better == (found.reference,) == ("BCE",)
    assert interval(found, "BCE") == alike(0.75, -1)
    assert "others" not in found.detail


def test_ahead_of_some_but_not_of_the_second() -> None:
    skills: dict[float, Skill] = {0.6: THIS_WAY, 0.06: THAT_WAY, 6.0: BAD}
    found = about(by_value(ALPHAS, skills), "best", "pattern")
    assert found.verdict == "open"
    assert found.better == ("α 6",)


def test_equal_trainings_cannot_be_told_apart() -> None:
    found = about(by_value(LOSSES, {"dice": THIS_WAY, "bce": THIS_WAY}), "effect", "loss.mask")
    assert (found.value, found.reference, found.verdict) == ("BCE", "Dice", "open")
    assert (found.better, found.worse, found.undecided) == ((), (), TASK_NAMES)
    assert {task: interval(found, task) for task in found.figures} == dict.fromkeys(
        TASK_NAMES, alike(0, -1)
    )


def test_a_difference_that_only_some_patients_show_is_open() -> None:
    found = about(by_value(LOSSES, {"dice": THIS_WAY, "bce": THAT_WAY}), "effect", "loss.mask")
    assert (found.better, found.worse, found.undecided) == ((), (), TASK_NAMES)


@pytest.mark.parametrize(
    ("dice", "bce", "better", "worse"),
    [
        (BAD, GOOD, "mask pattern intensity", ""),
        (GOOD, BAD, "", "mask pattern intensity"),
        (THIS_WAY, replace(THIS_WAY, pattern=0.25), "", "pattern"),
        (THIS_WAY, replace(THIS_WAY, pattern=1.0, mask=0.95), "mask pattern", ""),
        (MIDDLING, Skill(0.8, 1.0, 1.0), "pattern intensity", "mask"),
    ],
)
def test_the_direction_of_an_effect(dice: Skill, bce: Skill, better: str, worse: str) -> None:
    found = about(by_value(LOSSES, {"dice": dice, "bce": bce}), "effect", "loss.mask")
    assert (found.value, found.reference, found.verdict) == ("BCE", "Dice", "clear")
    assert (found.better, found.worse) == (tuple(better.split()), tuple(worse.split()))
    assert {*found.better, *found.worse, *found.undecided} == {*TASK_NAMES}
    assert len(found.better + found.worse + found.undecided) == len(TASK_NAMES)


def test_figures_of_an_effect_have_their_sign() -> None:
    skills = {"dice": MIDDLING, "bce": Skill(0.8, 1.0, 0.75)}
    found = about(by_value(LOSSES, skills), "effect", "loss.mask")
    assert {task: interval(found, task) for task in found.figures} == {
        "mask": alike(-0.1, -1),
        "pattern": alike(0.25, -1),
        "intensity": alike(0, -1),
    }


def test_every_value_is_compared_with_the_first() -> None:
    results = by_value(ALPHAS, {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD})
    found = of_kind(results, "effect")
    assert [(each.subject, each.value, each.reference) for each in found] == [
        ("balancing.alpha", "α 0.06", "α 0.6"),
        ("balancing.alpha", "α 6", "α 0.6"),
    ]
    assert [(each.better, each.worse) for each in found] == [(TASK_NAMES, ()), ((), TASK_NAMES)]


def test_values_that_have_no_partner_are_passed_over() -> None:
    study = study_of(
        {},
        settings=[
            {"training.epochs": 2, "balancing.alpha": 0.6},
            {"training.epochs": 4, "balancing.alpha": 6.0},
        ],
    )
    assert of_kind(results_of(study), "best")
    assert of_kind(results_of(study), "effect") == []


def test_values_that_no_patient_saw_both_of_are_passed_over() -> None:
    apart = results_of(
        LOSSES, lambda t, fold: GOOD if (fold == "A") == (_value(t) == "dice") else None
    )
    assert of_kind(apart, "effect") == []


def test_intensity_told_better_than_chance() -> None:
    found = about(by_value(ALPHAS, {0.6: GOOD, 0.06: GOOD, 6.0: GOOD}), "chance")
    labels = ("α 0.6", "α 0.06", "α 6")
    assert (found.better, found.undecided, found.verdict) == (labels, (), "clear")
    assert {name: interval(found, name) for name in found.figures} == dict.fromkeys(
        labels, alike(1, 0)
    )


@pytest.mark.parametrize(
    ("skills", "better", "guessed"),
    [
        ((GOOD, THIS_WAY, Skill(intensity=0.5)), ("α 0.6", "α 0.06"), ("α 6",)),
        ((GOOD, BAD, Skill(intensity=0.5)), ("α 0.6",), ("α 0.06", "α 6")),
    ],
)
def test_guesses_at_the_intensity_are_named(
    skills: Sequence[Skill], better: tuple[str, ...], guessed: tuple[str, ...]
) -> None:
    results = by_value(ALPHAS, dict(zip((0.6, 0.06, 6.0), skills, strict=True)))
    found = about(results, "chance")
    assert (found.better, found.undecided, found.verdict) == (better, guessed, "open")
    assert interval(found, "α 6")[0] == 0.5
    assert [label in found.detail for label in (*better, *guessed)] == [
        *(False for _ in better),
        *(True for _ in guessed),
    ]


def test_a_lead_over_chance_that_is_within_chance_is_none() -> None:
    """Half the patients are told right, of the others a quarter of the patches."""
    skills = {"dice": GOOD, "bce": Skill(intensity=(1.0, 0.25))}
    found = about(by_value(LOSSES, skills, 8), "chance")
    assert (found.better, found.undecided) == (("Dice",), ("BCE",))
    area, low, _ = interval(found, "BCE")
    assert low < 0.5 < area


Lost = Mapping[tuple[object, str], Mapping[str, Sequence[float]]]


def with_weights(study: Study, lost: Lost) -> Results:
    """Return results with these balance weights by value of the factor and fold."""
    return results_of(study, weights=lambda training, fold: lost.get((_value(training), fold), {}))


def test_no_weight_fell_to_zero() -> None:
    found = about(with_weights(LOSSES, {("bce", "B"): {"mask": [0.5, 0.001]}}), "weights")
    assert (found.worse, found.figures, found.backwards) == ((), {}, False)
    assert found.verdict == "clear"


def test_a_weight_at_or_below_zero_is_named() -> None:
    lost: Lost = {
        ("dice", "A"): {"pattern": [0.4, 0.1, -0.2, 0.5]},
        ("dice", "B"): {"pattern": [0.4, 0.0, -0.2]},
        ("bce", "B"): {"intensity": [-1.0, 0.3]},
    }
    found = about(with_weights(LOSSES, lost), "weights")
    assert found.backwards
    assert found.worse == ("Dice", "BCE")
    assert found.figures == {
        "Dice": WeightLost(2, 2, ("pattern",)),
        "BCE": WeightLost(1, 1, ("intensity",)),
    }


def test_a_task_whose_weight_is_zero_is_left_out_and_not_trained_backwards() -> None:
    found = about(with_weights(LOSSES, {("bce", "A"): {"pattern": [0.4, 0.0]}}), "weights")
    assert found.figures == {"BCE": WeightLost(1, 2, ("pattern",))}
    assert not found.backwards


def test_the_tasks_are_those_whose_weight_fell_first() -> None:
    lost: Lost = {
        ("dice", "A"): {"pattern": [0.4, 0.1, -0.2]},
        ("dice", "B"): {"mask": [-0.1, 0.3], "intensity": [0.0, 0.3]},
    }
    found = about(with_weights(LOSSES, lost), "weights")
    assert found.figures == {"Dice": WeightLost(2, 1, ("mask", "intensity"))}


def without_fold_b() -> Results:
    """Return results of four runs of which two are missing, one with a reason of its own."""
    results = results_of(LOSSES, lambda t, fold: None if fold == "B" else GOOD)
    names = [run.name for run in results.study.runs if run.fold == "B"]
    return replace(results, unfinished={names[0]: "no room on disk", names[1]: "not done yet"})


def test_runs_that_are_missing_are_named_with_the_reason() -> None:
    results = without_fold_b()
    found = about(results, "missing")
    assert found.undecided == tuple(run.name for run in results.study.runs if run.fold == "B")
    assert found.verdict == "open"
    for name, reason in results.unfinished.items():
        assert f"`{name}`: {reason}" in found.detail


def test_one_run_that_is_missing() -> None:
    results = results_of(
        LOSSES, lambda t, fold: None if (fold, _value(t)) == ("B", "bce") else GOOD
    )
    assert len(about(results, "missing").undecided) == 1


def seven_missing() -> Results:
    """Return results of eight runs of which one is done."""
    study = study_of({"training.epochs": [1, 2, 3, 4]})
    return results_of(study, lambda t, fold: GOOD if (fold, _value(t)) == ("A", 1) else None)


def test_of_many_missing_runs_five_are_named() -> None:
    found = about(seven_missing(), "missing")
    assert len(found.undecided) == 7
    assert [f"`{name}`" in found.detail for name in found.undecided] == [True] * 5 + [False] * 2


def test_a_training_that_lacks_a_fold_is_not_the_best() -> None:
    results = results_of(
        ALPHAS,
        lambda t, fold: (
            None
            if (fold, _value(t)) == ("B", 6.0)
            else GOOD
            if _value(t) == 6.0
            else MIDDLING
            if _value(t) == 0.6
            else BAD
        ),
    )
    assert about(results, "best", "pattern").value == "α 0.6"


def test_one_training_has_no_rival() -> None:
    results = results_of(study_of({}))
    assert [each.kind for each in conclusions_of(results)] == ["chance", "weights"]
    assert [each.verdict for each in conclusions_of(results)] == ["clear", "clear"]


def without(results: Results, task: str) -> Results:
    """Return results in which nothing is known of a task."""
    return replace(
        results,
        trainings=tuple(
            replace(each, folds={f: _without(run, task) for f, run in each.folds.items()})
            for each in results.trainings
        ),
    )


def _without(run: RunResults, task: str) -> RunResults:
    gone = dict.fromkeys(("tp", "fp", "fn", "tn"), 0) if task == "mask" else {task: None}
    return replace(run, patches=run.patches.assign(**gone), fields=run.fields.assign(**gone))


@pytest.mark.parametrize("task", ["mask", "pattern", "intensity"])
def test_nothing_is_concluded_of_a_task_that_was_not_measured(task: str) -> None:
    results = without(by_value(LOSSES, {"dice": GOOD, "bce": BAD}), task)
    text = " ".join(f"{each.headline} {each.detail}" for each in conclusions_of(results))
    assert "–" not in text.replace("−", "")
    assert task not in [each.subject for each in of_kind(results, "best")]
    assert task not in [each.subject for each in of_kind(results, "chance")]
    effect = about(results, "effect", "loss.mask")
    assert task not in (*effect.better, *effect.worse, *effect.undecided, *effect.figures)
    assert task not in effect.headline.removeprefix("Mask loss")


def test_a_training_that_could_not_be_measured_is_not_the_best_nor_the_second() -> None:
    results = by_value(ALPHAS, {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD})
    broken = replace(
        results.trainings[1],
        folds={
            fold: replace(run, patches=run.patches.assign(p_pattern_nucleolar=np.nan))
            for fold, run in results.trainings[1].folds.items()
        },
    )
    trainings = (results.trainings[0], broken, results.trainings[2])
    found = about(replace(results, trainings=trainings), "best", "pattern")
    assert (found.value, found.reference) == ("α 0.6", "α 6")
    assert interval(found, "α 0.6") == alike(0.75, 0)
    assert interval(found, "α 6")[0] == 0.5


# The wording, once: the tests above leave it free.

WORDING = Path(__file__).with_name("conclusions.txt")


def wording() -> str:
    """Return every kind of sentence, of studies that are made up."""
    alphas = by_value(ALPHAS, {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD})
    ahead = replace(THAT_WAY, pattern=(0.75, 1.0))
    one_run = study_of({}, folds={"count": 2, "only": ["A"]})
    lost: Lost = {
        ("dice", "A"): {"pattern": [0.4, 0.1, -0.2, 0.5]},
        ("dice", "B"): {"mask": [-0.1, 0.3], "intensity": [0.0, 0.3]},
        ("bce", "B"): {"intensity": [-1.0, 0.3]},
    }
    studies = {
        "one value is best, one worst": alphas,
        "equal": by_value(LOSSES, {"dice": THIS_WAY, "bce": THIS_WAY}),
        "ahead within chance": by_value(LOSSES, {"dice": THIS_WAY, "bce": ahead}),
        "ahead of one of two": by_value(ALPHAS, {0.6: THIS_WAY, 0.06: THAT_WAY, 6.0: BAD}),
        "worse in one task": by_value(
            LOSSES, {"dice": THIS_WAY, "bce": replace(THIS_WAY, pattern=0.25)}
        ),
        "better in two tasks": by_value(
            LOSSES, {"dice": THIS_WAY, "bce": replace(THIS_WAY, pattern=1.0, mask=0.95)}
        ),
        "better and worse": by_value(LOSSES, {"dice": MIDDLING, "bce": Skill(0.8, 1.0, 0.75)}),
        "guesses": by_value(ALPHAS, {0.6: GOOD, 0.06: BAD, 6.0: Skill(intensity=0.5)}),
        "negative weights": with_weights(LOSSES, lost),
        "a weight of zero": with_weights(LOSSES, {("bce", "A"): {"pattern": [0.4, 0.0]}}),
        "one run": results_of(one_run),
        "one run, a negative weight": results_of(
            one_run, weights=lambda t, fold: {"mask": [0.1, -0.1]}
        ),
        "missing runs": without_fold_b(),
        "many missing runs": seven_missing(),
    }
    parts = [
        f"# {name}\n"
        + "".join(f"{c.verdict}: {c.headline}\n  {c.detail}\n" for c in conclusions_of(results))
        for name, results in studies.items()
    ]
    return "\n".join(parts)


def test_the_wording_is_as_it_was() -> None:
    """If another is meant: ``python -m tests.unit.studies.analysis.test_conclusions`` keeps it."""
    assert wording() == WORDING.read_text(encoding="utf-8")


if __name__ == "__main__":
    WORDING.write_text(wording(), encoding="utf-8")
