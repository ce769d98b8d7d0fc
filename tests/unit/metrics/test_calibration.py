"""Confidence against share right: bins by hand, properties, scikit-learn's bins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from anascope.metrics import calibration

derandomized = settings(derandomize=True, deadline=None, max_examples=60)
rows = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def split(drawn: list[tuple[float, bool]]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    return np.array([c for c, _ in drawn], np.float64), np.array([r for _, r in drawn], np.bool_)


def test_bins_by_hand() -> None:
    confidence = np.array([0.30, 0.45, 0.90, 0.80, 0.70, 0.60])
    right = np.array([True, False, True, True, False, True])
    found = calibration(confidence, right, bins=4)
    assert found.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.counts.tolist() == [0, 2, 2, 2]
    assert found.confidence.tolist() == pytest.approx([math.nan, 0.375, 0.65, 0.85], nan_ok=True)
    assert found.accuracy.tolist() == pytest.approx([math.nan, 0.5, 0.5, 1.0], nan_ok=True)
    # (2 · |0.5 - 0.375| + 2 · |0.5 - 0.65| + 2 · |1 - 0.85|) / 6
    assert found.error == pytest.approx((0.25 + 0.3 + 0.3) / 6)
    assert found.n == 6


def test_a_bin_reaches_up_to_its_upper_end() -> None:
    confidence = np.array([0.0, 0.5, np.nextafter(0.5, 1), 1.0])
    assert calibration(confidence, np.ones(4, np.bool_), bins=2).counts.tolist() == [2, 2]


def test_errors_of_both_signs_in_one_bin_cancel() -> None:
    # Each row alone is 0.4 or 0.6 off; that 3 of 5 are right is what 0.6 says.
    confidence, right = (
        np.array([0.6, 0.6, 0.6, 0.6, 0.6]),
        np.array([True, True, True, False, False]),
    )
    assert calibration(confidence, right).error == pytest.approx(0)


@derandomized
@given(rows, st.integers(1, 20))
def test_bins_are_those_of_scikit_learn(drawn: list[tuple[float, bool]], bins: int) -> None:
    confidence, right = split(drawn)
    found = calibration(confidence, right, bins=bins)
    accuracy, mean = calibration_curve(right, confidence, n_bins=bins, pos_label=True)
    used = found.counts > 0
    assert found.accuracy[used].tolist() == pytest.approx(accuracy.tolist())
    assert found.confidence[used].tolist() == pytest.approx(mean.tolist())
    assert np.isnan(found.accuracy[~used]).all()
    assert np.isnan(found.confidence[~used]).all()


@derandomized
@given(rows)
def test_error_is_the_weighted_gap_and_at_least_that_of_one_bin(
    drawn: list[tuple[float, bool]],
) -> None:
    confidence, right = split(drawn)
    found = calibration(confidence, right)
    assert found.counts.sum() == found.n == len(drawn)
    used = found.counts > 0
    gaps = np.abs(found.accuracy - found.confidence)[used]
    assert found.error == pytest.approx((found.counts[used] * gaps).sum() / found.n)
    whole = calibration(confidence, right, bins=1).error
    assert whole == pytest.approx(abs(right.mean() - confidence.mean()))
    assert whole - 1e-12 <= found.error <= 1


def test_without_rows_or_with_nan_there_is_no_error() -> None:
    for confidence in ([], [0.5, math.nan]):
        found = calibration(np.array(confidence, np.float64), np.ones(len(confidence), np.bool_))
        assert math.isnan(found.error)
        assert found.n == len(confidence)
        assert found.edges.shape == (16,)
        assert found.counts.tolist() == [0] * 15
        assert np.isnan(found.confidence).all()


def test_rounding_beyond_one_is_not_refused() -> None:
    found = calibration(np.array([1 + 1e-7]), np.array([True]))
    assert found.counts[-1] == 1
    assert found.error == 0


@pytest.mark.parametrize(
    ("confidence", "right", "bins", "message"),
    [
        (np.array([1.5]), np.array([True]), 15, "in \\[0, 1\\]"),
        (np.array([-0.5]), np.array([True]), 15, "in \\[0, 1\\]"),
        (np.array([0.5]), np.array([1]), 15, "boolean"),
        (np.array([0.5]), np.array([True, False]), 15, "boolean"),
        (np.array([0.5]), np.array([True]), 0, "at least 1"),
    ],
    ids=["over one", "below zero", "numbers", "other length", "no bins"],
)
def test_refusals(confidence: Any, right: Any, bins: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        calibration(confidence, right, bins=bins)
