"""GradNorm of other packages beside ours: what a step of each does, on one small network.

    python -m benchmarks.study.elsewhere

Nothing is timed, so a busy machine changes nothing: the table of ``benchmarks.speed.gradnorm`` has
times. The other packages are no requirements of anascope; those take part that are in the folder
``work/elsewhere`` (or ``--packages FOLDER``), which is made, without a second PyTorch, by

    python -m pip install --no-deps --target work/elsewhere \
        LibMTL==1.1.5 gradnorm-pytorch==0.2.3 accelerate beartype einops psutil huggingface-hub

Two tasks share an encoder of two layers, whose last one the norms are taken at. Their heads are
the same, so that their norms are equal and nothing but progress can move a weight. The network
stays as it is; each implementation takes three steps.

* In the first, a constant of 9 is added to the loss of the first task. In the second there is
  none: the loss of the first task has fallen, and the second one lags. How much the weight of the
  second task changes in this step says whether a task that lags gains, as the paper wants it.
* In the third, the gradients of encoder and heads are compared with plain autograd's, for the
  weights that the implementation says that it has applied, and the passes through the encoder are
  counted by a hook on its first layer.

Writes results/gradnorm-elsewhere.json.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from anascope.balancing import GradNorm, SharedFeatures
from anascope.files import write_json
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.environment import environment

TASKS = ("one", "two")
ALPHA = 1.5
LEARNING_RATE = 0.025
SEED = 7
FALLEN = 9.0
"""What the first loss has more in the first step."""
FOLDER = RESULTS.parent / "work" / "elsewhere"
PACKAGES = ("gradnorm-pytorch", "LibMTL")
"""What is compared with, by its name on PyPI."""


class Network:
    """A shared encoder and two heads, whose losses are means of squares.

    Attributes:
        encoder: Two linear layers; the last is the one that the norms are taken at.
        passes: How often a gradient has passed the first layer since it was set to 0.
    """

    def __init__(self) -> None:
        torch.manual_seed(SEED)
        self.encoder = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4)).double()
        self.heads = nn.ModuleList([nn.Linear(4, 1), nn.Linear(4, 1)]).double()
        self.heads[1].load_state_dict(self.heads[0].state_dict())
        self.x = torch.randn(32, 8).double()
        self.passes = 0

    @property
    def last(self) -> nn.Parameter:
        """The weight of the last shared layer."""
        weight = self.encoder[-1].weight
        assert isinstance(weight, nn.Parameter)
        return weight

    def features(self) -> Tensor:
        """Return (32, 4) features; gradients through their first layer are counted."""
        first = self.encoder[0](self.x)
        first.register_hook(self._count)
        features: Tensor = self.encoder[2](self.encoder[1](first))
        return features

    def _count(self, gradient: Tensor) -> None:
        self.passes += 1

    def losses(self, features: Tensor, constant: float) -> list[Tensor]:
        """Return one loss a task, that of the first with a constant more."""
        first, second = ((1 + head(features)).square().mean() for head in self.heads)
        return [first + constant, second]

    def gradients(self) -> tuple[Tensor, Tensor]:
        """Return those of encoder and of heads, as one vector each."""
        first, second = (
            torch.cat([p.grad.flatten() for p in part.parameters() if p.grad is not None])
            for part in (self.encoder, self.heads)
        )
        return first, second

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in [*self.encoder.parameters(), *self.heads.parameters()]:
            parameter.grad = None


Step = Callable[[float], tuple[list[float], list[float]]]
"""Fills the gradients, with a constant on the first loss; returns the weights applied and after."""


def ours(network: Network, alpha: float) -> Step:
    """Return the step of anascope's ``GradNorm``."""
    balancer = GradNorm(TASKS, network.last, alpha=alpha, learning_rate=LEARNING_RATE).double()

    def step(constant: float) -> tuple[list[float], list[float]]:
        applied = balancer.weights.tolist()
        shared = SharedFeatures([network.features()])
        balancer.backward(network.losses(shared.leaves[0], constant), shared)
        return applied, balancer.weights.tolist()

    return step


