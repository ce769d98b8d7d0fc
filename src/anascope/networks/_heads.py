"""Heads that name a class from the embedding."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from anascope.errors import InputError


class FlattenHead(nn.Module):
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

    def forward(self, embedding: Tensor) -> Tensor:
        """Return logits (batch, outputs) of an embedding (batch, channel, y, x)."""
        found = (embedding.shape[-2], embedding.shape[-1])
        if found != self._size:
            raise InputError(
                "image for a network with a flatten head",
                f"an embedding of {found[1]}×{found[0]}",
                f"{self._size[1]}×{self._size[0]}: patches of the size that it was built for",
            )
        logits: Tensor = self.out(self.relu(self.hidden(embedding.flatten(1))))
        return logits


class PooledHead(nn.Module):
    """Mean over all places of the embedding, then two dense layers. Any image size works."""

    def __init__(self, channels: int, size: tuple[int, int], hidden: int, outputs: int) -> None:
        super().__init__()
        del size
        self.hidden = nn.Linear(channels, hidden)
        self.relu = nn.ReLU(inplace=True)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, embedding: Tensor) -> Tensor:
        """Return logits (batch, outputs) of an embedding (batch, channel, y, x)."""
        logits: Tensor = self.out(self.relu(self.hidden(embedding.mean(dim=(-2, -1)))))
        return logits


HEADS: dict[str, Callable[[int, tuple[int, int], int, int], nn.Module]] = {
    "flatten": FlattenHead,
    "pooled": PooledHead,
}
"""Heads by name, given channels and size of the embedding, hidden width and outputs."""
