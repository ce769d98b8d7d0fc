"""Coverage is counted of populations whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.study.interval_coverage import POPULATIONS, covered


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_truth_is_that_of_many_patients(name: str) -> None:
    sums, value, truth = POPULATIONS[name](np.random.default_rng(0), 1, 40_000)
    found = [float(value(each[0].sum(axis=0))) for each in sums]
    assert found[0] - sum(found[1:]) == pytest.approx(truth, abs=0.01)


def test_percentiles_are_too_narrow_and_the_package_is_not() -> None:
    found = covered(POPULATIONS["share 0.85"], 8, trials=300)["methods"]
    assert isinstance(found, dict)
    assert found["percentile"]["coverage"] < 0.8
    assert found["anascope"]["coverage"] >= 0.93
