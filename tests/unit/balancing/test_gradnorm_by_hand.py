"""One step of GradNorm worked out on paper, on the smallest network that has two tasks.

The shared layer is one number W, its output e = W x with x = 1, and the tasks' losses are
L1 = (a e)^2 / 2 and L2 = (b e)^2 / 2, with a = 1, b = 3 and W = 2. On paper:

* dL1/dW = a^2 W = 2 and dL2/dW = b^2 W = 18, so with weights of 1: G = (2, 18), mean 10;
* in the first step L = L(0), so both inverse training rates are 1 and both targets are 10;
* G1 is under its target, so its slope is -G1/w1 = -2; G2 is over, its slope is +18;
* Adam's first step has the size of the learning rate, against the sign of the slope:
  w = (1 + 0.1, 1 - 0.1), which already sum to 2.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import GradNorm, SharedFeatures

A, B = 1.0, 3.0


class Shared(nn.Module):
    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[weight]], dtype=torch.float64))

    def forward(self) -> Tensor:
        return torch.ones(1, 1, dtype=torch.float64) @ self.weight


def losses_of(embedding: Tensor) -> list[Tensor]:
    return [((A * embedding) ** 2).sum() / 2, ((B * embedding) ** 2).sum() / 2]


def step(balancer: GradNorm, shared: Shared) -> None:
    shared.zero_grad()
    cut = SharedFeatures([shared()])
    balancer.backward(losses_of(cut.leaves[0]), cut)


@pytest.fixture
def shared() -> Shared:
    return Shared(2.0)


def balancer_for(shared: Shared, alpha: float) -> GradNorm:
    return GradNorm(("one", "two"), shared.weight, alpha=alpha, learning_rate=0.1).double()


def test_first_step_norms_weights_and_network_gradient(shared: Shared) -> None:
    balancer = balancer_for(shared, alpha=0.6)
    step(balancer, shared)
    assert balancer.norms.tolist() == pytest.approx([2.0, 18.0])
    assert balancer.initial_losses.tolist() == pytest.approx([2.0, 18.0])
    assert balancer.weights.tolist() == pytest.approx([1.1, 0.9])
    # The network gets the gradient for the weights of before the step: 1 * 2 + 1 * 18.
    assert shared.weight.grad is not None
    assert shared.weight.grad.item() == pytest.approx(20.0)


def test_at_alpha_0_all_targets_are_the_mean(shared: Shared) -> None:
    """Rates do not count: a task that lags and pulls too hard loses weight all the same.

    W = 1: G = (1, 9), mean 5, both targets 5 whatever the first losses were. G1 is under its
    target, G2 over: w = (1 + 0.1, 1 - 0.1), although task two has lost nothing of its loss and
    at alpha 2 (below) would be given more.
    """
    balancer = balancer_for(shared, alpha=0.0)
    shared.weight.data.fill_(1.0)
    balancer.initial_losses.copy_(torch.tensor([2.0, 4.5]))
    step(balancer, shared)
    assert balancer.norms.tolist() == pytest.approx([1.0, 9.0])
    assert balancer.weights.tolist() == pytest.approx([1.1, 0.9])


def test_at_alpha_0_a_loss_of_zero_is_no_special_case(shared: Shared) -> None:
    """Its rate is 0, and 0 to the power of 0 is 1: G = (0, 0), met targets, nothing moves."""
    balancer = balancer_for(shared, alpha=0.0)
    shared.weight.data.fill_(0.0)
    step(balancer, shared)
    assert balancer.norms.tolist() == [0.0, 0.0]
    assert balancer.weights.tolist() == pytest.approx([1.0, 1.0])


def test_a_weight_that_falls_through_zero_is_told_of(shared: Shared) -> None:
    """A step of 0.9: w = (1.9, 0.1); one of 1.2: (2.2, -0.2), and task two is trained backwards."""
    balancer = GradNorm(("one", "two"), shared.weight, alpha=0.0, learning_rate=0.9).double()
    step(balancer, shared)
    assert balancer.lost_tasks() == ()
    balancer = GradNorm(("one", "two"), shared.weight, alpha=0.0, learning_rate=1.2).double()
    step(balancer, shared)
    assert balancer.weights.tolist() == pytest.approx([2.2, -0.2])
    assert balancer.lost_tasks() == ("two",)
    balancer.weights.data.fill_(1.0)  # it is remembered, wherever the weight goes later
    assert balancer.lost_tasks() == ("two",)
    balancer.reset()
    assert balancer.lost_tasks() == ()


def test_a_task_that_lags_gets_a_higher_target(shared: Shared) -> None:
    """The exponent acts on the *inverse* training rate, with a plus sign.

    After the first step let task two alone have lost nothing of its loss while task one fell
    to a quarter: W = 1 makes L1 = 1/2 of first 2 (a quarter); L2 = 9/2, and its first loss is
    set to 9/2, so its ratio is 1. Rates: (0.25, 1) / 0.625 = (0.4, 1.6). With alpha = 2 they
    become (0.16, 2.56). Norms with weights (1, 1): G = (1, 9), mean 5; targets (0.8, 12.8).
    So G1 = 1 is over its target, and G2 = 9 under: the lagging task's weight must rise.
    With the exponent's sign turned round, targets would be (31.25, 1.95): the reverse.
    """
    balancer = balancer_for(shared, alpha=2.0)
    step(balancer, shared)
    balancer.weights.data.fill_(1.0)
    balancer.initial_losses[1] = 4.5
    fresh = balancer_for(shared, alpha=2.0)
    fresh.initial_losses.copy_(balancer.initial_losses)
    shared.weight.data.fill_(1.0)
    step(fresh, shared)
    assert fresh.norms.tolist() == pytest.approx([1.0, 9.0])
    assert fresh.weights.tolist() == pytest.approx([0.9, 1.1])


def test_weights_are_scaled_to_sum_to_the_number_of_tasks(shared: Shared) -> None:
    """From weights (1.5, 0.5): G = (3, 9), targets (6, 6), so w1 rises and w2 falls by 0.1."""
    balancer = balancer_for(shared, alpha=2.0)
    balancer.weights.data.copy_(torch.tensor([1.5, 0.5]))
    step(balancer, shared)
    assert balancer.norms.tolist() == pytest.approx([3.0, 9.0])
    assert balancer.weights.tolist() == pytest.approx([1.6, 0.4])
    assert balancer.weights.sum().item() == pytest.approx(2.0)


def test_second_step_uses_the_moved_weights(shared: Shared) -> None:
    balancer = balancer_for(shared, alpha=0.6)
    step(balancer, shared)
    step(balancer, shared)
    assert balancer.norms.tolist() == pytest.approx([1.1 * 2, 0.9 * 18])
    assert shared.weight.grad is not None
    assert shared.weight.grad.item() == pytest.approx(1.1 * 2 + 0.9 * 18)
