"""Ordered intensity levels told by cumulative probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from anascope.metrics import (
    intensity_accuracy,
    intensity_auroc,
    intensity_aurocs,
    intensity_balanced_accuracy,
    predicted_levels,
)

derandomized = settings(derandomize=True, deadline=None, max_examples=60)
NAN = float("nan")

TRUTH = np.array([0.0, 0.0, 0.0, 1.0, NAN])
ABOVE = np.array([[0.1], [0.4], [0.7], [0.6], [0.9]])


def area_by_pairs(positive: NDArray[np.bool_], output: NDArray[np.float64]) -> float:
    """Return the share of (positive, negative) pairs in the right order, ties counted half."""
    difference = output[positive][:, np.newaxis] - output[~positive]
    return float((np.sign(difference) / 2 + 0.5).mean())


def test_two_levels_by_hand() -> None:
    assert predicted_levels(ABOVE).tolist() == [0, 0, 1, 1, 1]
    assert intensity_accuracy(TRUTH, ABOVE) == 3 / 4
    assert intensity_balanced_accuracy(TRUTH, ABOVE) == pytest.approx((2 / 3 + 1) / 2)
    assert intensity_aurocs(TRUTH, ABOVE).tolist() == pytest.approx([2 / 3])


def test_three_levels_by_hand() -> None:
    truth = np.array([0.0, 1.0, 2.0, 2.0])
    above = np.array([[0.2, 0.1], [0.9, 0.6], [0.9, 0.8], [0.4, 0.3]])
    assert predicted_levels(above).tolist() == [0, 2, 2, 0]
    assert intensity_accuracy(truth, above) == 2 / 4
    assert intensity_balanced_accuracy(truth, above) == pytest.approx((1 + 0 + 1 / 2) / 3)
    # above 0: 0.9, 0.9, 0.4 against 0.2; above 1: 0.8, 0.3 against 0.1, 0.6
    assert intensity_aurocs(truth, above).tolist() == [1.0, 0.75]
    assert intensity_auroc(truth, above) == 0.875


def test_an_output_at_the_threshold_is_not_over_it() -> None:
    assert predicted_levels(np.array([[0.5]])).tolist() == [0]
    assert predicted_levels(np.array([[0.5]]), threshold=0.4).tolist() == [1]


def test_one_level_only_has_no_area() -> None:
    truth = np.array([1.0, 1.0, NAN])
    above = np.array([[0.9], [0.2], [0.1]])
    assert math.isnan(intensity_auroc(truth, above))
    assert intensity_accuracy(truth, above) == 0.5
    assert intensity_balanced_accuracy(truth, above) == 0.5


def test_the_mean_area_is_over_the_outputs_that_have_one() -> None:
    truth = np.array([0.0, 1.0])  # nothing is above level 1
    above = np.array([[0.2, 0.1], [0.9, 0.6]])
    areas = intensity_aurocs(truth, above)
    assert areas[0] == 1.0
    assert math.isnan(areas[1])
    assert intensity_auroc(truth, above) == 1.0


def test_no_labelled_row_is_undefined() -> None:
    truth, above = np.array([NAN]), np.array([[0.5]])
    assert math.isnan(intensity_accuracy(truth, above))
    assert math.isnan(intensity_balanced_accuracy(truth, above))
    assert math.isnan(intensity_auroc(truth, above))


@derandomized
@given(st.data())
def test_area_is_the_share_of_ordered_pairs(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 20))
    truth = data.draw(arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])))
    output = data.draw(arrays(np.float64, n, elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])))
    if len(set(truth)) < 2:
        assert math.isnan(intensity_auroc(truth, output[:, np.newaxis]))
    else:
        expected = area_by_pairs(truth > 0, output)
        assert intensity_auroc(truth, output[:, np.newaxis]) == pytest.approx(expected)


@derandomized
@given(arrays(np.float64, (12, 2), elements=st.floats(0, 1)), st.integers(0, 12))
def test_unlabelled_rows_change_nothing(above: NDArray[np.float64], unlabelled: int) -> None:
    truth = np.arange(12) % 3.0
    truth[:unlabelled] = NAN
    for function in (intensity_accuracy, intensity_balanced_accuracy, intensity_auroc):
        whole = function(truth, above)
        assert whole == pytest.approx(function(truth[unlabelled:], above[unlabelled:]), nan_ok=True)


@pytest.mark.parametrize(
    ("truth", "above", "message"),
    [
        (np.array([0.0]), np.array([0.5]), "K at least 2"),
        (np.array([0.0]), np.empty((1, 0)), "K at least 2"),
        (np.array([0.0]), np.array([[NAN]]), "found NaN"),
        (np.array([2.0]), np.array([[0.5]]), "rank"),
        (np.array([0.5]), np.array([[0.5]]), "rank"),
        (np.array([0.0, 1.0]), np.array([[0.5]]), "a rank a row"),
    ],
)
@pytest.mark.parametrize(
    "function", [intensity_accuracy, intensity_balanced_accuracy, intensity_auroc]
)
def test_what_is_no_level_is_refused(function: Any, truth: Any, above: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        function(truth, above)
