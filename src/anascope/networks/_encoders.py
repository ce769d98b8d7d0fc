"""The shared encoders: from an image to feature maps, shallow to deep."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import cast

from torch import Tensor, nn

from anascope.networks._blocks import (
    BasicBlock,
    Block,
    BlockFactory,
    DoubleConv,
    basic_block,
    projected_basic_block,
)

Features = tuple[Tensor, ...]
"""Feature maps of axes (batch, channel, y, x), shallow to deep; the last is the embedding."""


class Encoder(nn.Module):
    """Turns an image into feature maps.

    Attributes:
        channels: Channels of each map, shallow to deep.
        strides: By how much each map is smaller than the image.
        block: The block that the mirrored decoder is built of.
    """

    channels: tuple[int, ...]
    strides: tuple[int, ...]
    block: BlockFactory

    @property
    @abstractmethod
    def last_weight(self) -> nn.Parameter:
        """The last weight that all tasks share: where GradNorm takes its norms."""

    def forward(self, image: Tensor) -> Features:
        """Return the feature maps of ``image``, axes (batch, channel, y, x)."""
        raise NotImplementedError


class _Down(nn.Module):
    """Max-pooling by two, then a block."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.block = block

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.block(self.pool(x))
        return result


class PoolingEncoder(Encoder):
    """Double convolution, then four times max-pooling and a block.

    With double convolutions it is the encoder of the original joint U-Net; with basic blocks
    it is the published study's, which puts one ResNet basic block into each ``Down`` block.
    Channels are ``width`` × (1, 2, 4, 8, 8).
    """

    strides = (1, 2, 4, 8, 16)

    def __init__(self, in_channels: int, width: int, block: BlockFactory) -> None:
        super().__init__()
        self.channels = tuple(width * factor for factor in (1, 2, 4, 8, 8))
        self.block = block
        self.stem = DoubleConv(in_channels, width)
        steps = zip(self.channels[:-1], self.channels[1:], strict=True)
        self.downs = nn.ModuleList(_Down(block(inputs, outputs)) for inputs, outputs in steps)

    @property
    def last_weight(self) -> nn.Parameter:
        return cast(_Down, self.downs[-1]).block.last_weight

    def forward(self, image: Tensor) -> Features:
        features = [self.stem(image)]
        for down in self.downs:
            features.append(down(features[-1]))
        return tuple(features)


class ResNet34Encoder(Encoder):
    """The encoder of ResNet34: 7×7 stem, then [3, 4, 6, 3] basic blocks.

    Channels are ``width`` × (1, 1, 2, 4, 8), with width 64 in the original. Parameter names
    are torchvision's, so that ImageNet weights load by name. So is how weights begin, with
    torchvision's option ``zero_init_residual`` (Goyal et al. 2017, section 5.1): each block begins
    as its skip. Without it short trainings from scratch left the embedding without a use.
    """

    strides = (2, 4, 8, 16, 32)

    def __init__(self, in_channels: int, width: int) -> None:
        super().__init__()
        self.channels = tuple(width * factor for factor in (1, 1, 2, 4, 8))
        self.block = basic_block
        self.conv1 = nn.Conv2d(in_channels, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _layer(self.channels[0], self.channels[1], blocks=3, stride=1)
        self.layer2 = _layer(self.channels[1], self.channels[2], blocks=4, stride=2)
        self.layer3 = _layer(self.channels[2], self.channels[3], blocks=6, stride=2)
        self.layer4 = _layer(self.channels[3], self.channels[4], blocks=3, stride=2)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, BasicBlock):
                nn.init.zeros_(module.bn2.weight)

    @property
    def last_weight(self) -> nn.Parameter:
        return cast(BasicBlock, self.layer4[-1]).last_weight

    def forward(self, image: Tensor) -> Features:
        stem = self.relu(self.bn1(self.conv1(image)))
        first = self.layer1(self.maxpool(stem))
        second = self.layer2(first)
        third = self.layer3(second)
        return stem, first, second, third, self.layer4(third)


def _layer(inputs: int, outputs: int, *, blocks: int, stride: int) -> nn.Sequential:
    first = BasicBlock(inputs, outputs, stride=stride)
    return nn.Sequential(first, *(BasicBlock(outputs, outputs) for _ in range(blocks - 1)))


ENCODERS: dict[str, Callable[[int, int], Encoder]] = {
    "plain": lambda in_channels, width: PoolingEncoder(in_channels, width, DoubleConv),
    "residual": lambda in_channels, width: PoolingEncoder(
        in_channels, width, projected_basic_block
    ),
    "resnet34": ResNet34Encoder,
}
"""Makers of encoders by name, given the number of image channels and the width."""
