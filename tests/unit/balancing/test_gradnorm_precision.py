"""In the precisions of training, GradNorm is still what plain autograd makes of the formula.

Both ways do the same operations in the same precision but for two:

- Where the gradients of the tasks meet at a shared output they are added in another order. That is
  one rounding of the precision that activations have, which the layers before it carry on: in all
  parameters together a few roundings. In fp32 the order within a convolution adds some.
- The reference takes the slope of the weights from a second graph, in the precision of the
  activations; ours has a closed form. A step of Adam then differs by a rounding of its size.

Norms come before any sum, so they agree to roundings of fp32 in both.

Compared is step by step, the twin starting from the same parameters: rounding errors of one step
would else grow with the next.
"""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from anascope.balancing import GradNorm, SharedFeatures
from anascope.networks import ENCODERS
from anascope.presets import LossPreset
from anascope.tasks import MultiTaskLoss
from anascope.words import TASK_NAMES
from tests.unit.balancing.test_gradnorm_reference import (
    SIZE,
    Reference,
    make_batch,
    make_network,
)

RATE = 0.02
ROUNDING = torch.finfo(torch.float32).eps  # of norms and weights, whatever the activations have


def apart(ours: nn.Module, theirs: nn.Module) -> float:
    """Return how far the gradients of all parameters differ, as a share of their norm."""
    one, other = (
        torch.cat([torch.zeros(0) if p.grad is None else p.grad.flatten() for p in m.parameters()])
        for m in (ours, theirs)
    )
    return float((one - other).norm() / other.norm())


@pytest.mark.parametrize(
    ("precision", "roundings"),
    [(torch.float32, 16), (torch.bfloat16, 4)],
    ids=["fp32", "bf16"],
)
@pytest.mark.parametrize("mask_loss", ["dice", "bce"])
@pytest.mark.parametrize("encoder", sorted(ENCODERS))
def test_equals_plain_autograd(
    encoder: str, mask_loss: str, precision: torch.dtype, roundings: int
) -> None:
    rounding = torch.finfo(precision).eps
    network = make_network(encoder).float()
    twin = copy.deepcopy(network)
    image, targets = make_batch()
    criterion = MultiTaskLoss(LossPreset(mask=mask_loss))
    balancer = GradNorm(TASK_NAMES, network.last_shared_weight, alpha=0.6, learning_rate=RATE)
    reference = Reference(twin.last_shared_weight, alpha=0.6, learning_rate=RATE)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    for _ in range(2):
        twin.load_state_dict(network.state_dict())
        network.zero_grad()
        with torch.autocast("cpu", precision, enabled=precision == torch.bfloat16):
            shared = SharedFeatures(network.encode(image.float()))
            assert shared.leaves[-1].dtype == precision
            prediction = network.decode(shared.leaves, (SIZE, SIZE))
            losses = criterion(prediction, targets)
            whole = torch.stack(criterion(twin(image.float()), targets))
        balancer.backward(losses, shared)
        reference.backward(whole, twin)
        torch.testing.assert_close(balancer.norms, reference.norms, rtol=4 * ROUNDING, atol=0)
        torch.testing.assert_close(
            balancer.weights.double(),
            reference.weights.detach(),
            rtol=4 * ROUNDING,
            atol=RATE * rounding,
        )
        assert apart(network, twin) < roundings * rounding
        optimizer.step()
