"""Uncertainty weighting: steps worked out on paper, and its equality with plain autograd.

On paper the network is one number W with the losses L1 = W²/2 and L2 = 9 W²/2, as for GradNorm.
With all s = 0 the slopes are 1 - L1 and 1 - L2, and Adam's first step has the size of the
learning rate against their sign.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import SharedFeatures, UncertaintyWeights
from anascope.errors import InputError
from tests.contract.balancers import TASK_NAMES, LinearTasks

RATE = 0.1


def step(balancer: UncertaintyWeights, weight: Tensor) -> float:
    """Take a step with the two losses of ``weight``; return its gradient."""
    weight.grad = torch.zeros_like(weight)
    shared = SharedFeatures([weight * 1.0])
    (leaf,) = shared.leaves
    balancer.backward([leaf**2 / 2, 9 * leaf**2 / 2], shared)
    return weight.grad.item()


@pytest.mark.parametrize(
    ("value", "signs"),
    [
        (2.0, (1, 1)),  # losses 2 and 18: both over 1, so both noises grow
        (1.0, (-1, 1)),  # losses 1/2 and 9/2
        (0.2, (-1, -1)),  # losses 0.02 and 0.18
    ],
)
def test_first_step(value: float, signs: tuple[int, int]) -> None:
    balancer = UncertaintyWeights(("one", "two"), learning_rate=RATE).double()
    weight = nn.Parameter(torch.tensor(value, dtype=torch.float64))
    # The network gets the gradient for the weights of before, 1 and 1: W + 9 W.
    assert step(balancer, weight) == pytest.approx(10 * value)
    assert balancer.log_variances.tolist() == pytest.approx([RATE * sign for sign in signs])
    expected = [math.exp(-RATE * sign) for sign in signs]
    assert balancer.weights.tolist() == pytest.approx(expected)
    moved = expected[0] * value + expected[1] * 9 * value
    assert step(balancer, weight) == pytest.approx(moved)


def test_weights_come_to_rest_at_one_over_the_loss() -> None:
    balancer = UncertaintyWeights(("one", "two"), learning_rate=0.02).double()
    weight = nn.Parameter(torch.tensor(1.0, dtype=torch.float64))
    for _ in range(500):
        step(balancer, weight)
    assert balancer.weights.tolist() == pytest.approx([1 / 0.5, 1 / 4.5], rel=1e-3)


def test_equals_plain_autograd_with_a_task_left_out_at_times() -> None:
    """The reference: the objective itself, differentiated; a task left out is left alone."""
    model, twin = LinearTasks(), LinearTasks()
    balancer = UncertaintyWeights(TASK_NAMES, learning_rate=RATE).double()
    logs = [torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in TASK_NAMES]
    of_logs = [torch.optim.Adam([log], lr=RATE) for log in logs]
    of_networks = [torch.optim.SGD(m.parameters(), lr=0.05) for m in (model, twin)]
    for number in range(8):
        active = [True, number % 3 != 1, True]
        model.zero_grad()
        shared = SharedFeatures([model.shared(model.image)])
        balancer.backward(model.losses(shared.leaves[0], (1, 2, 30)), shared, active)

        twin.zero_grad()
        losses = twin.losses(twin.shared(twin.image), (1, 2, 30))
        terms = [
            torch.exp(-log) * loss + log
            for log, loss, flag in zip(logs, losses, active, strict=True)
            if flag
        ]
        for log in logs:
            log.grad = None
        torch.stack(terms).sum().backward()
        for of_log, flag in zip(of_logs, active, strict=True):
            if flag:
                of_log.step()

        torch.testing.assert_close(balancer.log_variances, torch.stack(logs).detach())
        for one, other in zip(model.parameters(), twin.parameters(), strict=True):
            torch.testing.assert_close(one.grad, other.grad)
        for optimizer in of_networks:
            optimizer.step()


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan])
def test_learning_rate_must_be_positive(rate: float) -> None:
    with pytest.raises(InputError, match="uncertainty learning rate"):
        UncertaintyWeights(TASK_NAMES, learning_rate=rate)


def test_nothing_of_it_is_for_the_networks_optimizer() -> None:
    assert not any(p.requires_grad for p in UncertaintyWeights(TASK_NAMES).parameters())
