"""Cells against true cells: by hand, by a search over all matchings, and by a library."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from anascope.metrics import (
    IOU_THRESHOLDS,
    Jackknife,
    cell_ap,
    cell_ap_at,
    instance_pairs,
    instance_sums,
    panoptic_quality,
    share,
    shared_outline_sums,
)

Labels = NDArray[np.int32]


def labels(*rows: str) -> Labels:
    """Return labels from rows of digits and ``.`` for none."""
    return np.array([[0 if mark in ".?" else int(mark) for mark in row] for row in rows], np.int32)


def asked(*rows: str) -> NDArray[np.bool_]:
    """Return where rows hold ``?``."""
    return np.array([[mark == "?" for mark in row] for row in rows])


TRUTH = labels("11111.2222", "11111.2222", "..........", "3333......")
FOUND = labels("1111..22..", "1111..22..", "4.........", "4444..5555")
"""Overlaps: 8 of 10 pixels, 4 of 8 (which is half and not over it), 4 of 5, and one of nothing."""


def test_pairs_by_hand() -> None:
    pairs = instance_pairs(FOUND, TRUTH)
    assert list(zip(pairs.found, pairs.true, pairs.iou, strict=True)) == [(1, 1, 0.8), (4, 3, 0.8)]
    assert pairs.single_found.tolist() == [2, 5]
    assert pairs.single_true.tolist() == [2]


def test_measures_by_hand() -> None:
    """Two pairs, two found cells too many, one true cell missed; over 0.8 no pair is left."""
    sums = instance_sums(FOUND, TRUTH)
    assert cell_ap_at(0.5)(sums) == cell_ap_at(0.75)(sums) == pytest.approx(2 / 5)
    assert cell_ap_at(0.8)(sums) == cell_ap_at(0.9)(sums) == 0
    assert cell_ap(sums) == pytest.approx(6 / 9 * 2 / 5)
    assert panoptic_quality(sums) == pytest.approx(1.6 / (2 + 2 / 2 + 1 / 2))


def test_the_same_labels_are_perfect_whatever_their_numbers() -> None:
    sums = instance_sums((TRUTH * 1000).astype(np.uint16), TRUTH)
    assert cell_ap(sums) == panoptic_quality(sums) == 1


def test_nothing_found_of_nothing_is_undefined() -> None:
    sums = instance_sums(np.zeros((4, 4), int), np.zeros((4, 4), int))
    assert math.isnan(cell_ap(sums))
    assert math.isnan(panoptic_quality(sums))
    assert cell_ap(instance_sums(TRUTH, 0 * TRUTH)) == cell_ap(instance_sums(0 * TRUTH, TRUTH)) == 0


def test_two_cells_found_as_one_and_one_found_as_two() -> None:
    whole, halves = labels("11111111"), labels("11112222")
    for found, truth, false, missed in ((whole, halves, 1, 2), (halves, whole, 2, 1)):
        assert instance_sums(found, truth)[:4].tolist() == [0, false, missed, 0]


def test_cells_that_share_an_outline() -> None:
    """Cells 1 and 2 are found as one; of cell 3 half is, which is not over half."""
    truth = labels("1111222233", ".......444")
    found = labels("7777777778", ".......555")
    assert shared_outline_sums(found, truth).tolist() == [2, 4]
    assert shared_outline_sums(truth, found).tolist() == [0, 3]
    assert shared_outline_sums(found * 0, truth).tolist() == [0, 4]
    # Of cell 2 nothing is known: it is not counted, and cell 1 shares with nobody.
    unknown = asked("....????..", "..........")
    assert shared_outline_sums(found, truth, unknown=unknown).tolist() == [0, 3]
    assert share(shared_outline_sums(found, truth)) == 0.5


def test_what_lies_mostly_on_unknown_pixels_is_neither_right_nor_wrong() -> None:
    unknown = asked("......????", "......????")
    mostly = labels(".....11111", ".....11111")
    assert instance_sums(mostly, 0 * mostly, unknown=unknown)[:4].tolist() == [0, 0, 0, 0]
    assert instance_sums(0 * mostly, mostly, unknown=unknown)[:4].tolist() == [0, 0, 0, 0]
    half = labels("....1111..", "....1111..")
    assert instance_sums(half, 0 * half, unknown=unknown)[:4].tolist() == [0, 1, 0, 0]
    assert instance_sums(0 * half, half, unknown=unknown)[:4].tolist() == [0, 0, 1, 0]


def test_unknown_pixels_are_taken_out_of_overlaps() -> None:
    unknown = asked("....????", "....????")
    found, truth = labels(".1111111", ".1111..."), labels("..11....", "..11....")
    sums = instance_sums(found, truth, unknown=unknown)
    assert sums[:4].tolist() == [1, 0, 0, pytest.approx(4 / 6)]
    # Over 0.7 it is no pair: mostly on unknown, it is no wrong cell, and the true one is missed.
    over_07 = sums.reshape(-1, 4)[IOU_THRESHOLDS.index(0.7)]
    found_counts = instance_pairs(found, truth, unknown=unknown).found_counts.tolist()
    assert found_counts == [True]
    assert over_07.tolist() == [0, 1, 1, 0]
    wider = labels(".1111111", ".1111111")
    assert instance_pairs(wider, truth, unknown=unknown).found_counts.tolist() == [False]
    assert instance_sums(wider, truth, unknown=unknown).reshape(-1, 4)[4].tolist() == [0, 0, 1, 0]


def random_case(seed: int) -> tuple[Labels, Labels, NDArray[np.bool_]]:
    """Return found and true disks that overlap somehow, and some unknown rectangles.

    As the definitions have it, no true cell is where nobody knows what is there.
    """
    rng = np.random.default_rng(seed)
    side = 80
    y, x = np.indices((side, side))
    found, truth = np.zeros((2, side, side), np.int32)
    for number in range(1, int(rng.integers(2, 25))):
        centre, radius = rng.integers(0, side, 2), rng.integers(3, 10)
        truth[np.hypot(y - centre[0], x - centre[1]) < radius] = number
        if rng.random() < 0.85:
            moved, scaled = centre + rng.integers(-2, 3, 2), radius * rng.uniform(0.8, 1.2)
            found[np.hypot(y - moved[0], x - moved[1]) < scaled] = 50 - number
    unknown = np.zeros((side, side), bool)
    for _ in range(int(rng.integers(0, 4))):
        top, left = rng.integers(0, side - 15, 2)
        unknown[top : top + 20, left : left + 15] = True
    truth[unknown] = 0
    return found, truth, unknown


@pytest.mark.parametrize("seed", range(20))
def test_no_other_matching_has_more_pairs_or_a_higher_sum(seed: int) -> None:
    """Against the search of SciPy over all one-to-one matchings, at every threshold."""
    found, truth, _ = random_case(seed)
    sums = instance_sums(found, truth).reshape(-1, 4)
    some, others = (np.unique(image[image > 0]) for image in (found, truth))
    iou = np.array(
        [
            [
                ((found == a) & (truth == b)).sum() / ((found == a) | (truth == b)).sum()
                for b in others
            ]
            for a in some
        ]
    ).reshape(len(some), len(others))
    for threshold, (tp, false, missed, overlap) in zip(IOU_THRESHOLDS, sums, strict=True):
        allowed = np.where(iou > threshold, iou, 0.0)
        chosen = allowed[linear_sum_assignment(allowed, maximize=True)]
        most = (iou > threshold)[linear_sum_assignment(iou > threshold, maximize=True)].sum()
        assert tp == np.count_nonzero(chosen) == most
        assert overlap == pytest.approx(chosen.sum())
        assert (tp + false, tp + missed) == (len(some), len(others))


@pytest.mark.parametrize("seed", range(30))
def test_panoptic_quality_is_that_of_torchmetrics(seed: int) -> None:
    """With unknown pixels, which are void there."""
    library = pytest.importorskip("torchmetrics.functional.detection")
    torch = pytest.importorskip("torch")
    found, truth, unknown = random_case(seed)
    segments = []
    for image in (found, truth):
        sort = np.where(image > 0, 1, 0)
        if image is truth:
            sort[unknown] = 2  # no known class
        segments.append(torch.from_numpy(np.stack([sort, image], axis=-1)[np.newaxis]))
    theirs = library.panoptic_quality(*segments, things={1}, stuffs={0}, return_per_class=True)
    ours = panoptic_quality(instance_sums(found, truth, unknown=unknown))
    assert ours == pytest.approx(float(theirs[0, 0]), abs=1e-6)


def test_fields_add_up_and_have_intervals() -> None:
    fields = np.stack([instance_sums(*random_case(seed)[:2]) for seed in range(6)])
    for measure in (cell_ap, cell_ap_at(0.5), cell_ap_at(0.75), panoptic_quality):
        interval = Jackknife.of(fields, measure).interval()
        assert 0 < interval.low < interval.estimate < interval.high < 1
        assert interval.estimate == pytest.approx(float(measure(fields.sum(axis=0))))


@pytest.mark.parametrize(
    ("found", "unknown", "message"),
    [
        (TRUTH[:2], None, "alike"),
        (TRUTH.astype(float), None, "whole numbers"),
        (-TRUTH, None, "from 0 to"),
        (TRUTH * 10_000_000, None, "from 0 to"),
        (TRUTH, np.zeros((1, 1), bool), "alike"),
    ],
)
def test_other_arrays_are_refused(
    found: Labels, unknown: NDArray[np.bool_] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        instance_sums(found, TRUTH, unknown=unknown)
    with pytest.raises(ValueError, match="one of"):
        cell_ap_at(0.51)


def test_a_whole_field_with_thousands_of_cells_is_quick() -> None:
    """1388 by 1040 pixels, 5,720 cells; 0.05 s on the machine where it was written."""
    y, x = np.indices((1040, 1388))
    truth = (y // 16 * 87 + x // 16 + 1).astype(np.int32)
    truth[(y % 16 > 12) | (x % 16 > 12)] = 0
    begun = time.perf_counter()
    sums = instance_sums(np.roll(truth, 2, axis=1), truth)
    assert time.perf_counter() - begun < 2
    assert cell_ap_at(0.5)(sums) > 0.9
