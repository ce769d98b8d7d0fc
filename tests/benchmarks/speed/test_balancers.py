"""The benchmark of what balancers cost: which steps there are, and what is written of them."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import torch

from anascope.balancing import JacobianDescent
from anascope.presets import load_preset
from benchmarks.speed._ways import Balanced, Setting
from benchmarks.speed.balancers import make_variant, measure, names_of_steps, what_can_be_made


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting(load_preset("tiny"), 2, torch.device("cpu"))


def test_steps_are_those_of_the_balancers_of_a_preset() -> None:
    names = names_of_steps()
    assert len(names) == len(set(names)) == 1 + 14 + 9
    assert {"plain", "fixed", "gradnorm-stable", "upgrad", "upgrad at features"} <= set(names)


@pytest.mark.skipif(find_spec("torchjd") is None, reason="TorchJD is not installed")
def test_jacobian_descent_at_the_features(setting: Setting) -> None:
    for name, at in (("upgrad", "parameters"), ("upgrad at features", "features")):
        variant = make_variant(setting, name)
        assert isinstance(variant, Balanced)
        assert isinstance(variant.balancer, JacobianDescent)
        assert variant.balancer.at == at


def test_what_cannot_be_made_is_left_out_with_the_reason(setting: Setting) -> None:
    made, left_out = what_can_be_made(setting)
    assert {*made, *left_out} == set(names_of_steps())
    assert "graddrop at features" in left_out
    assert {"plain", "gradnorm", "dwa"} <= set(made)


def test_measured(setting: Setting) -> None:
    memory = {
        "plain": {"memory_before_mib": 10.0, "peak_memory_mib": 20.0},
        "uncertainty": {"memory_before_mib": 10.0, "peak_memory_mib": 30.0},
    }
    found = measure(setting, 3, memory)
    assert set(found["balancers"]) == {"uncertainty"}
    assert found["balancers"]["uncertainty"]["memory_ratio"] == 1.5
    low, high = found["balancers"]["uncertainty"]["time_ratio_range"]
    assert 0 < low <= high
    assert (found["batch_size"], found["repeats"]) == (2, 3)
    assert {name: len(times) for name, times in found["all_seconds"].items()} == {
        "plain": 3,
        "uncertainty": 3,
    }
