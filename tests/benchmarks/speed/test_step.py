"""Steps of two versions are compared turn by turn; operations are sorted by what they do."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from benchmarks.speed._turns import OTHER, by_kind
from benchmarks.speed.step import ratio


def test_ratio_is_the_geometric_mean_with_its_interval() -> None:
    found = ratio([0.5, 2.0])
    assert found["mean"] == pytest.approx(1.0)
    # Student's t with one degree of freedom, times the standard error of log 2 and -log 2.
    assert found["high"] == pytest.approx(math.exp(12.7062 * math.log(2)), rel=1e-4)
    assert found["low"] == pytest.approx(1 / found["high"])


def test_operations_are_of_one_kind_each() -> None:
    names = ["aten::convolution_backward", "aten::copy_", "aten::native_batch_norm", "aten::pow"]
    events = [SimpleNamespace(key=name, self_cpu_time_total=4000.0) for name in names]
    found = by_kind(SimpleNamespace(key_averages=lambda: events), steps=2)
    assert found == {
        "convolutions and matrix products": 2.0,
        "copies, fills and layout": 2.0,
        "batch normalisation": 2.0,
        OTHER: 2.0,
    }
