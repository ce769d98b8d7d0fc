"""The two building blocks: double convolution and ResNet basic block."""

from __future__ import annotations

from typing import Protocol, cast

from torch import Tensor, nn


class BlockFactory(Protocol):
    """Makes a block that takes ``inputs`` channels to ``outputs`` channels, size unchanged."""

    def __call__(self, inputs: int, outputs: int, *, middle: int | None = None) -> Block: ...


class Block(nn.Module):
    """A block of convolutions. Axes (batch, channel, y, x), size unchanged."""

    conv2: nn.Conv2d

    @property
    def last_weight(self) -> nn.Parameter:
        """The weight of the last convolution."""
        return cast(nn.Parameter, self.conv2.weight)


class DoubleConv(Block):
    """Twice 3×3 convolution, batch norm, ReLU.

    The convolutions have biases, which batch norm makes idle: the original joint U-Net has
    them, and its parameter count (319,262,409) is matched.
    """

    def __init__(self, inputs: int, outputs: int, *, middle: int | None = None) -> None:
        super().__init__()
        middle = middle or outputs
        self.conv1 = nn.Conv2d(inputs, middle, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        result: Tensor = self.relu(self.bn2(self.conv2(x)))
        return result


class BasicBlock(Block):
    """The ResNet basic block, with a 1×1 convolution on the skip where it must change shape.

    Parameter names are those of torchvision's ``BasicBlock``, so that its weights load.

    Args:
        inputs: Channels in.
        outputs: Channels out.
        stride: Stride of the first convolution and of the skip.
        project: Put the 1×1 convolution on the skip; None does so only where the shape changes
            (the published study's blocks always do).
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        middle: int | None = None,
        stride: int = 1,
        project: bool | None = None,
    ) -> None:
        super().__init__()
        middle = middle or outputs
        self.conv1 = nn.Conv2d(inputs, middle, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(middle, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if project if project is not None else (stride != 1 or inputs != outputs):
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, x: Tensor) -> Tensor:
        skip = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        x += skip  # batch norm does not need what it returned to go backward
        result: Tensor = self.relu(x)
        return result


def projected_basic_block(inputs: int, outputs: int, *, middle: int | None = None) -> BasicBlock:
    """Make the published study's block: a basic block whose skip is always a 1×1 convolution."""
    del middle  # a basic block has no third width
    return BasicBlock(inputs, outputs, project=True)


def basic_block(inputs: int, outputs: int, *, middle: int | None = None) -> BasicBlock:
    """Make a basic block that projects its skip only where the shape changes."""
    del middle
    return BasicBlock(inputs, outputs)
