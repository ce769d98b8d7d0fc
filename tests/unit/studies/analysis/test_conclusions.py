"""What is concluded from results whose answer is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anascope.report import Finding
from anascope.studies import Study, Training
from anascope.studies.analysis import Comparisons, Results, RunResults, conclusions
from tests.unit.studies.analysis.made_up import Skill, results_of, study_of

LOSSES = study_of({"loss.mask": ["dice", "bce"]})
ALPHAS = study_of({"balancing.alpha": [0.6, 0.06, 6.0]})
GOOD, MIDDLING, BAD = Skill(0.96, 1.0, 1.0), Skill(0.9, 0.75, 0.75), Skill(0.8, 0.25, 0.25)
# Good and bad take turns over the patients, the one the other way round than the other.
THIS_WAY, THAT_WAY = (
    Skill((0.9, 0.8), (1.0, 0.5), (1.0, 0.5)),
    Skill((0.8, 0.9), (0.5, 1.0), (0.5, 1.0)),
)


def said(results: Results) -> list[Finding]:
    return list(conclusions(Comparisons(results, "patch")))


def about(results: Results, start: str) -> Finding:
    """Return the one finding whose headline begins so."""
    (found,) = [each for each in said(results) if each.headline.startswith(start)]
    return found


def by_value(study: Study, skills: Mapping[Any, Skill]) -> Results:
    """Return results in which the one factor's value alone decides."""
    return results_of(study, lambda training, fold: skills[_value(training)])


def _value(training: Training) -> object:
    (value,) = training.changes.values()
    return value


@pytest.mark.parametrize(
    ("start", "figure"),
    [
        ("Best mask pixel accuracy", "0.960 [0.960, 0.960]"),
        ("Best pattern accuracy", "1.000 [1.000, 1.000]"),
        ("Best intensity accuracy", "1.000 [1.000, 1.000]"),
    ],
)
def test_the_one_that_is_clearly_best_is_named(start: str, figure: str) -> None:
    results = by_value(ALPHAS, {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD})
    found = about(results, start)
    assert found.verdict == "clear"
    assert found.headline == f"{start}: **α 0.06** with {figure}."
    assert found.detail.startswith("Ahead of the second, α 0.6, by 0.")
    assert found.detail.endswith(
        "which leaves zero out. It is clearly better than 2 of the 2 others."
    )


def test_other_data_name_another_one() -> None:
    skills = {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD}
    turned = {0.6: BAD, 0.06: MIDDLING, 6.0: GOOD}
    one, other = by_value(ALPHAS, skills), by_value(ALPHAS, turned)
    start = "Best pattern accuracy"
    assert about(one, start).headline == f"{start}: **α 0.06** with 1.000 [1.000, 1.000]."
    assert about(other, start).headline == f"{start}: **α 6** with 1.000 [1.000, 1.000]."
    assert about(other, start).detail.startswith("Ahead of the second, α 0.06, by 0.250")


def test_a_lead_within_chance_is_open() -> None:
    ahead = replace(THAT_WAY, pattern=(0.75, 1.0))
    found = about(by_value(LOSSES, {"dice": THIS_WAY, "bce": ahead}), "Best pattern accuracy")
    assert found.verdict == "open"
    assert found.headline.startswith("Best pattern accuracy: **BCE** with 0.875 [")
    assert found.headline.endswith("], but its lead is within chance.")
    assert "by 0.125 [−" in found.detail
    assert "which includes zero." in found.detail


def test_of_two_trainings_the_other_is_not_counted() -> None:
    found = about(by_value(LOSSES, {"dice": GOOD, "bce": BAD}), "Best pattern accuracy")
    assert found.detail == (
        "Ahead of the second, BCE, by 0.750 [0.750, 0.750], which leaves zero out."
    )


def test_ahead_of_some_but_not_of_the_second() -> None:
    skills: dict[float, Skill] = {0.6: THIS_WAY, 0.06: THAT_WAY, 6.0: BAD}
    found = about(by_value(ALPHAS, skills), "Best pattern accuracy")
    assert found.verdict == "open"
    assert found.detail.endswith("It is clearly better than 1 of the 2 others.")


def test_equal_trainings_cannot_be_told_apart() -> None:
    found = about(by_value(LOSSES, {"dice": THIS_WAY, "bce": THIS_WAY}), "Mask loss")
    assert found.headline == "Mask loss: BCE and Dice cannot be told apart."
    assert found.verdict == "open"
    assert found.detail == (
        "Accuracy of BCE less that of Dice, mean over 1 pair of trainings that differ in nothing "
        "else and 16 patients: mask 0.000 [0.000, 0.000]; pattern 0.000 [0.000, 0.000]; "
        "intensity 0.000 [0.000, 0.000]."
    )


