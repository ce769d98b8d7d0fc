"""Why a large alpha destroys a training with GradNorm, on a problem small enough to watch.

    python -m benchmarks.study.alpha

Three tasks share a small network and learn from an endless stream: two classifications that can
be learned, and a regression whose noise cannot. The regression's loss stays at its floor while
the others fall, as the mask loss does in the published study. Four ways to move the weights:

* ``exact``: GradNorm, Algorithm 1;
* ``exact, kept over zero``: the same step for step, but a weight that would fall below 0.001 is
  set to it, so that nothing is changed but the walk through zero;
* ``logarithms``: Adam moves the logarithms, with the targets of Algorithm 1;
* ``stable``: StableGradNorm, which also makes the targets average to the mean norm, and bounds
  them.

Everything is in double precision with fixed seeds, one thread. Writes
results/gradnorm-alpha.json and docs/images/gradnorm-alpha.svg.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from anascope.balancing import GradNorm, SharedFeatures, StableGradNorm
from anascope.files import write_json
from anascope.report.plots import BalanceTrace, draw_balance_traces
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.environment import environment

TASKS = ("first", "second", "floor")
ALPHAS = (0.06, 0.6, 6.0)
LEARNING_RATE = 0.025  # of the weights, as in Chen et al.
STEPS, BATCH, SEED = 1200, 32, 0
LAST = 200  # steps that the final figures are means of
FIGURE = RESULTS.parent / "docs" / "images" / "gradnorm-alpha.svg"

Make = Callable[[Tensor, float], GradNorm]


class KeptOverZero(GradNorm):
    """Algorithm 1, but no weight walks through zero."""

    def _update_weights(self, losses: Tensor, norms: Tensor, index: slice | Tensor) -> None:
        super()._update_weights(losses, norms, index)
        kept = self.weights.clamp(min=1e-3)
        self.weights.copy_(kept * len(self.tasks) / kept.sum())


class Logarithms(StableGradNorm):
    """Positive by construction, with the targets of Algorithm 1."""

    def _relative_targets(self, rates: Tensor) -> Tensor:
        return rates**self.alpha


WAYS: dict[str, Make] = {
    "exact": lambda w, a: GradNorm(TASKS, w, alpha=a, learning_rate=LEARNING_RATE),
    "exact, kept over zero": lambda w, a: KeptOverZero(
        TASKS, w, alpha=a, learning_rate=LEARNING_RATE
    ),
    "logarithms": lambda w, a: Logarithms(TASKS, w, alpha=a, learning_rate=LEARNING_RATE),
    "stable": lambda w, a: StableGradNorm(TASKS, w, alpha=a, learning_rate=LEARNING_RATE),
}


def train(make: Make, alpha: float) -> tuple[list[list[float]], list[list[float]]]:
    """Return losses and weights of every step, until something stops being finite."""
    stream = torch.Generator().manual_seed(SEED)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=stream, dtype=torch.float64)

    hidden, one, other = normal(16, 12) / 4, 2 * normal(12, 3), 2 * normal(12, 3)
    torch.manual_seed(SEED + 1)
    encoder = nn.Sequential(nn.Linear(16, 24), nn.Tanh(), nn.Linear(24, 12)).double()
    heads = nn.ModuleList([nn.Linear(12, 3), nn.Linear(12, 3), nn.Linear(12, 1)]).double()
    last = encoder[2]
    assert isinstance(last, nn.Linear)
    balancer = make(last.weight, alpha).double()
    optimizer = torch.optim.Adam([*encoder.parameters(), *heads.parameters()], lr=3e-3)
    losses: list[list[float]] = []
    weights: list[list[float]] = []
    for _ in range(STEPS):
        image = normal(BATCH, 16)
        truth = torch.tanh(image @ hidden)
        noisy = 0.3 * truth.sum(1, keepdim=True) + 1.2 * normal(BATCH, 1)
        optimizer.zero_grad()
        shared = SharedFeatures([encoder(image)])
        outputs = [head(torch.tanh(shared.leaves[0])) for head in heads]
        step = [
            cross_entropy(outputs[0], (truth @ one).argmax(1)),
            cross_entropy(outputs[1], (truth @ other).argmax(1)),
            mse_loss(outputs[2], noisy),
        ]
        balancer.backward(step, shared)
        optimizer.step()
        losses.append([loss.item() for loss in step])
        weights.append(balancer.weights.tolist())
        if not all(map(math.isfinite, (*losses[-1], *weights[-1]))):
            break
    return losses, weights


def summary(losses: list[list[float]], weights: list[list[float]]) -> dict[str, Any]:
    """Return what happened, in numbers."""
    below = [step for step, row in enumerate(weights, start=1) if min(row) <= 0]
    end = losses[-LAST:]
    return {
        "steps": len(losses),
        "first_step_with_a_weight_at_or_below_zero": below[0] if below else None,
        "lowest_weight": min(min(row) for row in weights),
        "largest_loss": max(max(row) for row in losses),
        "final_losses": {
            task: sum(row[place] for row in end) / len(end) for place, task in enumerate(TASKS)
        },
        "final_weights": dict(zip(TASKS, weights[-1], strict=True)),
    }


def main() -> None:
    """Train all ways at all alphas, write results and figure."""
    given = benchmark_arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    found: dict[str, dict[str, Any]] = {}
    traces = []
    for name, make in WAYS.items():
        for alpha in ALPHAS:
            losses, weights = train(make, alpha)
            found.setdefault(name, {})[f"{alpha:g}"] = result = summary(losses, weights)
            print(f"{name}, alpha {alpha:g}: {result}", flush=True)
            if alpha == max(ALPHAS):
                traces.append(BalanceTrace(f"{name}, α {alpha:g}", losses, weights))
    draw_balance_traces(traces, TASKS, Path(FIGURE))
    write_json(
        given.out / "gradnorm-alpha.json",
        {
            **environment(learning_rate=LEARNING_RATE, steps=STEPS, batch=BATCH, seed=SEED),
            "ways": found,
        },
    )


if __name__ == "__main__":
    main()
