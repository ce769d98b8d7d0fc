"""Heads that name a class from the embedding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor, nn
from torch.nn.functional import conv2d

from anascope.defaults import NO_CELL
from anascope.errors import InputError


class Head(nn.Module, ABC):
    """Names a class of the image from the embedding."""

    @abstractmethod
    def forward(self, embedding: Tensor, cells: Tensor) -> Tensor:
        """Return logits (batch, outputs).

        Args:
            embedding: (batch, channel, y, x).
            cells: (batch, 1, y, x), the share of each position that the decoder predicts as cell, 0
                to 1; without a gradient.
        """


class FlattenHead(Head):
    """Two dense layers on the flattened embedding (the original joint U-Net's).

    It fixes the size of the image, and at 384×384 and width 64 it holds 151 million
    parameters.

    Args:
        channels: Channels of the embedding.
        size: Height and width of the embedding.
        hidden: Width of the hidden layer (512 in the original).
        outputs: Number of logits.
    """

    def __init__(self, channels: int, size: tuple[int, int], hidden: int, outputs: int) -> None:
        super().__init__()
        self._size = size
        self.hidden = nn.Linear(channels * size[0] * size[1], hidden)
        self.relu = nn.ReLU(inplace=True)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, embedding: Tensor, cells: Tensor) -> Tensor:
        """Return logits (batch, outputs) of an embedding (batch, channel, y, x)."""
        del cells
        size = (embedding.shape[-2], embedding.shape[-1])
        if size != self._size:
            raise InputError(
                "image for a network with a flatten head",
                f"an embedding of {size[1]}×{size[0]}",
                f"{self._size[1]}×{self._size[0]}: patches of the size that it was built for",
            )
        logits: Tensor = self.out(self.relu(self.hidden(embedding.flatten(1))))
        return logits


class PooledHead(Head):
    """Mean over all places of the embedding, then two dense layers. Any image size works."""

    def __init__(self, channels: int, size: tuple[int, int], hidden: int, outputs: int) -> None:
        super().__init__()
        del size
        self.hidden = nn.Linear(channels, hidden)
        self.relu = nn.ReLU(inplace=True)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, embedding: Tensor, cells: Tensor) -> Tensor:
        """Return logits (batch, outputs) of an embedding (batch, channel, y, x)."""
        del cells
        logits: Tensor = self.out(self.relu(self.hidden(embedding.mean(dim=(-2, -1)))))
        return logits


class DenseHead(PooledHead):
    """Logits at every position of the embedding, averaged over the cells. Any image size works.

    Background does not affect the answer, and the logits of the positions give a heat map, and a
    pattern for each cell. If the decoder finds no cell in an image, the mean is over all positions.
    """

    def places(self, embedding: Tensor) -> Tensor:
        """Return logits (batch, outputs, y, x) of an embedding (batch, channel, y, x)."""
        # As 1×1 convolutions: the layers of a pooled head, applied place by place.
        hidden = self.relu(conv2d(embedding, self.hidden.weight[..., None, None], self.hidden.bias))
        return conv2d(hidden, self.out.weight[..., None, None], self.out.bias)

    def forward(self, embedding: Tensor, cells: Tensor) -> Tensor:
        """Return logits (batch, outputs) of an embedding (batch, channel, y, x)."""
        return averaged(self.places(embedding), cells)


def averaged(places: Tensor, cells: Tensor) -> Tensor:
    """Return (batch, outputs), the mean over cells of what is at places (batch, outputs, y, x).

    Args:
        places: Of an embedding.
        cells: (batch, 1, y, x), how much of each place is cell, 0 to 1. Without any, all places
            count alike.
    """
    weights = cells + NO_CELL
    return (places * weights).sum(dim=(-2, -1)) / weights.sum(dim=(-2, -1))


HEADS: dict[str, Callable[[int, tuple[int, int], int, int], Head]] = {
    "flatten": FlattenHead,
    "pooled": PooledHead,
    "dense": DenseHead,
}
"""Heads by name, given channels and size of the embedding, hidden width and outputs."""