def test_a_difference_that_only_some_patients_show_is_open() -> None:
    found = about(by_value(LOSSES, {"dice": THIS_WAY, "bce": THAT_WAY}), "Mask loss")
    assert found.headline == "Mask loss: BCE and Dice cannot be told apart."


@pytest.mark.parametrize(
    ("dice", "bce", "headline"),
    [
        (BAD, GOOD, "**BCE** is better in mask, pattern and intensity than Dice."),
        (GOOD, BAD, "**BCE** is worse in mask, pattern and intensity than Dice."),
        (
            THIS_WAY,
            replace(THIS_WAY, pattern=0.25),
            "**BCE** is worse in pattern than Dice; mask and intensity are left open.",
        ),
        (
            THIS_WAY,
            replace(THIS_WAY, pattern=1.0, mask=0.95),
            "**BCE** is better in mask and pattern than Dice; intensity is left open.",
        ),
        (
            MIDDLING,
            Skill(0.8, 1.0, 1.0),
            "**BCE** is better in pattern and intensity and worse in mask than Dice.",
        ),
    ],
)
def test_the_direction_of_an_effect(dice: Skill, bce: Skill, headline: str) -> None:
    found = about(by_value(LOSSES, {"dice": dice, "bce": bce}), "Mask loss")
    assert found.headline == f"Mask loss: {headline}"
    assert found.verdict == "clear"


def test_figures_of_an_effect_have_their_sign() -> None:
    skills = {"dice": MIDDLING, "bce": Skill(0.8, 1.0, 0.75)}
    found = about(by_value(LOSSES, skills), "Mask loss")
    assert found.detail.endswith(
        "mask −0.100 [−0.100, −0.100]; pattern +0.250 [0.250, 0.250]; "
        "intensity 0.000 [0.000, 0.000]."
    )


def test_every_value_is_compared_with_the_first() -> None:
    results = by_value(ALPHAS, {0.6: MIDDLING, 0.06: GOOD, 6.0: BAD})
    headlines = [each.headline for each in said(results) if each.headline.startswith("α")]
    assert headlines == [
        "α: **α 0.06** is better in mask, pattern and intensity than α 0.6.",
        "α: **α 6** is worse in mask, pattern and intensity than α 0.6.",
    ]


def test_values_that_have_no_partner_are_passed_over() -> None:
    study = study_of(
        {},
        settings=[
            {"training.epochs": 2, "balancing.alpha": 0.6},
            {"training.epochs": 4, "balancing.alpha": 6.0},
        ],
    )
    headlines = [each.headline for each in said(results_of(study))]
    assert not any(line.startswith(("Epochs", "α")) for line in headlines)


def test_values_that_no_patient_saw_both_of_are_passed_over() -> None:
    apart = results_of(
        LOSSES, lambda t, fold: GOOD if (fold == "A") == (_value(t) == "dice") else None
    )
    assert not any(each.headline.startswith("Mask loss") for each in said(apart))


def test_intensity_told_better_than_chance() -> None:
    found = about(by_value(ALPHAS, {0.6: GOOD, 0.06: GOOD, 6.0: GOOD}), "Every training")
    assert found == Finding(
        "Every training tells the intensity better than chance.",
        "AUROC by patch over all folds: α 0.6: 1.000 [1.000, 1.000]; "
        "α 0.06: 1.000 [1.000, 1.000]; α 6: 1.000 [1.000, 1.000].",
        "clear",
    )


@pytest.mark.parametrize(
    ("skills", "count", "named"),
    [
        ((GOOD, THIS_WAY, Skill(intensity=0.5)), "1 of 3 trainings", ("α 6",)),
        ((GOOD, BAD, Skill(intensity=0.5)), "2 of 3 trainings", ("α 0.06", "α 6")),
    ],
)
def test_guesses_at_the_intensity_are_named(
    skills: Sequence[Skill], count: str, named: Sequence[str]
) -> None:
    results = by_value(ALPHAS, dict(zip((0.6, 0.06, 6.0), skills, strict=True)))
    found = about(results, count)
    assert found.headline == f"{count} cannot be told from guessing in intensity."
    assert found.verdict == "open"
    listed = found.detail.partition("lie below it: ")[2].rstrip(".").split("; ")
    assert tuple(each.partition(":")[0] for each in listed) == tuple(named)
    assert listed[-1].startswith("α 6: 0.500 [")


Lost = Mapping[tuple[object, str], Mapping[str, Sequence[float]]]


def test_a_lead_over_chance_that_is_within_chance_is_none() -> None:
    """Half the patients are told right, of the others a quarter of the patches."""
    found = about(by_value(LOSSES, {"dice": GOOD, "bce": Skill(intensity=(1.0, 0.25))}), "1 of 2")
    area, low = re.findall(r"BCE: ([\d.]+) \[([\d.]+)", found.detail)[0]
    assert float(low) < 0.5 < float(area)
    assert "Dice" not in found.detail


