"""GradNorm that stays sound at any alpha: by hand, and where Algorithm 1 does not.

The toy is that of ``test_gradnorm_by_hand``: norms of (2, 18) times the weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from anascope.balancing import Balancer, GradNorm, StableGradNorm
from anascope.errors import InputError
from tests.contract.balancers import BalancerContract
from tests.unit.balancing.test_gradnorm_by_hand import Shared, step


class TestContract(BalancerContract):
    def make(self, tasks: Sequence[str], shared_weight: Tensor) -> Balancer:
        return StableGradNorm(tasks, shared_weight, alpha=6.0, learning_rate=0.02)


def stable(shared: Shared, **settings: float) -> StableGradNorm:
    balancer = StableGradNorm(("one", "two"), shared.weight, learning_rate=0.1, **settings)
    balancer.double()
    return balancer


def test_first_step_moves_the_logarithms() -> None:
    """Targets are (10, 10); Adam's first step is 0.1 up and 0.1 down, of the logarithms."""
    shared = Shared(2.0)
    balancer = stable(shared)
    step(balancer, shared)
    assert balancer.norms.tolist() == pytest.approx([2.0, 18.0])
    up, down = math.exp(0.1), math.exp(-0.1)
    assert balancer.weights.tolist() == pytest.approx(
        [2 * up / (up + down), 2 * down / (up + down)]
    )


@pytest.mark.parametrize(
    ("bound", "targets"),
    [
        # 0.4^6 and 1.6^6 are 0.004096 and 16.777, so relative to their mean 0.000488 and 1.9995.
        (1e9, (0.000488, 1.999512)),
        (1.5, (2 / 3 / (13 / 12), 1.5 / (13 / 12))),
    ],
)
def test_targets_average_to_one(bound: float, targets: tuple[float, float]) -> None:
    balancer = stable(Shared(2.0), alpha=6.0, bound=bound)
    found = balancer._relative_targets(torch.tensor([0.4, 1.6], dtype=torch.float64))
    assert found.tolist() == pytest.approx(targets, rel=1e-3)
    assert found.mean().item() == pytest.approx(1.0)


def test_targets_of_algorithm_1_cannot_be_met_at_large_alpha() -> None:
    """Norms average to their mean; targets that average to 8.4 times as much ask too much."""
    balancer = GradNorm(("one", "two"), Shared(2.0).weight, alpha=6.0)
    found = balancer._relative_targets(torch.tensor([0.4, 1.6], dtype=torch.float64))
    assert found.mean().item() == pytest.approx((0.4**6 + 1.6**6) / 2)


def test_at_alpha_1_the_targets_are_those_of_algorithm_1() -> None:
    rates = torch.tensor([0.7, 1.3], dtype=torch.float64)
    shared = Shared(2.0)
    exact = GradNorm(("one", "two"), shared.weight, alpha=1.0)
    assert stable(shared, alpha=1.0)._relative_targets(rates).tolist() == pytest.approx(
        exact._relative_targets(rates).tolist()
    )


def lagging(balancer: GradNorm, shared: Shared, weight: float) -> float:
    """Let task two lag far behind with this weight; return its weight after a step."""
    balancer.double()
    balancer.weights.data.copy_(torch.tensor([2.0 - weight, weight]))
    balancer.initial_losses.copy_(torch.tensor([2e3, 18e-3]))
    step(balancer, shared)
    return float(balancer.weights[1])


def test_below_zero_algorithm_1_trains_a_lagging_task_backwards_ever_faster() -> None:
    """Why alpha 6 destroys a run: with w < 0 the remedy for a task that lags is the poison."""
    shared = Shared(2.0)
    exact = GradNorm(("one", "two"), shared.weight, alpha=6.0, learning_rate=0.1)
    assert lagging(exact, shared, -0.01) < -0.1
    exact.reset()
    assert lagging(exact, shared, 0.01) > 0.1


def test_weights_stay_positive_for_any_alpha_and_any_learning_rate() -> None:
    for alpha in (0.06, 0.6, 6.0, 60.0):
        shared = Shared(2.0)
        balancer = StableGradNorm(
            ("one", "two"), shared.weight, alpha=alpha, learning_rate=0.5
        ).double()
        balancer.initial_losses.copy_(torch.tensor([2e3, 18e-3]))
        for _ in range(200):
            step(balancer, shared)
            assert (balancer.weights > 0).all()
            assert balancer.weights.sum().item() == pytest.approx(2.0)


@pytest.mark.parametrize("bound", [1.0, 0.5, -2.0, math.nan])
def test_bound_out_of_range(bound: float) -> None:
    with pytest.raises(InputError, match=r"GradNorm bound: .*; expected a number over 1"):
        stable(Shared(2.0), bound=bound)
