"""The recipe of the shipped weights: who learns, who is tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.cohorts import Cohort, MergedSource, import_cohort
from anascope.cohorts.folds import Fold, FoldPlan
from anascope.recipe import CONTEST, lessons, plan_of_all, plans_over
from anascope.synthetic import STAINS
from tests.small_cohort import record, write_cohort

PATIENTS = [f"{number:02d}" for number in range(1, 29)]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    folder = tmp_path_factory.mktemp("cohorts")
    real = write_cohort(
        folder / "mivia", [record(name, patient=name) for name in PATIENTS], shape=(40, 40)
    )
    drawn = write_cohort(
        folder / "drawn", [record(f"d{n}", patient=f"d{n}") for n in range(5)], shape=(48, 40)
    )
    source = MergedSource({"mivia": real, "drawn": drawn}, "all")
    return import_cohort(source, folder / "all", source_format="merged")


@pytest.fixture(scope="module")
def plans(everything: Cohort) -> dict[str, FoldPlan]:
    real = FoldPlan(
        folds={
            "A": Fold("A", tuple(PATIENTS[14:]), (), tuple(PATIENTS[:14])),
            "B": Fold("B", tuple(PATIENTS[:14]), (), tuple(PATIENTS[14:])),
        },
        seed=1,
        draw="by hand",
        cohort="",
    )
    return plans_over(real, everything)


def test_real_patients_are_either_learned_from_or_tested(plans: dict[str, FoldPlan]) -> None:
    everybody = {f"mivia/{name}" for name in PATIENTS}
    for name in ("A", "B", "contest", "none"):
        fold = plans[name].fold(name)
        learned = {unit for unit in fold.train if unit.startswith("mivia/")}
        assert learned.isdisjoint(fold.test)
        assert learned | set(fold.test) == everybody
        assert {f"drawn/d{n}" for n in range(5)} <= set(fold.train)


def test_the_contest_trains_on_its_own_fourteen_images(plans: dict[str, FoldPlan]) -> None:
    fold = plans["contest"].fold("contest")
    learned = {unit for unit in fold.train if unit.startswith("mivia/")}
    assert learned == {f"mivia/{number:02d}" for number in CONTEST}
    assert len(fold.test) == 14


def test_the_last_network_learns_from_every_real_patient(
    everything: Cohort, plans: dict[str, FoldPlan]
) -> None:
    fold = plan_of_all(everything).fold("all")
    assert {f"mivia/{name}" for name in PATIENTS} <= set(fold.train)
    assert fold.test[0].startswith("drawn/")
    assert not [unit for unit in plans["none"].fold("none").train if unit.startswith("mivia/")]


def test_contest_images_are_those_of_the_published_split(real_data: Path) -> None:
    path = real_data / "mivia-hep2" / "ICPR2012_Cells_Classification_Contest" / "cells.csv"
    rows = [line.split(";") for line in path.read_text(encoding="latin-1").splitlines()[1:]]
    assert {int(row[2]) for row in rows if row[1] == "training"} == set(CONTEST)


def test_lessons_begin_alike_and_hold_every_pattern() -> None:
    short, long = lessons(60, 5), lessons(190, 5)
    assert long.labels[:60] == short.labels
    named = {pattern for pattern, _ in long.labels}
    assert named == set(STAINS)
    assert all(level == "negative" for pattern, level in long.labels if pattern == "negative")
