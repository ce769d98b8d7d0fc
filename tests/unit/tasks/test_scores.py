"""All scores of a table, at each of the three levels."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anascope.errors import InputError
from anascope.tasks import by_field, by_specimen, score
from anascope.words import IntensityScale, PatternSpace, Vocabulary


@pytest.fixture
def scores(patches: pd.DataFrame, vocabulary: Vocabulary) -> dict[str, Any]:
    return score(patches, vocabulary)


def test_mask_by_hand(scores: dict[str, Any]) -> None:
    mask = scores["mask"]
    pooled = mask.pop("pooled")
    assert mask == pytest.approx({"n": 4, "pixel_accuracy": 0.75, "dice": 0.5, "iou": 4 / 9})
    assert pooled == pytest.approx({"pixel_accuracy": 24 / 32, "dice": 12 / 20, "iou": 6 / 14})


def test_pattern_by_hand(scores: dict[str, Any]) -> None:
    pattern = scores["pattern"]
    assert pattern["classes"] == ["homogeneous", "fine speckled", "coarse speckled"]
    assert pattern["confusion"] == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert pattern["n"] == 5
    assert pattern["accuracy"] == pytest.approx(2 / 5)
    assert pattern["mean_class_accuracy"] == pytest.approx((1 / 2 + 0) / 2)
    assert pattern["macro_f1"] == pytest.approx((2 / 3 + 0 + 0) / 3)
    assert pattern["recall"] == pytest.approx(
        {"homogeneous": 0.5, "fine speckled": 0.0, "coarse speckled": math.nan}, nan_ok=True
    )


def test_intensity_by_hand(scores: dict[str, Any]) -> None:
    intensity = scores["intensity"]
    assert intensity.pop("levels") == ["intermediate", "positive"]
    assert intensity == pytest.approx(
        {"n": 5, "accuracy": 4 / 5, "balanced_accuracy": 5 / 6, "auroc": 5 / 6}
    )


def test_fields_and_specimens_take_the_same_function(
    patches: pd.DataFrame, vocabulary: Vocabulary
) -> None:
    fields = score(by_field(patches, vocabulary), vocabulary)
    specimens = score(by_specimen(patches, vocabulary), vocabulary)
    assert [fields[task]["n"] for task in fields] == [3, 3, 3]
    assert [specimens[task]["n"] for task in specimens] == [2, 3, 2]
    assert fields["pattern"]["accuracy"] == pytest.approx(2 / 3)
    assert specimens["pattern"]["accuracy"] == pytest.approx(1 / 3)
    assert fields["mask"]["pooled"] == specimens["mask"]["pooled"]
    assert specimens["intensity"]["auroc"] == 1.0


def test_scores_of_nothing_are_undefined(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    empty = score(patches.iloc[:0], vocabulary)
    assert empty["mask"]["n"] == empty["pattern"]["n"] == empty["intensity"]["n"] == 0
    ratios = [
        *(empty["mask"][name] for name in ("pixel_accuracy", "dice", "iou")),
        *empty["mask"]["pooled"].values(),
        *(empty["pattern"][name] for name in ("accuracy", "mean_class_accuracy", "macro_f1")),
        *(empty["intensity"][name] for name in ("accuracy", "balanced_accuracy", "auroc")),
    ]
    assert all(math.isnan(value) for value in ratios)


def test_predictions_that_are_not_finite_leave_no_ratio(
    patches: pd.DataFrame, vocabulary: Vocabulary
) -> None:
    patches.loc[0, ["p_pattern_homogeneous", "p_above_intermediate"]] = np.nan
    scores = score(patches, vocabulary)
    pattern, intensity = scores["pattern"], scores["intensity"]
    assert (pattern["n"], intensity["n"]) == (5, 5)
    assert pattern["confusion"] == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert math.isnan(pattern["accuracy"])
    assert math.isnan(pattern["mean_class_accuracy"])
    assert math.isnan(pattern["macro_f1"])
    assert math.isnan(intensity["accuracy"])
    assert math.isnan(intensity["balanced_accuracy"])
    assert math.isnan(intensity["auroc"])


def test_an_unlabelled_row_may_be_anything(patches: pd.DataFrame, vocabulary: Vocabulary) -> None:
    before = json.dumps(score(patches, vocabulary))
    patches.loc[2, "p_pattern_homogeneous"] = np.nan  # the row without a pattern
    assert json.dumps(score(patches, vocabulary)) == before


def test_scores_are_json(scores: dict[str, Any]) -> None:
    assert json.loads(json.dumps(scores))["pattern"]["confusion"] == scores["pattern"]["confusion"]


def test_a_table_from_parquet_scores_the_same(
    patches: pd.DataFrame,
    vocabulary: Vocabulary,
    scores: dict[str, Any],
    tmp_path: Path,
) -> None:
    patches.to_parquet(tmp_path / "predictions.parquet")
    read = pd.read_parquet(tmp_path / "predictions.parquet")
    assert json.dumps(score(read, vocabulary)) == json.dumps(scores)


def test_a_network_with_other_outputs_is_refused(
    patches: pd.DataFrame, vocabulary: Vocabulary
) -> None:
    with pytest.raises(InputError, match="no column p_pattern_golgi"):
        score(patches, Vocabulary(PatternSpace(("homogeneous", "golgi"))))
    scale = IntensityScale(("negative", "intermediate", "positive"))
    with pytest.raises(InputError, match="no column p_above_negative"):
        score(patches, Vocabulary(vocabulary.patterns, scale))


@pytest.mark.parametrize(
    ("column", "label"), [("pattern", "golgi"), ("intensity", "negative"), ("pattern", "golgy")]
)
def test_a_label_that_the_network_cannot_tell_is_refused(
    patches: pd.DataFrame,
    vocabulary: Vocabulary,
    column: str,
    label: str,
) -> None:
    patches.loc[0, column] = label
    with pytest.raises(InputError, match=label):
        score(patches, vocabulary)
