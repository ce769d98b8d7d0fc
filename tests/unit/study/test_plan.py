"""Runs are keyed by everything that their result depends on, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anascope.errors import InputError
from anascope.folds import Fold, FoldPlan
from anascope.study import Study, load_study, longest_first, plan_runs

PLAN = FoldPlan(
    folds={
        "A": Fold("A", ("1", "2"), ("3",), ("4",)),
        "B": Fold("B", ("1", "4"), ("3",), ("2",)),
    },
    seed=1,
    draw="by hand",
    cohort="",
)


def keys(study: Study, plan: FoldPlan = PLAN, fingerprint: str = "f") -> list[str]:
    return [run.key for run in plan_runs(study, plan, fingerprint)]


def test_every_training_on_every_fold() -> None:
    runs = plan_runs(load_study("paper"), PLAN, "f")
    assert [(run.training.label, run.fold) for run in runs[:3]] == [
        ("Dice, 30 epochs, α 0.6", "A"),
        ("Dice, 30 epochs, α 0.6", "B"),
        ("BCE, 30 epochs, α 0.6", "A"),
    ]
    assert len({run.key for run in runs}) == len({run.name for run in runs}) == 16
    assert runs[0].name == f"dice-epochs30-alpha0.6-A-{runs[0].key[:8]}"
    assert runs[-1].preset.balancing.alpha == 6
    assert runs[-1].preset.training.select == "last"


def test_a_short_run_is_not_part_of_a_long_one() -> None:
    runs = plan_runs(load_study("paper"), PLAN, "f")
    by_label = {(run.training.label, run.fold): run for run in runs}
    assert (
        by_label["Dice, 30 epochs, α 0.6", "A"].key != by_label["Dice, 15 epochs, α 0.6", "A"].key
    )


def test_keys_know_preset_folds_and_cohort() -> None:
    study = Study(description="one", preset="tiny")
    same = Study(description="in other words", preset="tiny")
    assert keys(study) == keys(same)
    assert keys(study) != keys(Study(description="", preset="small"))
    assert keys(study) != keys(Study(description="", preset="tiny", changes={"threshold": 0.4}))
    assert keys(study) != keys(study, fingerprint="g")
    moved = {**PLAN.folds, "A": Fold("A", ("1", "3"), ("2",), ("4",))}
    changed = keys(study, replace(PLAN, folds=moved))
    assert changed[0] != keys(study)[0]
    assert changed[1] == keys(study)[1]


def test_a_factor_spelled_out_is_the_preset_itself() -> None:
    """A training whose changes change nothing is the run of the plain preset."""
    spelled = Study(description="", preset="tiny", factors={"balancing.alpha": (0.6,)})
    assert keys(spelled) == keys(Study(description="", preset="tiny"))


def test_only_the_folds_that_are_wanted() -> None:
    runs = plan_runs(load_study("paper").restricted({}, ["B"]), PLAN, "f")
    assert {run.fold for run in runs} == {"B"}
    with pytest.raises(InputError, match="fold: 'C'"):
        plan_runs(load_study("paper").restricted({}, ["C"]), PLAN, "f")


def test_a_change_that_does_not_fit_the_preset() -> None:
    study = Study(description="", preset="tiny", factors={"balancing.alpah": (1,)})
    with pytest.raises(InputError, match="did you mean 'alpha'"):
        plan_runs(study, PLAN, "f")


def test_longest_first() -> None:
    runs = longest_first(plan_runs(load_study("paper"), PLAN, "f"))
    epochs = [run.preset.training.epochs for run in runs]
    assert epochs == sorted(epochs, reverse=True)
    assert runs[0].name.startswith("dice-epochs30")
