"""GradNorm together with gradient accumulation, gradient scaling and ``torch.compile``.

The tests hold what happens.

- **Accumulation.** Call ``backward`` for every micro-batch and step the optimizer after the
  last. Gradients add up. Every micro-batch is a step of the balancer too: the next one is
  weighted with the weights that it left.
- **Gradient scaling.** Give ``backward`` the plain losses and the scale. Only the network's
  gradients are scaled; norms, first losses and weights are as without, also where the scale
  changes. After an overflow the scaler skips the network's step and the balancer its own.
- **Compilation.** Compile the encoder and each task's decoder or head by itself. A compiled part
  is one node of the graph: compiled in one, the backward of the first task frees that of the
  others.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import GradNorm, SharedFeatures
from anascope.networks import JointUNet
from anascope.presets import LossPreset
from anascope.tasks import MultiTaskLoss, Targets
from anascope.words import TASK_NAMES
from tests.unit.balancing.test_gradnorm_reference import SIZE, make_batch, make_network

CRITERION = MultiTaskLoss(LossPreset(mask="dice"))
SCALE = 2.0**10  # a power of two multiplies without rounding


def make_balancer(network: JointUNet) -> GradNorm:
    return GradNorm(TASK_NAMES, network.last_shared_weight, learning_rate=0.02).double()


def losses_of(
    network: JointUNet, image: Tensor, targets: Targets
) -> tuple[tuple[Tensor, ...], SharedFeatures]:
    shared = SharedFeatures(network.encode(image))
    prediction = network.decode(shared.leaves, (SIZE, SIZE))
    return CRITERION(prediction, targets), shared


def gradients(network: nn.Module) -> list[Tensor]:
    return [cast(Tensor, p.grad).clone() for p in network.parameters()]


def micro_batches() -> list[tuple[Tensor, Targets]]:
    image, targets = make_batch()
    return [
        (image[part], {task: known[part] for task, known in targets.items()})
        for part in (slice(0, 2), slice(2, 4))
    ]


class TestAccumulation:
    def test_gradients_are_the_sum_of_those_of_the_micro_batches(self) -> None:
        network = make_network("residual")
        twin = copy.deepcopy(network)
        balancer = make_balancer(network)
        used = []
        for image, targets in micro_batches():
            used.append(balancer.weights.clone())
            losses, shared = losses_of(network, image, targets)
            balancer.backward([loss / 2 for loss in losses], shared)
        for weights, (image, targets) in zip(used, micro_batches(), strict=True):
            (weights * torch.stack(CRITERION(twin(image), targets)) / 2).sum().backward()
        assert not torch.equal(used[0], used[1])
        for ours, theirs in zip(gradients(network), gradients(twin), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-10)

    def test_weights_step_with_every_micro_batch(self) -> None:
        network = make_network("residual")
        balancer, other = make_balancer(network), make_balancer(network)
        for image, targets in micro_batches():
            for each, fresh in ((balancer, False), (other, True)):
                if fresh:
                    network.zero_grad()
                losses, shared = losses_of(network, image, targets)
                each.backward(losses, shared)
        assert torch.equal(balancer.weights, other.weights)
        image, targets = micro_batches()[0]
        first = torch.stack(losses_of(network, image, targets)[0]).detach()
        torch.testing.assert_close(balancer.initial_losses, first)


def scale_of(scaler: torch.amp.GradScaler) -> Tensor:
    """Return the scale as the documentation says, without a question to the device."""
    scaled = scaler.scale(torch.ones(()))
    assert isinstance(scaled, Tensor)
    return scaled


class TestGradientScaling:
    def test_training_is_that_without_scaling_but_for_the_steps_that_overflow(self) -> None:
        """The scale grows with every two steps and halves with each overflow."""
        network = make_network("residual")
        twin = copy.deepcopy(network)
        scaled, plain = make_balancer(network), make_balancer(twin)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
        other = torch.optim.SGD(twin.parameters(), lr=0.05)
        scaler = torch.amp.GradScaler("cpu", init_scale=SCALE, growth_interval=2)
        batch = make_batch()
        scales = []
        first = next(network.encoder.parameters())  # far below what the balancer looks at
        for overflows in (True, False, False, False, True, False):
            scales.append(scaler.get_scale())
            optimizer.zero_grad()
            losses, shared = losses_of(network, *batch)
            if overflows:
                handle = first.register_hook(lambda gradient: gradient * float("inf"))
            scaled.backward(losses, shared, scale=scale_of(scaler))
            if overflows:
                handle.remove()
            scaler.step(optimizer)
            scaler.update()
            if not overflows:
                other.zero_grad()
                plain.backward(*losses_of(twin, *batch))
                other.step()
            assert torch.equal(scaled.weights, plain.weights)
            torch.testing.assert_close(
                scaled.initial_losses, plain.initial_losses, rtol=0, atol=0, equal_nan=True
            )
            if not overflows:
                assert torch.equal(scaled.norms, plain.norms)
            for ours, theirs in zip(network.parameters(), twin.parameters(), strict=True):
                assert torch.equal(ours, theirs)
        assert scales == [SCALE, SCALE / 2, SCALE / 2, SCALE, SCALE, SCALE / 2]

    def test_scaler_that_is_off(self) -> None:
        network = make_network("residual")
        balancer, plain = make_balancer(network), make_balancer(network)
        off = torch.amp.GradScaler("cpu", enabled=False)
        losses, shared = losses_of(network, *make_batch())
        balancer.backward(losses, shared, scale=scale_of(off))
        plain.backward(*losses_of(network, *make_batch()))
        assert torch.equal(balancer.weights, plain.weights)


@pytest.fixture
def _fresh_compiler() -> Iterator[None]:
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@pytest.mark.usefixtures("_fresh_compiler")
class TestCompilation:
    def compile_parts(self, network: JointUNet, backend: str) -> None:
        parts: list[Any] = [network.encoder, network.decoder]
        for part in [*parts, network.pattern_head, network.intensity_head]:
            part.compile(backend=backend)

    @pytest.mark.parametrize("backend", ["eager", "aot_eager"])
    def test_parts_compiled_one_by_one(self, backend: str) -> None:
        network = make_network("plain")
        twin = copy.deepcopy(network)
        self.compile_parts(network, backend)
        compiled, plain = make_balancer(network), make_balancer(twin)
        batch = make_batch()
        for _ in range(2):
            for each, balancer in ((network, compiled), (twin, plain)):
                each.zero_grad()
                balancer.backward(*losses_of(each, *batch))
            torch.testing.assert_close(compiled.norms, plain.norms, rtol=1e-8, atol=1e-12)
            torch.testing.assert_close(compiled.weights, plain.weights, rtol=1e-8, atol=1e-12)
            for ours, theirs in zip(gradients(network), gradients(twin), strict=True):
                torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-10)

    def test_tasks_compiled_together_are_refused_by_pytorch(self) -> None:
        network = make_network("plain")
        shared = SharedFeatures(network.encode(make_batch()[0]))
        decode: Any = torch.compile(network.decode, backend="aot_eager")
        losses = CRITERION(decode(shared.leaves, (SIZE, SIZE)), make_batch()[1])
        with pytest.raises(RuntimeError, match="a second time"):
            make_balancer(network).backward(losses, shared)
