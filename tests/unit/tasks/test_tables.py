"""Patches together make fields and specimens."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from anascope.errors import InputError
from anascope.tasks import INTENSITY, PATTERN, by_field, by_specimen
from anascope.words import Vocabulary

COUNTS = ["tp", "fp", "fn", "tn"]


def test_columns_are_named_after_classes_and_levels(
    vocabulary: Vocabulary, patches: pd.DataFrame
) -> None:
    names = [name for task in (PATTERN, INTENSITY) for name in task.columns(vocabulary).averaged]
    assert names == [name for name in patches.columns if name.startswith("p_")]


def test_fields_by_hand(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    fields = by_field(patches, vocabulary).set_index("field")
    assert list(fields.index) == ["f1", "f2", "f3", "f4"]
    assert list(fields.loc["f1", COUNTS]) == [6, 2, 2, 6]
    assert fields["patches"].tolist() == [2, 1, 2, 1]
    assert list(fields.loc["f1", [*PATTERN.columns(vocabulary).averaged]]) == pytest.approx(
        [0.45, 0.35, 0.2]
    )
    assert fields["p_above_intermediate"].tolist() == pytest.approx([0.8, 0.2, 0.25, 0.6])
    assert list(fields.loc["f1", ["specimen", "patient", "pattern"]]) == [
        "s1",
        "p1",
        "homogeneous",
    ]
    assert fields.loc["f2", "pattern"] is None


def test_specimens_by_hand(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    specimens = by_specimen(patches, vocabulary)
    assert specimens[["specimen", "patient", "patches"]].to_numpy().tolist() == [
        ["s1", "p1", 3],
        ["s2", "p2", 2],
        ["s2", "p3", 1],
    ]
    assert list(specimens[COUNTS].iloc[0]) == [6, 2, 2, 14]
    assert list(specimens.loc[0, [*PATTERN.columns(vocabulary).averaged]]) == pytest.approx(
        [1.1 / 3, 1.2 / 3, 0.7 / 3]
    )
    assert specimens["pattern"].tolist() == ["homogeneous", "speckled", "fine speckled"]
    assert specimens["intensity"].tolist() == ["positive", "intermediate", None]


def test_the_order_of_patches_does_not_matter(
    patches: pd.DataFrame, vocabulary: Vocabulary
) -> None:
    keys = ["patient", "specimen"]
    forward = by_specimen(patches, vocabulary).set_index(keys)
    backward = by_specimen(patches.iloc[::-1], vocabulary).set_index(keys).loc[forward.index]
    pd.testing.assert_frame_equal(forward, backward)


def test_no_row_is_lost_without_a_patient(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    patches["patient"] = None
    assert by_field(patches, vocabulary)["patches"].sum() == len(patches)
    assert by_specimen(patches, vocabulary)["specimen"].tolist() == ["s1", "s2"]


def test_a_missing_prediction_stays_missing(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    patches.loc[0, "p_above_intermediate"] = np.nan
    fields, specimens = by_field(patches, vocabulary), by_specimen(patches, vocabulary)
    assert fields["p_above_intermediate"].isna().tolist() == [True, False, False, False]
    assert specimens["p_above_intermediate"].isna().tolist() == [True, False, False]


def test_labels_that_disagree_are_no_truth(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    patches.loc[2, "pattern"] = "fine speckled"
    assert by_field(patches, vocabulary)["pattern"].tolist()[:2] == ["homogeneous", "fine speckled"]
    assert by_specimen(patches, vocabulary)["pattern"][0] is None


def test_a_table_without_rows(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    for aggregate in (by_field, by_specimen):
        table = aggregate(patches.iloc[:0], vocabulary)
        assert len(table) == 0
        assert list(table.columns) == list(aggregate(patches, vocabulary).columns)


def test_the_table_that_is_given_stays_as_it_was(
    patches: pd.DataFrame, vocabulary: Vocabulary
) -> None:
    before = patches.copy()
    by_field(patches, vocabulary)
    by_specimen(patches, vocabulary)
    pd.testing.assert_frame_equal(patches, before)


def test_rows_that_belong_nowhere_are_refused(
    patches: pd.DataFrame, vocabulary: Vocabulary
) -> None:
    patches.loc[1, "specimen"] = None
    with pytest.raises(InputError, match="rows without a specimen"):
        by_specimen(patches, vocabulary)


def test_a_missing_column_is_named(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="no column fn, intensity"):
        by_field(patches.drop(columns=["fn", "intensity"]), vocabulary)
