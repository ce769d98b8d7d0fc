"""Fields beside an uncertain border are left out of folds, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from anascope.cohorts import Cohort
from anascope.cohorts._gaps import fields_in_gaps
from anascope.cohorts.folds import Fold, FoldPlan, draw_folds, read_folds, write_folds
from anascope.errors import InputError
from anascope.records import FieldRecord
from tests.small_cohort import record


def _cells(specimens: str, pattern: str = "golgi") -> list[FieldRecord]:
    """Return one field for each letter, named by pattern and place, of the specimen so called."""
    return [
        replace(
            record(f"{pattern}-{place}", patient=None, pattern=pattern, intensity=None),
            specimen=f"{pattern}-{letter}",
        )
        for place, letter in enumerate(specimens)
    ]


def _cohort(records: list[FieldRecord], gap: int) -> Cohort:
    info = SimpleNamespace(fingerprint="f" * 64, gap=gap)
    return cast(Cohort, SimpleNamespace(fields=records, info=info, path=Path("cohort")))


def test_so_many_on_each_side_of_a_border_between_two_sets() -> None:
    cells = _cells("aaaabbbbcccc")
    sets = {"golgi-a": "train", "golgi-b": "train", "golgi-c": "test"}
    assert fields_in_gaps(cells, 1, sets) == ("golgi-7", "golgi-8")
    assert fields_in_gaps(cells, 2, sets) == ("golgi-6", "golgi-7", "golgi-8", "golgi-9")
    assert fields_in_gaps(cells, 0, sets) == ()
    assert fields_in_gaps(cells, 1) == ("golgi-3", "golgi-4", "golgi-7", "golgi-8")


def test_of_a_small_specimen_all() -> None:
    assert fields_in_gaps(_cells("aabbb"), 5) == tuple(f"golgi-{place}" for place in range(5))


def test_patterns_have_no_border_between_them() -> None:
    assert fields_in_gaps(_cells("aa") + _cells("bb", "nucleolar"), 1) == ()


def test_known_patients_have_no_uncertain_borders() -> None:
    cells = [replace(cell, patient=cell.specimen) for cell in _cells("aabb")]
    assert fields_in_gaps(cells, 1) == ()
    assert fields_in_gaps([replace(cell, specimen=None) for cell in _cells("aabb")], 1) == ()


def test_folds_leave_out_what_the_cohort_says() -> None:
    cohort = _cohort(_cells("aaaabbbbccccdddd"), 1)
    for fold in draw_folds(cohort, count=2, validation_share=0).folds.values():
        sets = dict.fromkeys(fold.train, "train") | dict.fromkeys(fold.test, "test")
        assert fold.left_out == fields_in_gaps(cohort.fields, 1, sets)
        assert fold.left_out
        kept = [one.field for name in sets.values() for one in fold.records(cohort.fields, name)]
        assert not set(kept) & set(fold.left_out)
    assert not any(fold.left_out for fold in draw_folds(cohort, count=2, gap=0).folds.values())
    with pytest.raises(InputError, match="gap: -1; expected 0 fields or more"):
        draw_folds(cohort, count=2, gap=-1)


def test_what_is_left_out_is_written_and_checked(tmp_path: Path) -> None:
    cohort = _cohort(_cells("aaaabbbbccccdddd"), 1)
    plan = draw_folds(cohort, count=2)
    write_folds(plan, tmp_path / "folds.json")
    assert read_folds(tmp_path / "folds.json") == plan
    plan.check_against(cohort.fields)
    fold = Fold("A", ("golgi-a",), (), ("golgi-b",), ("golgi-99",))
    with pytest.raises(InputError, match="fold A, left_out: field 'golgi-99'"):
        FoldPlan({"A": fold}, None, "by hand", "").check_against(cohort.fields)
