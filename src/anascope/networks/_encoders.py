"""The shared encoders of the study and of ResNet34, and all encoders by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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
from anascope.networks._efficientnet_lite import LITE_SIZES, EfficientNetLiteEncoder
from anascope.networks._encoder import Encoder, Features


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


_NEARLY_A_SKIP = 0.1  # what the last batch norm of a block begins with


class ResNet34Encoder(Encoder):
    """The encoder of ResNet34: 7×7 stem, then [3, 4, 6, 3] basic blocks.

    Channels are ``width`` × (1, 1, 2, 4, 8), with width 64 in the original. Parameter names
    are torchvision's, so that ImageNet weights load by name. So is how weights begin, with
    torchvision's option ``zero_init_residual`` (Goyal et al. 2017, section 5.1): each block begins
    nearly as its skip. Nearly: the option's 0 would leave the last shared weight, where GradNorm
    takes its norms, without a gradient in the first step.
    """

    strides = (2, 4, 8, 16, 32)
    rounds_up = True

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
                nn.init.constant_(module.bn2.weight, _NEARLY_A_SKIP)

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
    **{name: partial(EfficientNetLiteEncoder, size=size) for name, size in LITE_SIZES.items()},
}
"""Makers of encoders by name, given the number of image channels and the width."""
