"""GradNorm together with gradient accumulation, gradient scaling and ``torch.compile``.

Nothing of these needs an option; the tests hold what happens.

- **Accumulation.** Call ``backward`` for every micro-batch and step the optimizer after the
  last. Gradients add up. Every micro-batch is a step of the balancer too: the next one is
  weighted with the weights that it left.
- **Gradient scaling.** Give ``backward`` the scaled losses, ``[scaler.scale(l) for l in losses]``.
  All norms are larger by the scale and so is the weights' gradient, of which Adam takes no notice
  while the scale stays. Where it changes, norms jump with it and Adam's moments are for some steps
  those of the scale before; rates and targets do not depend on it. After an overflow the scaler
  skips the network's step and the balancer keeps its weights.
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
from anascope.losses import TASKS, MultiTaskLoss, Targets
from anascope.networks import JointUNet
from tests.unit.balancing.test_gradnorm_reference import SIZE, make_batch, make_network

CRITERION = MultiTaskLoss("dice")
SCALE = 2.0**10  # a power of two multiplies without rounding


def make_balancer(network: JointUNet) -> GradNorm:
    return GradNorm(TASKS, network.last_shared_weight, learning_rate=0.02).double()


def losses_of(
    network: JointUNet, image: Tensor, targets: Targets
) -> tuple[tuple[Tensor, ...], SharedFeatures]:
    shared = SharedFeatures(network.encode(image))
    prediction = network.decode(shared.leaves, (SIZE, SIZE))
    return CRITERION.per_task(prediction, targets), shared


def gradients(network: nn.Module) -> list[Tensor]:
    return [cast(Tensor, p.grad).clone() for p in network.parameters()]


def micro_batches() -> list[tuple[Tensor, Targets]]:
    image, targets = make_batch()
    return [
        (image[part], Targets(*(each[part] for each in targets)))
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
            (weights * CRITERION(twin(image), targets) / 2).sum().backward()
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


class TestGradientScaling:
    def test_constant_scale_changes_norms_alone(self) -> None:
        network = make_network("residual")
        twin = copy.deepcopy(network)
        scaled, plain = make_balancer(network), make_balancer(twin)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
        other = torch.optim.SGD(twin.parameters(), lr=0.05)
        scaler = torch.amp.GradScaler("cpu", init_scale=SCALE)
        batch = make_batch()
        for step in range(4):
            optimizer.zero_grad()
            losses, shared = losses_of(network, *batch)
            scaled.backward([scaler.scale(loss) for loss in losses], shared)
            scaler.unscale_(optimizer)
            other.zero_grad()
            plain.backward(*losses_of(twin, *batch))
            if step == 0:  # to the last bit, until the weights' Adam adds its epsilon
                assert torch.equal(scaled.norms, SCALE * plain.norms)
                for ours, theirs in zip(gradients(network), gradients(twin), strict=True):
                    assert torch.equal(ours, theirs)
            scaler.step(optimizer)
            scaler.update()
            other.step()
            torch.testing.assert_close(scaled.norms / SCALE, plain.norms, rtol=1e-5, atol=0)
            torch.testing.assert_close(scaled.weights, plain.weights, rtol=1e-5, atol=0)
            torch.testing.assert_close(scaled.initial_losses, SCALE * plain.initial_losses)
        for ours, theirs in zip(network.parameters(), twin.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-8)

    def test_changed_scale_reaches_the_weights_by_adam_alone(self) -> None:
        """Rates and targets are as without it; with an Adam that forgets, so are the weights."""
        network = make_network("residual")
        scaled, plain, forgetful = (make_balancer(network) for _ in range(3))
        for balancer in (plain, forgetful):
            for group in balancer._optimizer.param_groups:
                group["betas"] = (0.0, 0.0)
        batch = make_batch()
        for scale in (SCALE, 4 * SCALE, 2 * SCALE):
            for balancer, by in ((plain, 1.0), (forgetful, scale), (scaled, scale)):
                losses, shared = losses_of(network, *batch)
                balancer.backward([by * loss for loss in losses], shared)
        torch.testing.assert_close(forgetful.norms, 2 * SCALE * plain.norms, rtol=1e-5, atol=0)
        torch.testing.assert_close(forgetful.weights, plain.weights, rtol=1e-5, atol=0)
        assert scaled.weights.sum().item() == pytest.approx(3)

    def test_overflow_keeps_network_and_weights(self) -> None:
        network = make_network("residual")
        balancer = make_balancer(network)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
        scaler = torch.amp.GradScaler("cpu", init_scale=SCALE)
        before = copy.deepcopy(network.state_dict())
        losses, shared = losses_of(network, *make_batch())
        shared.leaves[-1].register_hook(lambda gradient: gradient * float("inf"))
        balancer.backward([scaler.scale(loss) for loss in losses], shared)
        scaler.step(optimizer)
        scaler.update()
        assert scaler.get_scale() == SCALE / 2
        balancer.check_finite()  # the losses themselves are sound
        assert torch.equal(balancer.weights.data, torch.ones(3, dtype=torch.float64))
        for name, parameter in network.named_parameters():
            assert torch.equal(parameter, before[name])


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
        losses = CRITERION.per_task(decode(shared.leaves, (SIZE, SIZE)), make_batch()[1])
        with pytest.raises(RuntimeError, match="a second time"):
            make_balancer(network).backward(losses, shared)
