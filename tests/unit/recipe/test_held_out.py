"""Who is tested by which network of a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.cohorts import Cohort, MergedSource, import_cohort
from anascope.recipe import CONTEST, FIELDS, MIVIA, MOSAICS
from anascope.recipe._held_out import held_out_units, plan_without
from tests.small_cohort import record, write_cohort

PATIENTS = [f"{number:02d}" for number in range(1, 29)]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cohort]:
    folder = tmp_path_factory.mktemp("sets")
    names = {MIVIA: PATIENTS, MOSAICS: [f"s{n}" for n in range(7)], FIELDS: list("abcdef")}
    return {
        name: write_cohort(
            folder / name, [record(unit, patient=unit) for unit in units], shape=(40, 40), seed=seed
        )
        for seed, (name, units) in enumerate(names.items())
    }


@pytest.fixture(scope="module")
def tested(real: dict[str, Cohort]) -> dict[str, tuple[str, ...]]:
    return held_out_units(real)


def test_a_laboratory_left_out_is_left_out_with_all_of_its_sets(
    tested: dict[str, tuple[str, ...]],
) -> None:
    assert set(tested["no-mivia"]) == {f"{MIVIA}/{name}" for name in PATIENTS}
    of_i3a = {f"{MOSAICS}/s{n}" for n in range(7)} | {f"{FIELDS}/{name}" for name in "abcdef"}
    assert set(tested["no-i3a"]) == of_i3a


def test_five_folds_leave_everybody_out_once(
    real: dict[str, Cohort], tested: dict[str, tuple[str, ...]]
) -> None:
    folds = [units for network, units in tested.items() if network.startswith("fold-")]
    everybody = [f"{name}/{r.split_unit}" for name, cohort in real.items() for r in cohort.fields]
    assert len(folds) == 5
    assert sorted(unit for units in folds for unit in units) == sorted(everybody)
    assert all({unit.partition("/")[0] for unit in units} == set(real) for units in folds)


def test_the_contest_tests_the_fourteen_images_that_it_does_not_train_on(
    tested: dict[str, tuple[str, ...]],
) -> None:
    assert len(tested["contest"]) == 14
    learned = {f"{MIVIA}/{number:02d}" for number in CONTEST}
    assert learned.isdisjoint(tested["contest"])


def test_without_a_set_its_laboratory_and_contest_are_not_there(real: dict[str, Cohort]) -> None:
    assert set(held_out_units({FIELDS: real[FIELDS]})) == {
        "no-i3a",
        *(f"fold-{letter}" for letter in "ABCDE"),
    }


def test_a_set_of_fewer_patients_than_folds_is_left_out_as_a_laboratory_only(
    real: dict[str, Cohort], tmp_path: Path
) -> None:
    few = write_cohort(tmp_path / "few", [record(n, patient=n) for n in "abcd"], shape=(40, 40))
    found = held_out_units({FIELDS: real[FIELDS], MOSAICS: few})
    assert {f"{MOSAICS}/{name}" for name in "abcd"} < set(found["no-i3a"])
    folds = [found[f"fold-{letter}"] for letter in "ABCDE"]
    assert sorted(unit for units in folds for unit in units) == [f"{FIELDS}/{n}" for n in "abcdef"]
    assert set(held_out_units({MOSAICS: few})) == {"no-i3a"}


def test_a_plan_learns_from_all_that_it_does_not_test(
    real: dict[str, Cohort], tested: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    source = MergedSource(real, "everything")
    everything = import_cohort(source, tmp_path / "everything", source_format="merged")
    units = {record.split_unit for record in everything.fields}
    for network, out in tested.items():
        fold = plan_without(everything, network, out).fold(network)
        assert set(fold.test) == set(out)
        assert set(fold.train) == units - set(out)
        assert fold.validation == ()
    assert len(plan_without(everything, "all", ()).fold("all").train) == len(units) - 1


def test_contest_images_are_those_of_the_published_split(real_data: Path) -> None:
    path = real_data / "mivia-hep2" / "ICPR2012_Cells_Classification_Contest" / "cells.csv"
    rows = [line.split(";") for line in path.read_text(encoding="latin-1").splitlines()[1:]]
    assert {int(row[2]) for row in rows if row[1] == "training"} == set(CONTEST)
