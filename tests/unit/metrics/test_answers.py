"""Classes against sets of classes, and the measures that are made of the sums."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score, recall_score

from anascope.metrics import Answers, macro_f1, mean_recall, recalls, share

derandomized = settings(derandomize=True, deadline=None, max_examples=60)

TRUTH = np.array([0, 0, 0, 1, 1, 2, -1])
PREDICTED = np.array([0, 0, 1, 1, 0, 2, 2])
COUNTS = np.array([[2, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]])


def answered(truth: NDArray[Any], predicted: NDArray[Any], classes: int) -> Answers:
    """Return answers to labels that name one class each, -1 where there is no label."""
    allowed = truth[:, np.newaxis] == np.arange(classes)
    return Answers(allowed, predicted, np.ones(len(truth)))


def accuracy(answers: Answers) -> float:
    return float(share(answers.accuracy_rows.sum(axis=0)))


def of_cells(measure: Any, answers: Answers) -> float:
    return float(measure(answers.confusion_rows.sum(axis=0)))


@st.composite
def index_pairs(draw: st.DrawFn) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    n = draw(st.integers(2, 5))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=1, max_size=30)
    )
    truth, predicted = np.array(pairs).T
    return truth, predicted, n


def test_by_hand() -> None:
    answers = answered(TRUTH, PREDICTED, 4)
    assert answers.confusion.tolist() == COUNTS.tolist()
    assert accuracy(answers) == pytest.approx(4 / 6)
    assert of_cells(mean_recall, answers) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert of_cells(macro_f1, answers) == pytest.approx((4 / 6 + 2 / 4 + 1) / 3)


def test_recalls_by_class() -> None:
    assert recalls(COUNTS).tolist() == pytest.approx([2 / 3, 1 / 2, 1.0, math.nan], nan_ok=True)


def test_a_class_that_is_only_called_lowers_f1_and_not_the_recalls() -> None:
    answers = answered(np.array([0, 0]), np.array([0, 1]), 3)
    assert of_cells(mean_recall, answers) == 0.5
    assert of_cells(macro_f1, answers) == pytest.approx((2 / 3 + 0) / 2)


def test_no_rows_is_undefined() -> None:
    nothing = np.empty(0, np.int64)
    answers = answered(nothing, nothing, 3)
    assert answers.confusion.tolist() == [[0] * 3] * 3
    assert math.isnan(accuracy(answers))
    assert math.isnan(of_cells(mean_recall, answers))
    assert math.isnan(of_cells(macro_f1, answers))


def test_a_set_is_right_for_each_of_its_classes() -> None:
    allowed = np.array(
        [
            [True, False, False],  # one class
            [False, True, True],  # either of two: right
            [False, True, True],  # either of two: wrong
            [True, True, True],  # says nothing
            [False, False, False],  # says nothing
        ]
    )
    answers = Answers(allowed, np.array([0, 2, 0, 1, 1]), np.ones(5))
    assert answers.labelled.tolist() == [True, True, True, False, False]
    assert accuracy(answers) == pytest.approx(2 / 3)
    assert answers.confusion.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_a_single_class_can_be_labelled() -> None:
    answers = Answers(np.array([[True], [False]]), np.array([0, 0]), np.ones(2))
    assert answers.confusion.tolist() == [[1]]
    assert accuracy(answers) == 1.0


def test_a_gap_leaves_the_sum_undefined_and_not_the_confusion() -> None:
    answers = answered(np.array([0, 1, -1]), np.array([0, -1, -1]), 2)
    assert np.isnan(answers.accuracy_rows).any(axis=1).tolist() == [False, True, False]
    assert math.isnan(accuracy(answers))
    assert math.isnan(of_cells(mean_recall, answers))
    assert answers.confusion.tolist() == [[1, 0], [0, 0]]
    assert answers.right.tolist() == [True, False, False]


def test_calibration_is_of_the_labelled_rows() -> None:
    answers = Answers(
        np.array([[True, False], [True, False], [False, False]]),
        np.array([0, 1, 1]),
        np.array([0.9, 0.7, 0.8]),
    )
    assert answers.calibration.n == 2
    assert answers.calibration.error == pytest.approx((0.1 + 0.7) / 2)


@derandomized
@given(index_pairs())
def test_counts_and_ratios_are_those_of_scikit_learn(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], int],
) -> None:
    truth, predicted, n = pairs
    answers = answered(truth, predicted, n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # classes that are called and never true
        balanced = balanced_accuracy_score(truth, predicted)
    of_classes = recall_score(
        truth, predicted, labels=np.arange(n), average=None, zero_division=np.nan
    )
    assert (answers.confusion == confusion_matrix(truth, predicted, labels=np.arange(n))).all()
    assert recalls(answers.confusion).tolist() == pytest.approx(of_classes, nan_ok=True)
    assert accuracy(answers) == pytest.approx((truth == predicted).mean())
    assert of_cells(mean_recall, answers) == pytest.approx(balanced)
    assert of_cells(macro_f1, answers) == pytest.approx(f1_score(truth, predicted, average="macro"))


@derandomized
@given(index_pairs(), st.randoms(use_true_random=False))
def test_the_names_of_classes_do_not_matter(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], int], random: Any
) -> None:
    truth, predicted, n = pairs
    other = np.array(random.sample(range(n), n))
    before = answered(truth, predicted, n)
    after = answered(other[truth], other[predicted], n)
    for measure in (mean_recall, macro_f1):
        assert of_cells(measure, after) == pytest.approx(of_cells(measure, before))


@pytest.mark.parametrize(
    ("allowed", "predicted", "message"),
    [
        (np.array([0, 3]), np.array([0, 0]), "bool .N, K."),
        (np.ones((2, 3)), np.array([0, 0]), "float64"),
        (np.ones((2, 3), bool), np.array([0]), "predicted must be indices .2,."),
        (np.ones((2, 3), bool), np.array([0.0, 1.0]), "predicted must be indices"),
        (np.ones((2, 3), bool), np.array([0, 3]), "found 0 to 3"),
        (np.ones((2, 3), bool), np.array([-2, 0]), "found -2 to 0"),
    ],
)
def test_what_is_no_class_is_refused(allowed: Any, predicted: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Answers(allowed, predicted, np.ones(2))
