"""What every shared encoder is: from an image to feature maps, shallow to deep."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn

from anascope.networks._blocks import BlockFactory

Features = tuple[Tensor, ...]
"""Feature maps of axes (batch, channel, y, x), shallow to deep; the last is the embedding."""


class Encoder(nn.Module):
    """Turns an image into feature maps.

    Attributes:
        channels: Channels of each map, shallow to deep.
        strides: By how much each map is smaller than the image; each is a multiple of the one
            before.
        block: The block of which the mirrored decoder consists.
        rounds_up: Whether a map is as large as its share of the image rounded up (padded strides),
            or down (max-pooling).
    """

    channels: tuple[int, ...]
    strides: tuple[int, ...]
    block: BlockFactory
    rounds_up: bool = False

    @property
    @abstractmethod
    def last_weight(self) -> nn.Parameter:
        """The last weight that all tasks share: where GradNorm takes its norms."""

    def forward(self, image: Tensor) -> Features:
        """Return the feature maps of ``image``, axes (batch, channel, y, x)."""
        raise NotImplementedError
