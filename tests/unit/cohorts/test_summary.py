"""Counts of a cohort, and their comparison with the published ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from anascope.cohorts import Cohort, CohortInfo, summarise
from anascope.cohorts._published import (
    FIELD_SHAPE,
    PATCHES,
    Comparison,
    compare_with_published,
    is_whole,
)
from anascope.cohorts.sources import _cut_field
from anascope.records import FieldRecord, Window
from tests.small_cohort import record

PATCHES_BY_PATTERN = {
    "homogeneous": 3180,
    "speckled": 3120,
    "centromere": 3060,
    "nucleolar": 3000,
    "nuclear envelope": 1260,
    "mitotic spindle": 900,
    "golgi": 600,
}
PATCHES_BY_INTENSITY = {"intermediate": 8520, "positive": 6600}


def _whole_set() -> list[FieldRecord]:
    """Return records with the published counts: 252 patients of 4 fields."""
    patterns = [name for name, n in PATCHES_BY_PATTERN.items() for _ in range(n // 60)]
    intensities = [name for name, n in PATCHES_BY_INTENSITY.items() for _ in range(n // 60)]
    return [
        replace(
            record(f"{patient}_{field}", patient=str(patient), pattern=pattern, intensity=level),
            window=Window(0, 0, *FIELD_SHAPE),
        )
        for patient, (pattern, level) in enumerate(zip(patterns, intensities, strict=True))
        for field in range(4)
    ]


def _cohort(records: list[FieldRecord], source_format: str = "i3a-task2") -> Cohort:
    info = CohortInfo(
        name="drawn",
        source="somewhere",
        source_format=source_format,
        fingerprint="f",
        counts={},
        left_out=["a.png: x; expected y"],
        written_by="anascope",
    )
    return Cohort(Path("nowhere"), info, records)


def test_the_published_counts_add_up() -> None:
    assert PATCHES == 15120
    assert sum(PATCHES_BY_PATTERN.values()) == PATCHES
    assert sum(PATCHES_BY_INTENSITY.values()) == PATCHES
    rows = {row.what: row.published for row in compare_with_published([])}
    for kind, patches in (("pattern", PATCHES_BY_PATTERN), ("intensity", PATCHES_BY_INTENSITY)):
        for name, count in patches.items():
            assert rows.pop(f"patches, {kind} {name}") == count
    assert rows == {
        "patients": 252,
        "fields": 1008,
        "patients with 4 fields": 252,
        "patches": 15120,
    }
    assert FIELD_SHAPE == _cut_field.FIELD_SHAPE


def test_a_whole_set_is_as_published() -> None:
    rows = compare_with_published(_whole_set())
    assert is_whole(rows)
    assert all(row.ok for row in rows)
    summary = summarise(_cohort(_whole_set()))
    assert summary.published == tuple(rows)
    assert summary.published_note is None


def test_a_whole_set_with_a_wrong_label_is_not_ok() -> None:
    records = _whole_set()
    records[0] = replace(records[0], pattern="golgi")
    records[1] = replace(records[1], intensity=None)
    rows = {row.what: row for row in compare_with_published(records)}
    assert is_whole(rows.values())
    wrong = {what: row.found - row.published for what, row in rows.items() if not row.ok}
    assert wrong == {
        "patches, pattern homogeneous": -15,
        "patches, pattern golgi": 15,
        "patches, intensity intermediate": -15,
        "patches, intensity not said": 15,
    }


def test_a_field_of_another_size_has_no_patches() -> None:
    records = _whole_set()
    records[0] = replace(records[0], window=Window(0, 0, 100, 100))
    rows = {row.what: row for row in compare_with_published(records)}
    assert rows["patches"] == Comparison("patches", 15120, 15105)


def test_a_patient_of_three_fields_is_seen() -> None:
    records = [*_whole_set()[:-1], replace(_whole_set()[0], field="extra")]
    rows = {row.what: row for row in compare_with_published(records)}
    assert is_whole(rows.values())
    assert rows["patients with 4 fields"].found == 250


def test_a_part_of_the_set_says_how_much_is_missing() -> None:
    summary = summarise(_cohort(_whole_set()[:40]))
    assert summary.published is None
    assert summary.published_note == (
        "not the whole I3A Task 2 set: 10 of 252 patients, 40 of 1008 fields, 600 of 15120 patches"
    )


@pytest.mark.parametrize("source_format", ["table", "mivia"])
def test_other_sets_are_not_compared(source_format: str) -> None:
    summary = summarise(_cohort(_whole_set()[:40], source_format))
    assert summary.published is None
    assert summary.published_note is None


def test_counts() -> None:
    shapes = [Window(0, 0, 10, 20), Window(0, 0, 10, 20), Window(5, 5, 30, 40)]
    records = [
        record("a", patient="1", pattern="speckled", intensity="positive"),
        record("b", patient="1", pattern="speckled", intensity="negative"),
        record("c", patient=None, pattern=None, intensity=None),
    ]
    summary = summarise(
        _cohort([replace(r, window=w) for r, w in zip(records, shapes, strict=True)])
    )
    (pattern,) = summary.patterns
    assert (pattern.label, pattern.patients, pattern.specimens, pattern.fields) == (
        "speckled",
        1,
        1,
        2,
    )
    assert pattern.codes == ("AC-2", "AC-4", "AC-5", "AC-29", "AC-30", "AC-31")
    assert [level.label for level in summary.intensities] == ["negative", "positive"]
    assert [(s.width, s.height, s.fields) for s in summary.sizes] == [(20, 10, 2), (40, 30, 1)]
    assert (summary.patients, summary.specimens, summary.fields) == (1, 1, 3)
    assert summary.missing == {
        "patient": 1,
        "specimen": 1,
        "pattern": 1,
        "intensity": 1,
        "pixel_size_um": 3,
        "mask": 3,
    }
    assert summary.left_out == ("a.png: x; expected y",)
