"""The aggregators of TorchJD by name, for Jacobian descent; TorchJD is loaded when one is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from anascope.errors import InputError, did_you_mean
from anascope.extras import needed, remedy

# Each from the module and the number of tasks. Keys that TorchJD leaves open are named below.
_MAKERS: dict[str, Callable[[Any, int], Any]] = {
    "upgrad": lambda torchjd, count: torchjd.UPGrad(),
    "dualproj": lambda torchjd, count: torchjd.DualProj(),
    "pcgrad": lambda torchjd, count: torchjd.PCGrad(),
    "mgda": lambda torchjd, count: torchjd.MGDA(),
    "imtl-g": lambda torchjd, count: torchjd.IMTLG(),
    "aligned-mtl": lambda torchjd, count: torchjd.AlignedMTL(),
    "graddrop": lambda torchjd, count: torchjd.GradDrop(),
    # The radius of the paper's experiments on NYU-v2 and Cityscapes.
    "cagrad": lambda torchjd, count: torchjd.CAGrad(c=0.4),
    "nash-mtl": lambda torchjd, count: torchjd.NashMTL(n_tasks=count),
    "random": lambda torchjd, count: torchjd.Random(),
    "mean": lambda torchjd, count: torchjd.Mean(),
    "sum": lambda torchjd, count: torchjd.Sum(),
}

AGGREGATORS = tuple(_MAKERS)
"""Names of the aggregators that :class:`~anascope.balancing.JacobianDescent` knows."""

# Those that need convex solvers, not TorchJD's projector.
_WITH_SOLVER = ("cagrad", "nash-mtl")


def make_aggregator(name: str, tasks: int) -> Any:
    """Return TorchJD's aggregator ``name`` for so many tasks.

    Raises:
        InputError: if there is none of that name, or what it needs is not installed.
    """
    if name not in _MAKERS:
        raise InputError("aggregator", f"'{name}'", did_you_mean(name, AGGREGATORS))
    extra = "solvers" if name in _WITH_SOLVER else "torchjd"
    aggregation = needed("torchjd.aggregation", f"balancer {name}", extra=extra)
    try:
        return _MAKERS[name](aggregation, tasks)
    except ImportError:  # TorchJD looks for solvers when an aggregator is made
        found = "its solver is not installed"
        raise InputError(f"balancer {name}", found, remedy(extra)) from None


def weights_of_rows(aggregator: Any, gramian: Tensor, *, scaled: bool) -> Tensor:
    """Return the weights that a weighing aggregator gives the rows of a Jacobian.

    Args:
        aggregator: Of TorchJD.
        gramian: (tasks, tasks) Inner products of the rows.
        scaled: Divide them by their trace, if the weights are computed from them alone. The
            projectors and solvers of TorchJD compare with fixed small numbers.

    Returns:
        (tasks,) The weights, NaN if a product is not finite.
    """
    sound = gramian.isfinite().all()
    safe = torch.where(sound, gramian, torch.eye(len(gramian)).to(gramian))
    if hasattr(aggregator, "gramian_weighting"):
        if scaled:
            safe = safe / safe.trace().clamp(min=torch.finfo(safe.dtype).tiny)
        weights = aggregator.gramian_weighting(safe)
    else:
        # Any matrix whose rows have these products will do: the smallest is square.
        values, vectors = torch.linalg.eigh(safe)
        weights = aggregator.weighting(vectors * values.clamp(min=0).sqrt())
    return torch.where(sound, weights.to(gramian.dtype), torch.nan)


@contextmanager
def chance_from(seed: int, device: torch.device) -> Iterator[None]:
    """Let chance come from ``seed``, on the CPU and ``device``, and leave it as it was."""
    cuda = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda):
        torch.default_generator.manual_seed(seed)
        for gpu in cuda:
            with torch.cuda.device(gpu):
                torch.cuda.manual_seed(seed)
        yield
