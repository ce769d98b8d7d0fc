"""Runs are keyed by everything that their result depends on, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from anascope.cohorts.folds import Fold, FoldPlan
from anascope.errors import InputError
from anascope.presets import load_preset
from anascope.studies import PlannedRun, Study, load_study, longest_first, plan_runs

PLAN = FoldPlan(
    folds={
        "A": Fold("A", ("1", "2"), ("3",), ("4",)),
        "B": Fold("B", ("1", "4"), ("3",), ("2",)),
    },
    seed=1,
    draw="by hand",
    cohort="",
)


def plan_of(
    study: Study, plan: FoldPlan = PLAN, fingerprint: str = "f", begun: Sequence[str] = ()
) -> tuple[PlannedRun, ...]:
    preset = load_preset(study.preset, study.changes)
    return plan_runs(study, preset, plan, fingerprint, begun)


def keys(study: Study, plan: FoldPlan = PLAN, fingerprint: str = "f") -> list[str]:
    return [run.key for run in plan_of(study, plan, fingerprint)]


def test_every_training_on_every_fold() -> None:
    runs = plan_of(load_study("paper"))
    assert [(run.training.label, run.fold) for run in runs[:3]] == [
        ("Dice, 30 epochs, α 0.6", "A"),
        ("Dice, 30 epochs, α 0.6", "B"),
        ("BCE, 30 epochs, α 0.6", "A"),
    ]
    assert len({run.key for run in runs}) == len({run.name for run in runs}) == 16
    assert runs[0].name == f"dice-epochs30-alpha0.6-A-{runs[0].key[:10]}"
    assert runs[-1].preset.balancing.alpha == 6
    assert runs[-1].preset.training.select == "last"


def test_a_short_run_is_not_part_of_a_long_one() -> None:
    runs = plan_of(load_study("paper"))
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
    runs = plan_of(load_study("paper").restricted({}, ["B"]))
    assert {run.fold for run in runs} == {"B"}
    with pytest.raises(InputError, match="fold: 'C'"):
        plan_of(load_study("paper").restricted({}, ["C"]))


def test_a_change_that_does_not_fit_the_preset() -> None:
    study = Study(description="", preset="tiny", factors={"balancing.alpah": (1,)})
    with pytest.raises(InputError, match="did you mean 'alpha'"):
        plan_of(study)


def test_longest_first() -> None:
    runs = longest_first(plan_of(load_study("paper")))
    epochs = [run.preset.training.epochs for run in runs]
    assert epochs == sorted(epochs, reverse=True)
    assert runs[0].name.startswith("dice-epochs30")


def test_what_has_no_effect_is_not_in_the_key() -> None:
    plain = Study(description="", preset="tiny")
    changes = {
        "description": "in other words",
        "training.keep_checkpoints": "all",
        "training.checkpoint_minutes": 0,
    }
    assert keys(plain) == keys(Study(description="", preset="tiny", changes=changes))


def test_a_run_that_is_there_is_found_by_its_key() -> None:
    """A study that grows by a factor names its trainings anew; what is done stays done."""
    before = plan_of(Study(description="", preset="tiny"))
    grown = Study(description="", preset="tiny", factors={"balancing.alpha": (0.6, 6.0)})
    after = plan_of(grown, begun=[run.name for run in before])
    assert [run.name for run in after[:2]] == [run.name for run in before]
    assert after[2].name.startswith("alpha6-A-")
