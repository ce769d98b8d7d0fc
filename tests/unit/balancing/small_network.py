"""A network of a few numbers, and what it learns from, for tests in two processes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from anascope.balancing import SharedFeatures

STEPS = 5
ROWS = 8


class Small(nn.Module):
    """A shared part of two layers, and a head a task."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.first = nn.Linear(5, 6)
        self.last = nn.Linear(6, 4)
        self.heads = nn.ModuleList(nn.Linear(4, 2) for _ in range(3))
        self.double()

    def encode(self, x: Tensor) -> list[Tensor]:
        return [self.last(torch.tanh(self.first(x)))]

    def squares(self, shared: SharedFeatures) -> list[Tensor]:
        """Return the loss of every row, one tensor a task."""
        scales = (1.0, 5.0, 0.2)
        return [
            scale * (head(shared.leaves[-1]) - 1).square().mean(dim=1)
            for head, scale in zip(self.heads, scales, strict=True)
        ]


def images() -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.randn(STEPS, ROWS, 5, generator=generator, dtype=torch.float64)
