"""Batch normalisation's statistics, taken anew from many batches with the weights as they are."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


@torch.no_grad()
def estimate_statistics(network: nn.Module, images: Iterable[Tensor]) -> None:
    """Replace the running averages of batch normalisation by plain means over ``images``.

    The running averages are of the last ten batches or so, of weights that moved meanwhile, and a
    batch of few patches of few specimens is no fair sample: in evaluation such a network can fail
    altogether while it trains well (Wu, Johnson, "Rethinking 'Batch' in BatchNorm", 2021, section
    3). Training itself does not depend on them.

    Args:
        network: Its averages are changed; left in training mode. Without images nothing is.
        images: What it takes, (batch, channel, y, x).
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    network.train()
    try:
        for place, image in enumerate(images):
            for norm in norms:
                norm.momentum = 1 / (place + 1)  # the mean of all so far
            network(image)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
