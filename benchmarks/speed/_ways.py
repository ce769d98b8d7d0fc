"""The joint step written five ways, on one network and one batch.

``plain`` adds the losses. ``exact`` is :class:`anascope.balancing.GradNorm`. The other three are
what one finds elsewhere, all of the whole graph, kept alive over several backward passes:

- ``naive``: the weighted sum backward, the gradient of each weighted loss at the last shared
  weight with a graph of its own (``create_graph``), then through these to the weights;
- ``first_order``: the same without the second graph, which GradNorm does not need, since a
  gradient is proportional to its weight;
- ``gradnorm_pytorch``: the package of that name on PyPI, used as its front page says.
"""

from __future__ import annotations

import copy
import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from anascope.balancing import Balancer, GradNorm, SharedFeatures
from anascope.models import build_network
from anascope.networks import JointUNet, Prediction
from anascope.presets import Preset
from anascope.tasks import MultiTaskLoss
from anascope.words import TASK_NAMES, PatternSpace, Vocabulary

CLASSES = (
    "homogeneous",
    "speckled",
    "nucleolar",
    "centromere",
    "golgi",
    "nuclear envelope",
    "mitotic spindle",
)
"""The patterns of the published study."""

Encode = Callable[[Tensor], Sequence[Tensor]]
Decode = Callable[[Sequence[Tensor], tuple[int, int]], Prediction]


