"""Sera that show several patterns, in tables of images, in cohorts and in what is made of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import parquet

from anascope.cohorts import (
    Cohort,
    DrawnSource,
    Kind,
    MergedSource,
    check_cohort,
    check_source,
    import_cohort,
    open_source,
    summarise,
)
from anascope.cohorts._counts import counts_of
from anascope.cohorts._description import fingerprint_of
from anascope.cohorts.folds import draw_folds
from anascope.own_tables import file_sha256
from anascope.synthetic import I3A, Drawing, Population
from tests.small_cohort import patients, write_cohort

MIXED = ("homogeneous", "centromere")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Return four patients, of whom the second shows two patterns."""
    records = patients(4)
    records[1] = replace(records[1], pattern=MIXED[0], other_patterns=MIXED[1])
    return write_cohort(tmp_path_factory.mktemp("mixed") / "cohort", records)


def test_all_patterns_of_a_serum_are_kept(cohort: Cohort) -> None:
    record = cohort.fields[1]
    assert record.serum == "homogeneous+centromere"
    assert record.patterns == MIXED
    assert record.only_pattern is None
    assert cohort.fields[0].patterns == (cohort.fields[0].only_pattern,)
    assert "centromere" in cohort.patterns
    assert not list(check_cohort(cohort))


def test_what_a_serum_shows_is_in_the_fingerprint_and_the_counts(cohort: Cohort) -> None:
    alone = [replace(record, other_patterns=None) for record in cohort.fields]
    assert fingerprint_of(alone) != cohort.info.fingerprint
    assert cohort.info.counts["patterns"]["homogeneous+centromere"] == 1
    counted = {count.label: count for count in summarise(cohort).patterns}
    assert list(counted)[-1] == "homogeneous+centromere"
    assert counted["homogeneous+centromere"].codes == ("AC-1", "AC-3")
    assert sum(count.fields for count in counted.values()) == len(cohort)


def test_a_merged_cohort_keeps_them(cohort: Cohort, tmp_path: Path) -> None:
    other = write_cohort(tmp_path / "other", patients(2), seed=5)
    source = MergedSource({"one": cohort, "other": other}, "both")
    merged = import_cohort(source, tmp_path / "merged", source_format="merged")
    assert [record.patterns for record in merged.fields] == [
        record.patterns for record in (*cohort.fields, *other.fields)
    ]


def test_folds_spread_them_as_a_kind_of_their_own(cohort: Cohort) -> None:
    plan = draw_folds(cohort, count=2, seed=1)
    assert sorted(unit for fold in plan.folds.values() for unit in fold.test) == sorted(
        record.split_unit for record in cohort.fields
    )


def table_of(folder: Path, cohort: Cohort, labels: list[str]) -> Path:
    """Write a table of images with these labels."""
    from PIL import Image

    rows = []
    for label, record in zip(labels, cohort.fields, strict=False):
        Image.fromarray(cohort.image(record)).save(folder / f"{record.field}.png")
        rows.append({"image": f"{record.field}.png", "pattern": label, "patient": record.patient})
    pd.DataFrame(rows).to_csv(folder / "images.csv", index=False)
    return folder / "images.csv"


def test_a_table_names_several_patterns(cohort: Cohort, tmp_path: Path) -> None:
    path = table_of(tmp_path, cohort, ["AC-1 + centromeric", "golgi"])
    found = import_cohort(open_source(path, "table"), tmp_path / "c", source_format="table")
    assert [record.patterns for record in found.fields] == [MIXED, ("golgi",)]


def test_a_label_that_no_serum_has_is_named_with_its_row(cohort: Cohort, tmp_path: Path) -> None:
    path = table_of(tmp_path, cohort, ["golgi", "golgi + glogi", "golgi+negative"])
    findings = list(check_source(open_source(path, "table")))
    assert [finding.kind for finding in findings] == [Kind.UNKNOWN_LABEL] * 2
    assert ["row 3" in str(finding) for finding in findings] == [True, False]
    assert "glogi" in str(findings[0])
    assert "'negative' alone" in str(findings[1])


def test_two_dilutions_of_a_mixed_serum_do_not_disagree(cohort: Cohort, tmp_path: Path) -> None:
    path = table_of(tmp_path, cohort, ["homogeneous+golgi", "homogeneous", "nucleolar"])
    rows = pd.read_csv(path)
    rows.iloc[:2].assign(patient="p").to_csv(path, index=False)
    assert not list(check_source(open_source(path, "table")))
    rows.iloc[[0, 2]].assign(patient="p").to_csv(path, index=False)
    (finding,) = check_source(open_source(path, "table"))
    assert finding.kind is Kind.TWO_PATTERNS


def as_before(path: Path) -> None:
    """Make of a cohort one that an earlier version wrote, whose fields have the main pattern."""
    cohort = Cohort.open(path)
    records = [replace(record, other_patterns=None) for record in cohort.fields]
    fields = path / "fields.parquet"
    parquet.write_table(parquet.read_table(fields).drop_columns(["other_patterns"]), fields)
    info = json.loads((path / "cohort.json").read_text())
    info["fingerprint"] = fingerprint_of(records, info["cells_sha256"])
    info["counts"] = counts_of(records)
    info["tables_sha256"]["fields.parquet"] = file_sha256(fields)
    (path / "cohort.json").write_text(json.dumps(info))


def test_a_cohort_of_before_is_read_as_it_was(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(3))
    as_before(cohort.path)
    again = Cohort.open(cohort.path)
    assert again.fields == cohort.fields
    assert again.info.fingerprint == cohort.info.fingerprint
    assert not list(check_cohort(again))


def test_what_was_drawn_before_is_taken_from_the_cells(tmp_path: Path) -> None:
    drawing = Drawing(
        Population.even(["golgi+centromere", "nucleolar"], ["positive"], patients=2),
        replace(I3A, shape=(140, 180)),
        seed=1,
    )
    drawn = import_cohort(DrawnSource(drawing), tmp_path / "c", source_format="synthetic")
    assert [record.patterns for record in drawn.fields] == [("golgi", "centromere"), ("nucleolar",)]
    as_before(drawn.path)
    again = Cohort.open(drawn.path)
    assert [record.patterns for record in again.fields] == [
        record.patterns for record in drawn.fields
    ]
    assert not list(check_cohort(again))
