"""Intervals cover with few patients, hold by hand, and are paired where patients are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from anascope.metrics import Interval, Jackknife

Floats = NDArray[np.float64]


def ratio(sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])


def auroc(sums: Floats) -> Floats:
    """Return the area from counts by side and score, ``(..., 2 * scores)``."""
    counts = sums.reshape(*sums.shape[:-1], 2, -1)
    below, above = counts[..., 0, :], counts[..., 1, :]
    lower = np.cumsum(below, axis=-1) - below / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((above * lower).sum(axis=-1) / (below.sum(axis=-1) * above.sum(axis=-1)))


def of(values: list[float], lowest: float = 0.0) -> Interval:
    return Jackknife.of_values(np.array(values)).interval(lowest)


@pytest.mark.parametrize("patients", [1, 2, 7, 8, 23, 252])
@pytest.mark.parametrize("wrong", [0, 1, 2, 7])
def test_one_answer_a_patient_is_clopper_and_pearson(patients: int, wrong: int) -> None:
    if wrong > patients:
        pytest.skip("more wrong than patients")
    right = patients - wrong
    exact = binomtest(right, patients).proportion_ci()
    found = of([1.0] * right + [0.0] * wrong)
    assert found.estimate == pytest.approx(right / patients)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_all_of_eight_right_by_hand() -> None:
    found = of([1.0] * 8)
    assert (found.low, found.high) == pytest.approx((0.025 ** (1 / 8), 1.0))
    assert found.low == pytest.approx(0.631, abs=5e-4)


def test_no_patient_in_whom_two_trainings_differ() -> None:
    found = of([0.0] * 8, lowest=-1.0)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.0, -0.369, 0.369), abs=5e-4)


def test_equal_patients_within_the_bounds() -> None:
    """A share of 0.369 of eight could be 0, or 1, without showing."""
    found = of([0.75] * 8)
    assert (found.low, found.high) == pytest.approx((0.473, 0.842), abs=5e-4)


def test_one_patient_says_next_to_nothing() -> None:
    found = of([0.9])
    assert (found.low, found.high) == pytest.approx((0.0225, 0.9975))


def test_patients_are_counted_with_all_their_patches() -> None:
    """Fifteen patches of a patient that are all right or all wrong count as one answer."""
    patients = np.array([[15.0, 15.0]] * 10 + [[0.0, 15.0]] * 10)
    found = Jackknife.of(patients, ratio).interval()
    exact = binomtest(10, 20).proportion_ci()
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_patients_that_add_nothing_do_not_count() -> None:
    sums = np.array([[1.0, 1.0]] * 5 + [[0.0, 1.0]] + [[0.0, 0.0]] * 20)
    assert Jackknife.of(sums, ratio).interval() == Jackknife.of(sums[:6], ratio).interval()


@pytest.mark.parametrize("values", [[], [math.nan], [math.nan, math.nan]])
def test_undefined_without_values(values: list[float]) -> None:
    found = of(values)
    assert math.isnan(found.estimate)
    assert not found.defined
    assert not found.excludes_zero


def test_a_measure_that_is_undefined_without_a_patient_has_no_interval() -> None:
    """One patient above the level: nothing says how another would have been ranked."""
    scores = np.zeros((5, 2, 5))
    scores[range(4), 0, range(4)] = 1
    scores[4, 1, 4] = 1
    found = Jackknife.of(scores.reshape(5, -1), auroc).interval()
    assert found.estimate == 1.0
    assert math.isnan(found.low)
    assert not found.defined


def test_a_perfect_area_has_the_width_of_all_right() -> None:
    scores = np.zeros((8, 2, 8))
    scores[range(8), [0] * 4 + [1] * 4, range(8)] = 1
    found = Jackknife.of(scores.reshape(8, -1), auroc).interval()
    assert (found.estimate, found.low, found.high) == pytest.approx((1.0, 0.631, 1.0), abs=5e-4)


def test_more_patients_narrow_and_wider_spread_widens() -> None:
    values = list(np.random.default_rng(1).beta(9, 1, 8))
    widths = [of(values * times).high - of(values * times).low for times in (1, 2, 4, 16)]
    assert widths == sorted(widths, reverse=True)
    far = [0.8 + 2 * (value - 0.8) for value in (0.7, 0.75, 0.8, 0.85, 0.9)]
    near = of([0.7, 0.75, 0.8, 0.85, 0.9])
    assert of(far).low < near.low < near.high < of(far).high


def test_ends_stay_within_the_bounds_and_mirror() -> None:
    values = np.random.default_rng(2).beta(9, 1, 12)
    found, mirrored = of(list(values)), of(list(1 - values))
    assert 0 <= found.low < found.estimate < found.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))


def test_differences_are_paired() -> None:
    rng = np.random.default_rng(3)
    hard = rng.beta(4, 1, 30)
    better, worse = hard * 0.9, hard * 0.9 - rng.uniform(0.02, 0.06, 30)
    one, other = (Jackknife.of_values(np.clip(v, 0, 1)) for v in (better, worse))
    difference = (one - other).interval(-1.0)
    assert difference.excludes_zero
    assert one.interval().low < other.interval().high  # yet the two overlap
    back = (other - one).interval(-1.0)
    assert (back.low, back.high) == pytest.approx((-difference.high, -difference.low))
    mean = Jackknife.mean([one - other, one - other]).interval(-1.0)
    assert (mean.low, mean.high) == pytest.approx((difference.low, difference.high))


def coverage(draw: NDArray[np.float64], truth: float, lowest: float = 0.0) -> float:
    held = [of(list(values), lowest) for values in draw]
    return float(np.mean([one.low <= truth <= one.high for one in held]))


@pytest.mark.parametrize("patients", [8, 23])
@pytest.mark.parametrize("share", [0.5, 0.85, 0.97])
def test_shares_are_covered(patients: int, share: float) -> None:
    right = np.random.default_rng(4).random((400, patients)) < share
    assert coverage(right.astype(float), share) >= 0.93


@pytest.mark.parametrize("patients", [8, 23])
def test_skewed_means_are_covered(patients: int) -> None:
    assert coverage(np.random.default_rng(5).beta(9, 1, (600, patients)), 0.9) >= 0.92


@pytest.mark.parametrize("patients", [8, 23])
def test_differences_of_shares_are_covered(patients: int) -> None:
    hard = np.random.default_rng(6).normal(size=(400, patients))
    own = np.random.default_rng(7).normal(size=(2, 400, patients))
    one, other = (0.8 * hard + 0.6 * noise < 1.0364 for noise in own)  # 0.85 each
    assert coverage(one.astype(float) - other, 0.0, lowest=-1.0) >= 0.93


def test_zero_at_an_end_is_not_excluded() -> None:
    assert not Interval(0.1, 0.0, 0.2).excludes_zero
    assert Interval(-0.1, -0.2, -0.01).excludes_zero
