"""GradNorm by splitting the graph equals GradNorm written plainly with autograd."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import GradNorm, SharedFeatures
from anascope.networks import ENCODERS, JointUNet
from anascope.presets import LossPreset
from anascope.records import MaskValue
from anascope.tasks import MultiTaskLoss, Targets
from anascope.words import TASK_NAMES

SIZE = 64
ALIKE = {"efficientnet-lite1", "efficientnet-lite2"}
"""Encoders that differ from another one in their depth and width alone."""


OUTPUTS = {"pattern": 4, "intensity": 1}


def make_network(encoder: str) -> JointUNet:
    torch.manual_seed(3)
    network = JointUNet(encoder=encoder, width=4, head="pooled", hidden=8, outputs=OUTPUTS)
    return network.double()


def make_batch() -> tuple[Tensor, Targets]:
    generator = torch.Generator().manual_seed(5)
    image = torch.randn(4, 3, SIZE, SIZE, generator=generator, dtype=torch.float64)
    mask = torch.randint(0, 3, (4, SIZE, SIZE), generator=generator).to(torch.uint8)
    pattern = torch.eye(4, dtype=torch.bool)
    pattern[1, 2] = True  # a label that allows two classes
    intensity = torch.tensor([[1.0], [0.0], [float("nan")], [1.0]], dtype=torch.float64)
    return image, {"mask": mask, "pattern": pattern, "intensity": intensity}


class Reference:
    """Algorithm 1 the plain way: the whole graph, one ``autograd.grad`` a task."""

    def __init__(self, shared: nn.Parameter, alpha: float, learning_rate: float) -> None:
        self.shared, self.alpha = shared, alpha
        self.weights = torch.ones(3, dtype=torch.float64, requires_grad=True)
        self.optimizer = torch.optim.Adam([self.weights], lr=learning_rate)
        self.first: Tensor | None = None
        self.norms = torch.zeros(3)

    def backward(self, losses: Tensor, network: nn.Module) -> None:
        if self.first is None:
            self.first = losses.detach()
        norms = torch.stack(
            [
                torch.autograd.grad(
                    self.weights[i] * losses[i], self.shared, retain_graph=True, create_graph=True
                )[0].norm()
                for i in range(3)
            ]
        )
        progress = losses.detach() / self.first
        target = norms.mean().detach() * (progress / progress.mean()) ** self.alpha
        balance = (norms - target).abs().sum()
        (slope,) = torch.autograd.grad(balance, self.weights, retain_graph=True)
        network.zero_grad()
        (self.weights.detach() * losses).sum().backward()
        self.weights.grad = slope
        self.optimizer.step()
        with torch.no_grad():
            self.weights *= 3 / self.weights.sum()
        self.norms = norms.detach()


@pytest.mark.parametrize("alpha", [0.06, 0.6, 6.0])
@pytest.mark.parametrize("mask_loss", ["dice", "bce"])
@pytest.mark.parametrize("encoder", sorted(set(ENCODERS) - ALIKE))
def test_equals_plain_autograd_over_several_steps(
    encoder: str, mask_loss: str, alpha: float
) -> None:
    network = make_network(encoder)
    twin = copy.deepcopy(network)
    image, targets = make_batch()
    criterion = MultiTaskLoss(LossPreset(mask=mask_loss))
    balancer = GradNorm(TASK_NAMES, network.last_shared_weight, alpha=alpha, learning_rate=0.02)
    balancer.double()
    reference = Reference(twin.last_shared_weight, alpha, learning_rate=0.02)
    optimizers = [torch.optim.SGD(n.parameters(), lr=0.05) for n in (network, twin)]

    for _ in range(4):
        network.zero_grad()
        shared = SharedFeatures(network.encode(image))
        prediction = network.decode(shared.leaves, (SIZE, SIZE))
        balancer.backward(criterion(prediction, targets), shared)
        reference.backward(torch.stack(criterion(twin(image), targets)), twin)

        torch.testing.assert_close(balancer.norms, reference.norms, rtol=1e-8, atol=1e-12)
        torch.testing.assert_close(
            balancer.weights.data, reference.weights.detach(), rtol=1e-8, atol=1e-12
        )
        for (name, ours), theirs in zip(network.named_parameters(), twin.parameters(), strict=True):
            torch.testing.assert_close(
                ours.grad, theirs.grad, rtol=1e-7, atol=1e-10, msg=f"gradient of {name}"
            )
        for optimizer in optimizers:
            optimizer.step()


def test_unknown_pixels_carry_no_gradient() -> None:
    network = make_network("plain")
    image, targets = make_batch()
    nothing = targets | {"mask": torch.full_like(targets["mask"], MaskValue.UNKNOWN)}
    loss = MultiTaskLoss(LossPreset(mask="bce"))(network(image), nothing)[0]
    loss.backward()
    assert loss.item() == 0
    gradients = [p.grad for p in network.decoder.parameters() if p.grad is not None]
    assert gradients
    assert all(not gradient.any() for gradient in gradients)