def with_weights(study: Study, lost: Lost) -> Results:
    """Return results with these balance weights by value of the factor and fold."""
    return results_of(study, weights=lambda training, fold: lost.get((_value(training), fold), {}))


def test_no_weight_fell_to_zero() -> None:
    found = about(with_weights(LOSSES, {("bce", "B"): {"mask": [0.5, 0.001]}}), "No balance weight")
    assert found.headline == "No balance weight fell to zero or below in any run."
    assert found.detail == "In all 4 runs every task was trained forwards throughout."
    assert found.verdict == "clear"


def test_a_weight_at_or_below_zero_is_named() -> None:
    lost: Lost = {
        ("dice", "A"): {"pattern": [0.4, 0.1, -0.2, 0.5]},
        ("dice", "B"): {"pattern": [0.4, 0.0, -0.2]},
        ("bce", "B"): {"intensity": [-1.0, 0.3]},
    }
    found = about(with_weights(LOSSES, lost), "In 3 of 4 runs")
    assert found.headline == (
        "In 3 of 4 runs a balance weight fell to zero or below, so that a task was trained "
        "backwards."
    )
    assert found.detail == (
        "Dice: 2 of 2 folds, first in epoch 2 (pattern); "
        "BCE: 1 of 2 folds, first in epoch 1 (intensity)."
    )


def test_a_task_whose_weight_is_zero_is_left_out_and_not_trained_backwards() -> None:
    found = about(with_weights(LOSSES, {("bce", "A"): {"pattern": [0.4, 0.0]}}), "In 1 of 4 runs")
    assert found.headline.endswith("fell to zero or below, so that a task was left out.")


def test_the_tasks_are_those_whose_weight_fell_first() -> None:
    lost: Lost = {
        ("dice", "A"): {"pattern": [0.4, 0.1, -0.2]},
        ("dice", "B"): {"mask": [-0.1, 0.3], "intensity": [0.0, 0.3]},
    }
    found = about(with_weights(LOSSES, lost), "In 2 of 4 runs")
    assert found.detail == "Dice: 2 of 2 folds, first in epoch 1 (mask and intensity)."


def test_runs_that_are_missing_are_named_with_the_reason() -> None:
    results = results_of(LOSSES, lambda t, fold: None if fold == "B" else GOOD)
    names = [run.name for run in results.study.runs if run.fold == "B"]
    results = replace(results, unfinished={names[0]: "no room on disk", names[1]: "not done yet"})
    found = about(results, "2 of 4 runs")
    assert found == Finding(
        "2 of 4 runs are missing here.",
        f"`{names[0]}`: no room on disk; `{names[1]}`: not done yet.",
        "open",
    )


def test_one_run_that_is_missing() -> None:
    results = results_of(
        LOSSES, lambda t, fold: None if (fold, _value(t)) == ("B", "bce") else GOOD
    )
    assert about(results, "1 of 4 runs").headline == "1 of 4 runs is missing here."


def test_of_many_missing_runs_five_are_named() -> None:
    study = study_of({"training.epochs": [1, 2, 3, 4]})
    results = results_of(study, lambda t, fold: GOOD if (fold, _value(t)) == ("A", 1) else None)
    found = about(results, "7 of 8 runs")
    assert found.detail.count("not done yet") == 5
    assert found.detail.endswith("; and 2 more.")


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
    assert about(results, "Best pattern").headline.startswith("Best pattern accuracy: **α 0.6**")


def test_one_training_has_no_rival() -> None:
    results = results_of(study_of({}))
    assert [each.headline for each in said(results)] == [
        "Every training tells the intensity better than chance.",
        "No balance weight fell to zero or below in any run.",
    ]


def test_one_run_is_spoken_of_in_the_singular() -> None:
    study = study_of({}, folds={"count": 2, "only": ["A"]})
    found = about(results_of(study), "No balance weight")
    assert found.detail == "In the one run every task was trained forwards throughout."
    lost = results_of(study, weights=lambda t, fold: {"mask": [0.1, -0.1]})
    assert about(lost, "In 1 of 1 run a balance weight").detail == (
        "as the preset: 1 of 1 fold, first in epoch 2 (mask)."
    )


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
    text = " ".join(f"{each.headline} {each.detail}" for each in said(results))
    assert "–" not in text.replace("−", "")
    assert f"Best {task}" not in text
    assert "guessing" not in text or task != "intensity"
    assert task not in about(results, "Mask loss").headline.removeprefix("Mask loss")


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
    found = about(replace(results, trainings=trainings), "Best pattern accuracy")
    assert found.headline == "Best pattern accuracy: **α 0.6** with 0.750 [0.750, 0.750]."
    assert found.detail.startswith("Ahead of the second, α 6, by 0.500")
