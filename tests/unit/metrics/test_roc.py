"""ROC curves: corners by hand, the area by pairs, scikit-learn's points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve as points_of_scikit_learn

from anascope.metrics import roc_curve

derandomized = settings(derandomize=True, deadline=None, max_examples=60)
rows = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=30)
two_sided = rows.filter(lambda drawn: len({truth for truth, _ in drawn}) == 2)


def test_corners_by_hand() -> None:
    # From the greatest score down: right, wrong, right, wrong.
    curve = roc_curve(np.array([True, False, True, False]), np.array([0.9, 0.7, 0.4, 0.2]))
    assert curve.false_positive_rate.tolist() == [0, 0, 0.5, 0.5, 1]
    assert curve.true_positive_rate.tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve.auroc == 0.75
    assert curve.n == 4


def test_ties_count_half() -> None:
    curve = roc_curve(np.array([True, False, True]), np.array([0.5, 0.5, 0.5]))
    assert curve.auroc == 0.5
    assert curve.false_positive_rate.tolist() == curve.true_positive_rate.tolist() == [0, 1]


@derandomized
@given(two_sided)
def test_points_and_area_are_those_of_scikit_learn(drawn: list[tuple[bool, int]]) -> None:
    truth = np.array([positive for positive, _ in drawn])
    score = np.array([value for _, value in drawn], np.float64)
    curve = roc_curve(truth, score)
    false_alarms, hits, _ = points_of_scikit_learn(truth, score)
    assert curve.false_positive_rate.tolist() == false_alarms.tolist()
    assert curve.true_positive_rate.tolist() == hits.tolist()
    assert curve.auroc == roc_auc_score(truth, score)


@derandomized
@given(two_sided)
def test_the_area_lies_under_the_curve_that_is_given(drawn: list[tuple[bool, int]]) -> None:
    truth = np.array([positive for positive, _ in drawn])
    curve = roc_curve(truth, np.array([value for _, value in drawn], np.float64))
    under = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert under == pytest.approx(curve.auroc)


@derandomized
@given(two_sided)
def test_other_side_and_order_of_scores(drawn: list[tuple[bool, int]]) -> None:
    truth = np.array([positive for positive, _ in drawn])
    score = np.array([value for _, value in drawn], np.float64)
    area = roc_curve(truth, score).auroc
    assert roc_curve(truth, np.exp(score)).auroc == area  # only the order counts
    assert roc_curve(~truth, score).auroc == pytest.approx(1 - area)


@pytest.mark.parametrize(
    ("truth", "score"),
    [([True, True], [0.1, 0.2]), ([False], [0.5]), ([], []), ([True, False], [math.nan, 0.2])],
    ids=["all positive", "all negative", "no rows", "not a number"],
)
def test_no_curve(truth: list[bool], score: list[float]) -> None:
    curve = roc_curve(np.array(truth, np.bool_), np.array(score, np.float64))
    assert curve.false_positive_rate.shape == curve.true_positive_rate.shape == (0,)
    assert math.isnan(curve.auroc)
    assert curve.n == len(truth)


@pytest.mark.parametrize(
    ("truth", "score"),
    [
        (np.array([1, 0]), np.array([0.1, 0.2])),
        (np.array([True, False]), np.array([0.1])),
        (np.array([[True, False]]), np.array([[0.1, 0.2]])),
    ],
    ids=["numbers", "other length", "two axes"],
)
def test_what_is_no_row_of_answers_is_refused(truth: Any, score: Any) -> None:
    with pytest.raises(ValueError, match=r"boolean \(N,\)"):
        roc_curve(truth, score)
