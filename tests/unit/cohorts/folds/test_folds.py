"""No patient stands on two sides, and every patient is tested once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anascope.cohorts import Cohort
from anascope.cohorts.folds import (
    Fold,
    FoldPlan,
    count_folds,
    draw_folds,
    read_folds,
    write_folds,
)
from anascope.errors import InputError
from anascope.records import FieldRecord
from tests.small_cohort import patients, record

labels = st.sampled_from(["homogeneous", "nucleolar", "golgi", None])
levels = st.sampled_from(["intermediate", "positive", None])


def cohort_of(records: list[FieldRecord]) -> Cohort:
    """A cohort as far as drawing folds goes: records and a description, no images."""
    info = SimpleNamespace(fingerprint="f" * 64, gap=0)
    return cast(Cohort, SimpleNamespace(fields=records, info=info, path=Path("cohort")))


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    count = draw(st.integers(5, 40))
    records = []
    for number in range(count):
        pattern, intensity = draw(labels), draw(levels)
        patient = f"{number:03d}" if draw(st.booleans()) else None
        fields = draw(st.integers(1, 3)) if patient else 1
        records += [
            record(f"{number}-{k}", patient=patient, pattern=pattern, intensity=intensity)
            for k in range(fields)
        ]
    return cohort_of(records)


@given(cohort=cohorts(), plain=st.booleans(), share=st.sampled_from([0.0, 0.2, 0.5]))
def test_no_patient_on_two_sides_and_everyone_tested_once(
    cohort: Cohort, plain: bool, share: float
) -> None:
    plan = draw_folds(cohort, draw="plain" if plain else "stratified", validation_share=share)
    everyone = {r.split_unit for r in cohort.fields}
    assert list(plan.folds) == ["A", "B", "C", "D", "E"]
    tested: Counter[str] = Counter()
    for fold in plan.folds.values():
        sets = [set(fold.train), set(fold.validation), set(fold.test)]
        assert sum(map(len, sets)) == len(everyone)
        assert set.union(*sets) == everyone
        assert len(fold.validation) == round(share * (len(everyone) - len(fold.test)))
        tested.update(fold.test)
        by_set = [
            {r.field for r in fold.records(cohort.fields, part)}
            for part in ("train", "validation", "test")
        ]
        assert sum(map(len, by_set)) == len(cohort.fields)
    assert set(tested.values()) == {1}
    assert set(tested) == everyone


@given(cohort=cohorts())
def test_stratified_folds_are_even_in_every_pattern(cohort: Cohort) -> None:
    plan = draw_folds(cohort)
    pattern = {r.split_unit: r.pattern for r in cohort.fields}
    for name in set(pattern.values()):
        counts = [sum(pattern[p] == name for p in f.test) for f in plan.folds.values()]
        assert max(counts) - min(counts) <= 1


@given(cohort=cohorts(), seed=st.integers(0, 1000))
def test_seed_decides_and_order_of_the_table_does_not(cohort: Cohort, seed: int) -> None:
    turned = cohort_of(list(reversed(cohort.fields)))
    assert draw_folds(cohort, seed=seed) == draw_folds(turned, seed=seed)


def test_seed_matters() -> None:
    cohort = cohort_of(patients(30))
    assert draw_folds(cohort, seed=1) != draw_folds(cohort, seed=2)
    assert draw_folds(cohort).seed == 12357


def test_file_round_trip(tmp_path: Path) -> None:
    plan = draw_folds(cohort_of(patients(11)))
    path = tmp_path / "folds.json"
    write_folds(plan, path)
    assert read_folds(path) == plan
    text = path.read_text()
    assert '"train": [' in text
    assert json.loads(text)["seed"] == 12357


def edited(tmp_path: Path, **sets: list[str]) -> Path:
    plan = draw_folds(cohort_of(patients(10)))
    path = tmp_path / "folds.json"
    write_folds(plan, path)
    value = json.loads(path.read_text())
    value["folds"]["A"] |= sets
    path.write_text(json.dumps(value))
    return path


def test_an_edit_that_makes_patients_overlap_is_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, train=["p1", "p2"], validation=[], test=["p2", "p3"])
    with pytest.raises(InputError, match="patient 'p2' in train and in test") as caught:
        read_folds(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ({"train": []}, "an empty train set"),
        ({"test": []}, "an empty test set"),
        ({"trian": ["p1"]}, "did you mean 'train'"),
        ({"test": [3]}, "folds.A.test.0: 3; expected a valid string"),
        ({"train": ["p1", "p1"], "validation": [], "test": ["p2"]}, "a patient twice in train"),
    ],
)
def test_other_bad_edits_are_refused(
    tmp_path: Path, sets: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_folds(edited(tmp_path, **sets))


def test_the_same_patient_tested_in_two_folds_is_refused() -> None:
    folds = {n: Fold(n, ("p1",), (), ("p2",)) for n in "AB"}
    with pytest.raises(InputError, match="patient 'p2' in both test sets"):
        FoldPlan(folds, None, "by hand", "")


def test_unknown_patients_are_named_with_the_nearest() -> None:
    plan = FoldPlan({"A": Fold("A", ("p1",), (), ("q2",))}, None, "by hand", "")
    with pytest.raises(InputError, match="patient 'q2', who is not in the cohort"):
        plan.check_against(patients(3))


def test_unknown_fold() -> None:
    with pytest.raises(InputError, match="fold: 'F'"):
        draw_folds(cohort_of(patients(10))).fold("F")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "anascope-folds", "version": 9}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "folds.json"
    path.write_text(text)
    with pytest.raises(InputError, match=str(path)):
        read_folds(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 1}, "expected 2 to 26"),
        ({"validation_share": 1.0}, "below 1"),
        ({"count": 12}, "10 patients; expected at least 12"),
    ],
)
def test_numbers_out_of_range(options: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw_folds(cohort_of(patients(10)), **options)  # type: ignore[arg-type]


def test_counts_by_fold_and_set() -> None:
    cohort = cohort_of(patients(10, fields=2))
    rows = count_folds(draw_folds(cohort), cohort.fields)
    assert len(rows) == 15
    tests = [row for row in rows if row["set"] == "test"]
    assert sum(row["patients"] for row in tests) == 10
    assert sum(row["fields"] for row in tests) == 20
    assert sum(row["homogeneous"] for row in tests) == 10
