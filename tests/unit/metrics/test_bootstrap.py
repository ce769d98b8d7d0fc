"""Intervals are those of scipy, patients are drawn whole, pairs share their resamples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import bootstrap

from anascope.metrics import Bootstrap, Interval

Floats = NDArray[np.float64]


def ratio(sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])


def test_equals_scipy_with_the_same_draws() -> None:
    values = np.random.default_rng(0).normal(size=17)
    ours = Bootstrap(17, resamples=500, seed=3).interval(
        np.stack([values, np.ones(17)], axis=1), ratio
    )
    theirs = bootstrap(
        (values,), np.mean, n_resamples=500, method="percentile", rng=np.random.default_rng(3)
    ).confidence_interval
    assert ours.estimate == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_patients_are_drawn_with_all_their_patches() -> None:
    """Fifteen patches of a patient that are all right or all wrong count as one answer."""
    patients = np.array([[15.0, 15.0]] * 10 + [[0.0, 15.0]] * 10)
    patches = np.array([[1.0, 1.0]] * 150 + [[0.0, 1.0]] * 150)
    wide = Bootstrap(20).interval(patients, ratio)
    narrow = Bootstrap(300).interval(patches, ratio)
    assert wide.estimate == narrow.estimate == 0.5
    # Standard errors of a half: sqrt(1/4 / n), so sqrt(15) times as wide.
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(
        math.sqrt(15), rel=0.15
    )


def test_a_constant_difference_has_no_width_when_paired() -> None:
    generator = np.random.default_rng(1)
    right = generator.integers(0, 15, 30).astype(float)
    one = np.stack([right, np.full(30, 15.0)], axis=1)
    other = np.stack([right + 1.5, np.full(30, 15.0)], axis=1)
    draws = Bootstrap(30)
    difference = draws.distribution(other, ratio) - draws.distribution(one, ratio)
    found = draws.from_distribution(0.1, difference)
    assert (found.low, found.high) == pytest.approx((0.1, 0.1))
    assert found.excludes_zero


def test_in_pieces_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sums = np.random.default_rng(2).random((8, 2))
    whole = Bootstrap(8, resamples=101).distribution(sums, ratio)
    monkeypatch.setattr("anascope.metrics._bootstrap._CELLS", 20)
    assert np.array_equal(Bootstrap(8, resamples=101).distribution(sums, ratio), whole)


def test_undefined_resamples_are_left_out_and_undefined_measures_stay_so() -> None:
    sums = np.array([[1.0, 1.0], [0.0, 0.0]])  # the second has no label
    found = Bootstrap(2).interval(sums, ratio)
    assert (found.estimate, found.low, found.high) == (1.0, 1.0, 1.0)
    nothing = Bootstrap(2).interval(np.zeros((2, 2)), ratio)
    assert not nothing.defined
    assert not nothing.excludes_zero


def test_zero_at_an_end_is_not_excluded() -> None:
    assert not Interval(0.1, 0.0, 0.2).excludes_zero
    assert Interval(-0.1, -0.2, -0.01).excludes_zero


@pytest.mark.parametrize("units", [0, -1])
def test_no_units(units: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Bootstrap(units)


def test_sums_of_other_units() -> None:
    with pytest.raises(ValueError, match=r"\(3, m\)"):
        Bootstrap(3).distribution(np.zeros((2, 2)), ratio)
