"""Dynamic weight average: weights worked out on paper from epoch means."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
import torch
from torch import nn

from anascope.balancing import DynamicWeightAverage, SharedFeatures
from anascope.errors import InputError

TWO = ("one", "two")


def step(
    balancer: DynamicWeightAverage,
    values: Sequence[float],
    active: Sequence[bool] | None = None,
) -> float:
    """Take a step with losses of the given values and slopes 1, 10, ...; return the gradient."""
    weight = nn.Parameter(torch.zeros((), dtype=torch.float64))
    shared = SharedFeatures([weight * 1.0])
    losses = [value + 10**place * shared.leaves[0] for place, value in enumerate(values)]
    balancer.backward(losses, shared, active)
    assert weight.grad is not None
    return weight.grad.item()


def epoch(balancer: DynamicWeightAverage, *steps: Sequence[float]) -> list[float]:
    for values in steps:
        step(balancer, values)
    balancer.end_epoch()
    weights: list[float] = balancer.weights.tolist()
    return weights


def make(tasks: Sequence[str] = TWO, temperature: float = 2.0) -> DynamicWeightAverage:
    return DynamicWeightAverage(tasks, temperature=temperature).double()


def test_three_epochs_on_paper() -> None:
    """Means (4, 2), then (2, 2), then (1, 3): ratios (1/2, 1), then (1/2, 3/2)."""
    balancer = make()
    assert epoch(balancer, (3, 1), (5, 3)) == [1.0, 1.0]
    first = 2 / (1 + math.exp((1 - 0.5) / 2))
    assert first == pytest.approx(0.8756, abs=1e-4)
    assert epoch(balancer, (2, 2)) == pytest.approx([first, 2 - first])
    # Weights are constant within the epoch, whatever the losses in it are.
    assert step(balancer, (1, 3)) == pytest.approx(first + 10 * (2 - first))
    assert step(balancer, (1, 3)) == pytest.approx(first + 10 * (2 - first))
    second = 2 / (1 + math.exp((1.5 - 0.5) / 2))
    assert epoch(balancer) == pytest.approx([second, 2 - second])


def test_a_high_temperature_evens_out() -> None:
    spreads = []
    for temperature in (0.5, 2.0, 50.0):
        balancer = make(temperature=temperature)
        epoch(balancer, (1, 1))
        weights = epoch(balancer, (0.2, 1))
        spreads.append(weights[1] - weights[0])
    assert spreads[0] > spreads[1] > spreads[2] > 0
    assert spreads[2] < 0.02


def test_without_the_end_of_an_epoch_weights_stay_one() -> None:
    balancer = make()
    for value in (5.0, 1.0, 0.1):
        assert step(balancer, (value, 1.0)) == pytest.approx(11)
    assert balancer.weights.tolist() == [1.0, 1.0]


def test_steps_without_a_label_are_not_in_the_mean() -> None:
    balancer = make()
    step(balancer, (4, 1))
    step(balancer, (math.nan, 3), active=(False, True))
    balancer.end_epoch()
    assert balancer.means[0].tolist() == [4.0, 2.0]


def test_a_task_without_labels_in_an_epoch_keeps_weight_and_history() -> None:
    """The two others share 3 less its weight, by their ratios 1/2 and 1."""
    balancer = make(("a", "b", "c"))
    epoch(balancer, (1, 1, 1))
    epoch(balancer, (1, 0.2, 1))
    kept = balancer.weights[1].item()
    assert kept < 1
    step(balancer, (0.5, 9, 1), active=(True, False, True))
    balancer.end_epoch()
    rest = 3 - kept
    part = rest / (1 + math.exp(0.25))
    assert balancer.weights.tolist() == pytest.approx([part, kept, rest - part])
    assert balancer.means[:, 1].tolist() == [0.2, 1.0]


def test_an_epoch_that_was_half_done_is_saved() -> None:
    balancer, twin = make(), make()
    epoch(balancer, (1, 1))
    step(balancer, (1, 2))
    twin.load_state_dict(balancer.state_dict())
    assert epoch(twin, (3, 3)) == epoch(balancer, (3, 3)) != [1.0, 1.0]


def test_reset_forgets_the_epochs() -> None:
    balancer = make()
    epoch(balancer, (1, 1))
    step(balancer, (1, 2))
    balancer.reset()
    assert epoch(balancer, (2, 2)) == [1.0, 1.0]
    assert balancer.means[0].tolist() == [2.0, 2.0]
    assert balancer.means[1].isnan().all()


@pytest.mark.parametrize("start", [0.0, 1e-300, 1e300])
def test_means_from_nothing_to_everything_leave_sound_weights(start: float) -> None:
    balancer = make()
    epoch(balancer, (start, 1))
    weights = epoch(balancer, (1e300 - start, 1))
    assert all(math.isfinite(weight) for weight in weights)
    assert sum(weights) == pytest.approx(2)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_temperature_must_be_positive(temperature: float) -> None:
    with pytest.raises(InputError, match="DWA temperature"):
        make(temperature=temperature)
