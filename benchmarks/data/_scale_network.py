"""The network that says how large nuclei are in a crop, while it is trained."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from anascope.reading.scale import GRID
from benchmarks.data._scale_crops import Crops

BATCH = 64
_WIDTH = 0.18  # octaves: deviation of the target around the truth
_RATE = 3e-3


class NucleusNetwork(nn.Module):
    """Convolutions, each of which halves the crop, and a mean and a maximum over what is left.

    It takes standardised crops of any size, (crops, 1, y, x), and gives logits of the diameters of
    :data:`anascope.reading.scale.GRID`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Sequential(
            _layer(1, 16, 2),
            _layer(16, 32, 2),
            _layer(32, 32, 1),
            _layer(32, 64, 2),
            _layer(64, 64, 1),
            _layer(64, 96, 2),
            _layer(96, 96, 1),
        )
        self.said = nn.Sequential(
            nn.Linear(192, 96), nn.ReLU(), nn.Dropout(0.1), nn.Linear(96, len(GRID))
        )

    def forward(self, crops: Tensor) -> Tensor:
        seen = self.seen(crops)
        pooled = torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)
        said: Tensor = self.said(pooled)
        return said


def _layer(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def targets(octaves: Tensor) -> Tensor:
    """Return what the network is to say of crops: a bell around the truth, (crops, GRID)."""
    grid = torch.tensor(GRID, dtype=torch.float32)
    apart = (grid - octaves[:, None].clamp(float(grid[0]), float(grid[-1]))) / _WIDTH
    return torch.softmax(-(apart**2) / 2, 1)


def train(network: NucleusNetwork, crops: Crops, steps: int, watch: Callable[[str], None]) -> None:
    """Train a network on crops."""
    layout: Any = {"memory_format": torch.channels_last}  # twice as fast on a CPU
    network.to(**layout)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _RATE, total_steps=steps, pct_start=0.15
    )
    began, lost = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        seen, octaves = crops.batch(BATCH)
        optimizer.zero_grad()
        logits = network(seen.contiguous(**layout))
        loss = nn.functional.cross_entropy(logits, targets(octaves))
        loss.backward()
        optimizer.step()
        schedule.step()
        lost += (0.02 if step > 1 else 1.0) * (float(loss.detach()) - lost)
        if step % 100 == 0:
            watch(f"step {step} of {steps}: loss {lost:.3f}, {time.monotonic() - began:.0f} s")
    network.eval()
