"""The network that says how large nuclei are in a crop, while it is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from anascope.reading.scale import GRID
from benchmarks.data._small_network import layer, pooled

_WIDTH = 0.18  # octaves: deviation of the target around the truth
RATE = 3e-3


class NucleusNetwork(nn.Module):
    """Convolutions, each of which halves the crop, and a mean and a maximum over what is left.

    It takes standardised crops of any size, (crops, 1, y, x), and gives logits of the diameters of
    :data:`anascope.reading.scale.GRID`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Sequential(
            layer(1, 16, 2),
            layer(16, 32, 2),
            layer(32, 32, 1),
            layer(32, 64, 2),
            layer(64, 64, 1),
            layer(64, 96, 2),
            layer(96, 96, 1),
        )
        self.said = nn.Sequential(
            nn.Linear(192, 96), nn.ReLU(), nn.Dropout(0.1), nn.Linear(96, len(GRID))
        )

    def forward(self, crops: Tensor) -> Tensor:
        seen = self.seen(crops)
        said: Tensor = self.said(pooled(seen))
        return said


def targets(octaves: Tensor) -> Tensor:
    """Return what the network is to say of crops: a bell around the truth, (crops, GRID)."""
    grid = torch.tensor(GRID, dtype=torch.float32)
    apart = (grid - octaves[:, None].clamp(float(grid[0]), float(grid[-1]))) / _WIDTH
    return torch.softmax(-(apart**2) / 2, 1)


def loss_of(logits: Tensor, octaves: Tensor) -> Tensor:
    """Return the cross entropy of what the network says of crops and :func:`targets`."""
    return nn.functional.cross_entropy(logits, targets(octaves))
