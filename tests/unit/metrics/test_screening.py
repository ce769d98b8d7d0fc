"""Screening figures by hand, with the intervals of tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anascope.metrics import exact_share, mixture_scores, screening


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    """9 of 10 in the tables: 0.5550 to 0.9975; none of n: up to 1 - 0.025^(1/n)."""
    share = exact_share(9, 10)
    assert (share.low, share.high) == pytest.approx((0.5550, 0.9975), abs=1e-4)
    none = exact_share(0, 20)
    assert (none.estimate, none.low) == (0, 0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert not exact_share(0, 0).defined


def test_figures_by_hand() -> None:
    positive = np.array([True, True, True, True, False, False])
    score = np.array([0.9, 0.8, 0.6, 0.2, 0.3, 0.1])
    found = screening(positive, score > 0.25, score)
    assert (found.positives, found.negatives) == (4, 2)
    assert found.sensitivity.estimate == 0.75
    assert found.specificity.estimate == 0.5
    assert found.auroc == pytest.approx(7 / 8)


def test_without_negative_sera_nothing_is_said_of_them() -> None:
    found = screening(np.ones(3, bool), np.ones(3, bool), np.ones(3))
    assert found.sensitivity.estimate == 1
    assert not found.specificity.defined
    assert math.isnan(found.auroc)


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="called must be boolean"):
        screening(np.ones(3, bool), np.ones(2, bool), np.ones(3))


def test_a_third_name_is_not_both() -> None:
    truth = [{"a", "b"}, {"a", "b"}, {"a", "b"}, {"a"}, {"b"}]
    named = [("b", "a"), ("a", "c"), (), ("a",), ("a", "b")]
    found = mixture_scores(truth, named)
    assert found.both_named.estimate == pytest.approx(1 / 3)
    assert found.called_mixed.estimate == pytest.approx(2 / 3)
    assert found.singles_called_mixed.estimate == 0.5
