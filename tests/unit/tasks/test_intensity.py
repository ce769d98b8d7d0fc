"""Ordered intensity levels told by cumulative probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from anascope.tasks import INTENSITY
from anascope.words import IntensityScale, PatternSpace, Vocabulary

derandomized = settings(derandomize=True, deadline=None, max_examples=60)
SPACE = PatternSpace(("homogeneous", "golgi"))
SCALES = {
    1: IntensityScale(("negative", "positive")),
    2: IntensityScale(("negative", "intermediate", "positive")),
}

RANKS = (0, 0, 0, 1, None)
ABOVE = np.array([[0.1], [0.4], [0.7], [0.6], [0.9]])


def words(outputs: int) -> Vocabulary:
    return Vocabulary(SPACE, SCALES[outputs])


def rated(ranks: Sequence[int | None], above: NDArray[np.float64]) -> pd.DataFrame:
    """Return a table of rows with these levels by rank, None where not known, and outputs."""
    vocabulary = words(above.shape[1])
    levels = INTENSITY.classes(vocabulary)
    table = pd.DataFrame(above, columns=list(INTENSITY.columns(vocabulary).averaged))
    labels = [None if rank is None else levels[rank] for rank in ranks]
    return table.assign(intensity=pd.Series(labels, dtype=object))


def measured(ranks: Sequence[int | None], above: NDArray[np.float64]) -> dict[str, float]:
    vocabulary, table = words(above.shape[1]), rated(ranks, above)
    return {each.name: each.of(table, vocabulary) for each in INTENSITY.measures(vocabulary)}


def predicted(above: NDArray[np.float64]) -> list[int]:
    table = rated([None] * len(above), above)
    levels: list[int] = INTENSITY.answers(table, words(above.shape[1])).predicted.tolist()
    return levels


def test_two_levels_by_hand() -> None:
    assert predicted(ABOVE) == [0, 0, 1, 1, 1]
    assert measured(RANKS, ABOVE) == pytest.approx(
        {"accuracy": 3 / 4, "balanced_accuracy": (2 / 3 + 1) / 2, "auroc": 2 / 3}
    )


def test_three_levels_by_hand() -> None:
    above = np.array([[0.2, 0.1], [0.9, 0.6], [0.9, 0.8], [0.4, 0.3]])
    assert predicted(above) == [0, 2, 2, 0]
    # above 0: 0.9, 0.9, 0.4 against 0.2; above 1: 0.8, 0.3 against 0.1, 0.6
    assert measured([0, 1, 2, 2], above) == pytest.approx(
        {"accuracy": 2 / 4, "balanced_accuracy": (1 + 0 + 1 / 2) / 3, "auroc": (1 + 0.75) / 2}
    )


def test_an_output_at_the_threshold_is_not_over_it() -> None:
    assert predicted(np.array([[0.5]])) == [0]


def test_the_confidence_is_the_probability_of_the_level() -> None:
    table = rated([None] * 3, np.array([[0.9, 0.2], [0.9, 0.6], [0.3, 0.4]]))
    confidence = INTENSITY.answers(table, words(2)).confidence
    assert confidence.tolist() == pytest.approx([0.9 - 0.2, 0.6, 0.7])


def test_one_level_only_has_no_area() -> None:
    found = measured([1, 1, None], np.array([[0.9], [0.2], [0.1]]))
    assert math.isnan(found["auroc"])
    assert found["accuracy"] == found["balanced_accuracy"] == 0.5


def test_the_mean_area_is_over_the_outputs_that_have_one() -> None:
    above = np.array([[0.2, 0.1], [0.9, 0.6]])  # nothing is above level 1
    assert measured([0, 1], above)["auroc"] == 1.0


def test_no_labelled_row_is_undefined() -> None:
    assert all(math.isnan(value) for value in measured([None], np.array([[0.5]])).values())


@derandomized
@given(st.data())
def test_area_is_that_of_scikit_learn(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 20))
    truth = data.draw(arrays(np.int64, n, elements=st.sampled_from([0, 1])))
    output = data.draw(arrays(np.float64, n, elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])))
    area = measured(truth.tolist(), output[:, np.newaxis])["auroc"]
    if len(set(truth)) < 2:
        assert math.isnan(area)
    else:
        assert area == pytest.approx(roc_auc_score(truth, output))


@derandomized
@given(arrays(np.float64, (12, 2), elements=st.floats(0, 1)), st.integers(0, 12))
def test_unlabelled_rows_change_nothing(above: NDArray[np.float64], unlabelled: int) -> None:
    ranks = [None if row < unlabelled else row % 3 for row in range(12)]
    whole = measured(ranks, above)
    assert whole == pytest.approx(measured(ranks[unlabelled:], above[unlabelled:]), nan_ok=True)
