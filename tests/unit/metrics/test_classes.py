"""Classes against classes, and against sets of classes."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score

from anascope.metrics import (
    accuracy,
    allowed_classes,
    class_recalls,
    confusion,
    macro_f1,
    mean_class_accuracy,
)

derandomized = settings(derandomize=True, deadline=None, max_examples=60)

TRUTH = np.array([0, 0, 0, 1, 1, 2, -1])
PREDICTED = np.array([0, 0, 1, 1, 0, 2, 2])
COUNTS = np.array([[2, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]])


@st.composite
def index_pairs(draw: st.DrawFn) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    n = draw(st.integers(2, 5))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=1, max_size=30)
    )
    truth, predicted = np.array(pairs).T
    return truth, predicted, n


def test_by_hand() -> None:
    counts = confusion(TRUTH, PREDICTED, 4)
    assert counts.tolist() == COUNTS.tolist()
    assert accuracy(TRUTH, PREDICTED, 4) == pytest.approx(4 / 6)
    assert mean_class_accuracy(counts) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert macro_f1(counts) == pytest.approx((4 / 6 + 2 / 4 + 1) / 3)


def test_recalls_by_class() -> None:
    recalls = class_recalls(COUNTS, ["a", "b", "c", "d"])
    assert recalls.pop("c") == 1.0
    assert math.isnan(recalls.pop("d"))
    assert recalls == pytest.approx({"a": 2 / 3, "b": 1 / 2})


def test_a_class_that_is_only_called_lowers_f1_and_not_the_recalls() -> None:
    counts = confusion(np.array([0, 0]), np.array([0, 1]), 3)
    assert mean_class_accuracy(counts) == 0.5
    assert macro_f1(counts) == pytest.approx((2 / 3 + 0) / 2)


def test_no_rows_is_undefined() -> None:
    nothing = np.empty(0, np.int64)
    counts = confusion(nothing, nothing, 3)
    assert counts.tolist() == [[0] * 3] * 3
    assert math.isnan(accuracy(nothing, nothing, 3))
    assert math.isnan(mean_class_accuracy(counts))
    assert math.isnan(macro_f1(counts))


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
    predicted = np.array([0, 2, 0, 1, 1])
    assert accuracy(allowed, predicted, 3) == pytest.approx(2 / 3)
    assert confusion(allowed, predicted, 3).tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_a_single_class_can_be_labelled() -> None:
    allowed = np.array([[True], [False]])
    assert confusion(allowed, np.array([0, 0]), 1).tolist() == [[1]]
    assert accuracy(allowed, np.array([0, 0]), 1) == 1.0


@derandomized
@given(index_pairs())
def test_counts_and_ratios_are_those_of_scikit_learn(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], int],
) -> None:
    truth, predicted, n = pairs
    counts = confusion(truth, predicted, n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # classes that are called and never true
        balanced = balanced_accuracy_score(truth, predicted)
    assert (counts == confusion_matrix(truth, predicted, labels=np.arange(n))).all()
    assert accuracy(truth, predicted, n) == pytest.approx((truth == predicted).mean())
    assert mean_class_accuracy(counts) == pytest.approx(balanced)
    assert macro_f1(counts) == pytest.approx(f1_score(truth, predicted, average="macro"))


@derandomized
@given(index_pairs(), st.randoms(use_true_random=False))
def test_the_names_of_classes_do_not_matter(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], int], random: Any
) -> None:
    truth, predicted, n = pairs
    other = np.array(random.sample(range(n), n))
    before, after = confusion(truth, predicted, n), confusion(other[truth], other[predicted], n)
    assert mean_class_accuracy(after) == pytest.approx(mean_class_accuracy(before))
    assert macro_f1(after) == pytest.approx(macro_f1(before))


@derandomized
@given(index_pairs())
def test_indices_and_sets_of_one_are_the_same(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], int],
) -> None:
    truth, predicted, n = pairs
    allowed = allowed_classes(truth, n)
    assert accuracy(allowed, predicted, n) == accuracy(truth, predicted, n)
    assert (confusion(allowed, predicted, n) == confusion(truth, predicted, n)).all()


@pytest.mark.parametrize(
    ("truth", "predicted", "message"),
    [
        (np.array([0, 3]), np.array([0, 0]), "indices .N,. below 3"),
        (np.array([0.0, 1.0]), np.array([0, 0]), "float64"),
        (np.ones((2, 4), bool), np.array([0, 0]), "sets .N, 3."),
        (np.array([0, 1]), np.array([0]), "predicted must be indices .2,."),
        (np.array([0, 1]), np.array([0.0, 1.0]), "predicted must be indices"),
        (np.array([0, 1]), np.array([0, 3]), "found 0 to 3"),
        (np.array([0, 1]), np.array([-1, 0]), "found -1 to 0"),
    ],
)
@pytest.mark.parametrize("function", [accuracy, confusion])
def test_what_is_no_class_is_refused(
    function: Any, truth: Any, predicted: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        function(truth, predicted, 3)


def test_names_must_fit_the_confusion_matrix() -> None:
    with pytest.raises(ValueError, match="2 classes"):
        class_recalls(COUNTS, ["a", "b"])