class Setting:
    """A network of a preset and a random batch, which all variants share."""

    def __init__(self, preset: Preset, batch: int, device: torch.device) -> None:
        torch.manual_seed(0)
        self.preset, self.device = preset, device
        self.network: JointUNet = build_network(preset, Vocabulary(PatternSpace(CLASSES)))
        self.network.to(device)
        self.criterion = MultiTaskLoss(preset.loss)
        side = preset.image.network_size
        self.size = (side, side)
        generator = torch.Generator().manual_seed(0)
        image = torch.rand(batch, len(preset.image.views), side, side, generator=generator)
        self.image = image.to(device).contiguous(memory_format=torch.channels_last)
        classes = torch.arange(batch) % len(CLASSES)
        self.targets = {
            "mask": torch.randint(0, 2, (batch, side, side), generator=generator).byte().to(device),
            "pattern": torch.eye(len(CLASSES), dtype=torch.bool)[classes].to(device),
            "intensity": torch.randint(0, 2, (batch, 1), generator=generator).float().to(device),
        }

    def autocast(self) -> torch.autocast:
        """Return the precision of the training: bfloat16 on a GPU, float32 on a CPU."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type != "cpu")

    def gradients(self, *, copied: bool = True) -> list[Tensor]:
        """Return the gradients of all parameters, zeros where there is none."""
        found = [
            torch.zeros_like(p) if p.grad is None else p.grad for p in self.network.parameters()
        ]
        return [gradient.clone() for gradient in found] if copied else found


class Variant(ABC):
    """Forward and backward of one step: fills the gradients of the network.

    Attributes:
        weights: The weights of the losses, as the next step takes them.
        norms: What the last step found at the last shared weight; None if it does not tell.
    """

    norms: Tensor | None = None

    def __init__(self, setting: Setting, weights: Sequence[float]) -> None:
        self.setting = setting
        self.weights = torch.tensor(weights, device=setting.device)

    @abstractmethod
    def run(self) -> None:
        """Fill the gradients and move the weights."""


class Plain(Variant):
    """The plain joint step: one forward, one sum, one backward."""

    def __init__(
        self, setting: Setting, weights: Sequence[float], network: nn.Module | None = None
    ) -> None:
        super().__init__(setting, weights)
        # Not `or`: a compiled module has no truth value.
        self.network = setting.network if network is None else network

    def losses(self) -> tuple[Tensor, ...]:
        """Return the losses, with the graph of the whole network behind them.

        They are separate scalars. From a stacked tensor the gradient of one loss would run,
        with zeros, through the heads of all: three times the work for what is thrown away.
        """
        with self.setting.autocast():
            prediction = self.network(self.setting.image)
            return self.setting.criterion(prediction, self.setting.targets)

    def run(self) -> None:
        (self.weights * torch.stack(self.losses())).sum().backward()


class Balanced(Variant):
    """A balancer of this library, on the network cut where the tasks part."""

    def __init__(
        self,
        setting: Setting,
        balancer: Balancer,
        encode: Encode | None = None,
        decode: Decode | None = None,
    ) -> None:
        self.setting = setting
        self.encode = setting.network.encode if encode is None else encode
        self.decode = cast(Decode, setting.network.decode) if decode is None else decode
        self.balancer = balancer.to(setting.device)
        self.weights = balancer.weights.data

    def run(self) -> None:
        with self.setting.autocast():
            shared = SharedFeatures(self.encode(self.setting.image))
            prediction = self.decode(shared.leaves, self.setting.size)
            losses = self.setting.criterion(prediction, self.setting.targets)
        self.balancer.backward(losses, shared)


class Exact(Balanced):
    """GradNorm of this library."""

    balancer: GradNorm

    def __init__(
        self,
        setting: Setting,
        weights: Sequence[float],
        encode: Encode | None = None,
        decode: Decode | None = None,
    ) -> None:
        balancing = setting.preset.balancing
        balancer = GradNorm(
            TASK_NAMES,
            setting.network.last_shared_weight,
            alpha=balancing.alpha,
            learning_rate=balancing.learning_rate,
        )
        super().__init__(setting, balancer, encode, decode)
        self.weights.copy_(torch.tensor(weights))

    def run(self) -> None:
        super().run()
        self.norms = self.balancer.norms


class Naive(Plain):
    """GradNorm on the whole graph, with a second graph for the weights."""

    second_graph = True

    def __init__(self, setting: Setting, weights: Sequence[float]) -> None:
        super().__init__(setting, weights)
        self.weights.requires_grad_()
        self.alpha = setting.preset.balancing.alpha
        self.optimizer = torch.optim.Adam([self.weights], lr=setting.preset.balancing.learning_rate)
        self.first: Tensor | None = None

    def run(self) -> None:
        losses = self.losses()
        stacked = torch.stack(losses)
        if self.first is None:
            self.first = stacked.detach()
        (self.weights.detach() * stacked).sum().backward(retain_graph=True)
        shared = self.setting.network.last_shared_weight
        found = []
        for weight, loss in zip(self.weights, losses, strict=True):
            if self.second_graph:
                (at_weight,) = torch.autograd.grad(
                    weight * loss, shared, create_graph=True, retain_graph=True
                )
                found.append(at_weight.norm())
            else:
                (at_weight,) = torch.autograd.grad(loss, shared, retain_graph=True)
                found.append((weight * at_weight).norm())
        norms = torch.stack(found)
        progress = stacked.detach() / self.first
        target = norms.mean().detach() * (progress / progress.mean()) ** self.alpha
        (slope,) = torch.autograd.grad((norms - target).abs().sum(), self.weights)
        self.weights.grad = slope
        self.optimizer.step()
        with torch.no_grad():
            self.weights *= len(TASK_NAMES) / self.weights.sum()
        self.norms = norms.detach()


class FirstOrder(Naive):
    """GradNorm on the whole graph, without the second graph."""

    second_graph = False


class GradNormPytorch(Plain):
    """The ``GradNormLossWeighter`` of gradnorm-pytorch, used as its front page says."""

    def __init__(self, setting: Setting, weights: Sequence[float]) -> None:
        super().__init__(setting, weights)
        package: Any = importlib.import_module("gradnorm_pytorch")
        self.weighter = package.GradNormLossWeighter(
            loss_weights=list(weights),
            learning_rate=setting.preset.balancing.learning_rate,
            restoring_force_alpha=setting.preset.balancing.alpha,
            grad_norm_parameters=setting.network.last_shared_weight,
        )

    def run(self) -> None:
        self.weighter.backward(self.losses())
        self.weights = self.weighter.loss_weights.detach()


VARIANTS: dict[str, Callable[[Setting, Sequence[float]], Variant]] = {
    "plain": Plain,
    "exact": Exact,
    "naive": Naive,
    "first_order": FirstOrder,
    "gradnorm_pytorch": GradNormPytorch,
}


class _Front(nn.Module):
    """All of a pooling encoder but its last level."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.stem, self.downs = encoder.stem, encoder.downs[:-1]

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        features = [self.stem(image)]
        for down in self.downs:
            features.append(down(features[-1]))
        return tuple(features)


def compiled_parts(network: JointUNet, backend: str = "inductor") -> tuple[Encode, Decode]:
    """Return ``encode`` and ``decode`` of compiled parts, fit for an exact GradNorm.

    A compiled part is one node of the graph: a backward pass runs all of it or nothing. So every
    task's head is a part of its own, or one task's backward would run, and free, the others';
    and the encoder's last level stays as it is, or each product at the last shared weight would
    run the backward of the whole encoder.
    """
    encoder = cast(Any, network.encoder)
    front = torch.compile(_Front(encoder), backend=backend)

    def encode(image: Tensor) -> tuple[Tensor, ...]:
        features = front(image)
        return (*features, encoder.downs[-1](features[-1]))

    names = ("decoder", "pattern_head", "intensity_head")
    compiled: dict[str, Any] = {
        name: torch.compile(network.get_submodule(name), backend=backend) for name in names
    }
    other = copy.copy(network)  # the same network, which calls these parts compiled
    other._modules = {**network._modules, **compiled}
    return encode, cast(Decode, other.decode)
