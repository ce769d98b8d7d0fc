"""Pixel counts, their ratios, and components at the border."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from sklearn.metrics import f1_score, jaccard_score

from anascope.metrics import (
    MaskCounts,
    mask_counts,
    without_border_components,
)
from anascope.records import MaskValue

derandomized = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def mask_pairs(draw: st.DrawFn) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    shape = draw(array_shapes(min_dims=2, max_dims=2, max_side=8))
    predicted = draw(arrays(np.bool_, shape))
    return predicted, draw(arrays(np.uint8, shape, elements=st.integers(0, 2)))


def drawn(*rows: str) -> NDArray[np.uint8]:
    """Return a mask from rows of ``.`` background, ``#`` cell and ``?`` unknown."""
    return np.array([[".#?".index(mark) for mark in row] for row in rows], dtype=np.uint8)


PREDICTED = drawn("##..", "##..", "....") == MaskValue.CELL
TRUTH = drawn(".##.", ".##?", "?...")


def test_counts_by_hand() -> None:
    assert mask_counts(PREDICTED, TRUTH) == MaskCounts(tp=2, fp=2, fn=2, tn=4)


def test_unknown_pixels_are_left_out_or_taken_as_background() -> None:
    everywhere = np.ones_like(PREDICTED)
    assert mask_counts(everywhere, TRUTH, unknown="ignore") == MaskCounts(tp=4, fp=6)
    assert mask_counts(everywhere, TRUTH, unknown="background") == MaskCounts(tp=4, fp=8)
    assert mask_counts(~everywhere, TRUTH, unknown="background") == MaskCounts(fn=4, tn=8)


def test_ratios_by_hand() -> None:
    counts = MaskCounts(tp=2, fp=2, fn=2, tn=4)
    assert counts.total == 10
    assert counts.pixel_accuracy == 0.6
    assert counts.dice == 0.5
    assert counts.iou == pytest.approx(1 / 3)


def test_two_empty_masks_have_no_overlap_to_speak_of() -> None:
    counts = MaskCounts(tn=9)
    assert counts.pixel_accuracy == 1.0
    assert math.isnan(counts.dice)
    assert math.isnan(counts.iou)


def test_a_miss_is_zero_and_not_undefined() -> None:
    assert MaskCounts(fn=3).dice == MaskCounts(fp=3).iou == 0.0


def test_nothing_counted_has_no_accuracy() -> None:
    assert math.isnan(mask_counts(PREDICTED, np.full(PREDICTED.shape, 2, np.uint8)).pixel_accuracy)


def test_counts_add_up() -> None:
    parts = [MaskCounts(1, 2, 3, 4), MaskCounts(10, 20, 30, 40)]
    assert sum(parts, MaskCounts()) == MaskCounts(11, 22, 33, 44)


@derandomized
@given(mask_pairs())
def test_every_pixel_is_counted_once(pair: tuple[NDArray[np.bool_], NDArray[np.uint8]]) -> None:
    predicted, truth = pair
    known = int((truth != MaskValue.UNKNOWN).sum())
    assert mask_counts(predicted, truth).total == known
    assert mask_counts(predicted, truth, unknown="background").total == truth.size


@derandomized
@given(mask_pairs())
def test_parts_of_a_field_sum_to_the_field(
    pair: tuple[NDArray[np.bool_], NDArray[np.uint8]],
) -> None:
    predicted, truth = pair
    whole = mask_counts(predicted, truth)
    left = mask_counts(predicted[:, :1], truth[:, :1])
    assert left + mask_counts(predicted[:, 1:], truth[:, 1:]) == whole


@derandomized
@given(mask_pairs())
def test_overlaps_are_those_of_scikit_learn(
    pair: tuple[NDArray[np.bool_], NDArray[np.uint8]],
) -> None:
    predicted, truth = pair
    counts = mask_counts(predicted, truth)
    known = truth != MaskValue.UNKNOWN
    cells, found = truth[known] == MaskValue.CELL, predicted[known]
    if not (cells.any() or found.any()):
        assert math.isnan(counts.dice)
        return
    assert counts.dice == pytest.approx(f1_score(cells, found, zero_division=0.0))
    assert counts.iou == pytest.approx(jaccard_score(cells, found, zero_division=0.0))
    assert counts.dice == pytest.approx(2 * counts.iou / (1 + counts.iou))


def test_border_components_are_dropped_whole() -> None:
    mask = drawn("#....", "#.##.", ".....", "..#.#", ".....") == MaskValue.CELL
    kept = drawn(".....", "..##.", ".....", "..#..", ".....") == MaskValue.CELL
    assert without_border_components(mask).tolist() == kept.tolist()


def test_corners_join_components() -> None:
    mask = drawn("#....", ".#...", "..#..", ".....") == MaskValue.CELL
    assert not without_border_components(mask).any()


@derandomized
@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=8)))
def test_what_is_left_is_inside_and_stays(mask: NDArray[np.bool_]) -> None:
    inner = without_border_components(mask)
    assert not (inner & ~mask).any()
    edges = (inner[0], inner[-1], inner[:, 0], inner[:, -1])
    assert not any(edge.any() for edge in edges)
    assert (without_border_components(inner) == inner).all()


@pytest.mark.parametrize(
    ("predicted", "truth", "message"),
    [
        (PREDICTED[:2], TRUTH, "alike"),
        (PREDICTED[0], TRUTH[0], "alike"),
        (PREDICTED.astype(np.float32), TRUTH, "boolean"),
        (PREDICTED, TRUTH * 100, "MaskValue"),
    ],
    ids=["other shape", "one axis", "probabilities", "grey mask"],
)
def test_what_is_no_mask_is_refused(predicted: Any, truth: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mask_counts(predicted, truth)


def test_an_unknown_treatment_is_refused() -> None:
    with pytest.raises(ValueError, match="'ignore' or 'background'"):
        mask_counts(PREDICTED, TRUTH, unknown="drop")  # type: ignore[arg-type]


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        MaskCounts(tp=-1)