def gradnorm_pytorch(network: Network, alpha: float) -> Step:
    """Return the step of gradnorm-pytorch, used as its front page says."""
    package: Any = importlib.import_module("gradnorm_pytorch")
    weighter = package.GradNormLossWeighter(
        num_losses=len(TASKS),
        learning_rate=LEARNING_RATE,
        restoring_force_alpha=alpha,
        grad_norm_parameters=network.last,
    ).double()

    def step(constant: float) -> tuple[list[float], list[float]]:
        applied = weighter.loss_weights.tolist()
        weighter.backward(network.losses(network.features(), constant))
        return applied, weighter.loss_weights.tolist()

    return step


def libmtl(network: Network, alpha: float) -> Step:
    """Return the step of LibMTL's ``GradNorm``, with what its trainer sets around it.

    The weights are a parameter of its model, which the optimizer of the network moves.
    """
    # The package's own modules alone: its front imports the vision models of its data sets.
    front = str(importlib.metadata.distribution("LibMTL").locate_file("LibMTL"))
    for name, folder in (("LibMTL", front), ("LibMTL.weighting", f"{front}/weighting")):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [folder]
    method: Any = importlib.import_module("LibMTL.weighting.GradNorm").GradNorm

    class Weighter(method):  # type: ignore[misc]
        task_num, device, rep_grad, epoch = len(TASKS), torch.device("cpu"), False, 1

        def get_share_params(self) -> Any:
            return network.encoder.parameters()

        def zero_grad_share_params(self) -> None:
            network.encoder.zero_grad(set_to_none=False)

    weighter = Weighter()
    weighter.init_param()
    optimizer = torch.optim.Adam([weighter.loss_scale], lr=LEARNING_RATE)
    weighter.train_loss_buffer = np.array(
        [[loss.item()] for loss in network.losses(network.features(), FALLEN)]
    )

    def step(constant: float) -> tuple[list[float], list[float]]:
        losses = torch.stack(network.losses(network.features(), constant))
        optimizer.zero_grad()
        applied = weighter.backward(losses, alpha=alpha).tolist()
        optimizer.step()
        after = len(TASKS) * weighter.loss_scale.detach().softmax(dim=-1)
        return applied, after.tolist()

    return step


MAKERS: dict[str, Callable[[Network, float], Step]] = {
    "anascope": ours,
    "gradnorm-pytorch": gradnorm_pytorch,
    "LibMTL": libmtl,
}


def three_steps(make: Callable[[Network, float], Step]) -> dict[str, Any]:
    """Return what a lagging task gains in the second step, and what the third one does."""
    network = Network()
    step = make(network, ALPHA)
    step(FALLEN)
    before, after = step(0.0)
    network.zero_grad()
    network.passes = 0
    applied, _ = step(0.0)
    passes, found = network.passes, network.gradients()
    network.zero_grad()
    losses = network.losses(network.features(), 0.0)
    torch.stack([w * loss for w, loss in zip(applied, losses, strict=True)]).sum().backward()
    encoder, heads = (
        float((a - b).norm() / b.norm()) for a, b in zip(found, network.gradients(), strict=True)
    )
    return {
        "gain_of_the_lagging_task": after[1] - before[1],
        "weights_applied": applied,
        "passes_through_the_encoder": passes,
        "relative_difference": {"encoder": encoder, "heads": heads},
    }


def compared() -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the step of each that is there does, and why the others are not there."""
    found: dict[str, Any] = {}
    missing: dict[str, str] = {}
    for name, make in MAKERS.items():
        if name in PACKAGES:
            try:
                importlib.metadata.distribution(name)
            except importlib.metadata.PackageNotFoundError:
                missing[name] = "not installed; see the head of the script"
                continue
        found[name] = three_steps(make)
        if name in PACKAGES:
            found[name]["version"] = importlib.metadata.version(name)
    return found, missing


def main() -> None:
    """Compare, print and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--packages", type=Path, default=FOLDER, metavar="FOLDER")
    given = parser.parse_args()
    if given.packages.is_dir():
        sys.path.append(str(given.packages))  # behind the packages that are installed
    torch.set_num_threads(1)
    found, missing = compared()
    for name, outcome in (found | missing).items():
        print(f"{name}: {outcome}")
    settings = environment(alpha=ALPHA, learning_rate=LEARNING_RATE, seed=SEED)
    result = {**settings, "steps": found, "left_out": missing}
    write_json(given.out / "gradnorm-elsewhere.json", result)


if __name__ == "__main__":
    main()
