"""The encoder of EfficientNet-Lite0, for weights of ImageNet that a CPU can afford."""

from __future__ import annotations

from typing import NamedTuple, cast

from torch import Tensor, nn

from anascope.networks._blocks import basic_block
from anascope.networks._encoder import Encoder, Features

_WIDTH = 32  # of the original's first convolution
_EPSILON, _MOMENTUM = 1e-3, 0.01  # of batch norm in the original, as PyTorch counts momentum


class _Stage(NamedTuple):
    """Blocks that share their shape: channels out at the original's width, kernel, first stride."""

    channels: int
    blocks: int
    kernel: int
    stride: int = 1
    expansion: int = 6


# Table 1 of Tan, Le, "EfficientNet", 2019 (B0), whose shapes Lite0 has, less its last two stages:
# they go on to a 32nd of the image, where a nucleus would be one place, and hold three quarters of
# the weights.
_STAGES = (
    _Stage(16, 1, 3, expansion=1),
    _Stage(24, 2, 3, stride=2),
    _Stage(40, 2, 5, stride=2),
    _Stage(80, 3, 3, stride=2),
    _Stage(112, 3, 5),
)
_KEPT = (0, 2, 4, 10)  # blocks whose maps leave the encoder: the last of each size


class InvertedResidual(nn.Module):
    """Widen by 1×1, filter each channel by itself, narrow by 1×1 (Sandler et al. 2018).

    Args:
        inputs: Channels in.
        outputs: Channels out.
        expansion: By how much the middle is wider than what comes in.
        kernel: Side of the filter.
        stride: Of the filter.
    """

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        middle = inputs * expansion
        self.expand = _unit(inputs, middle, 1) if expansion > 1 else nn.Identity()
        self.filter = _unit(middle, middle, kernel, stride=stride, groups=middle)
        self.project = nn.Sequential(*list(_unit(middle, outputs, 1))[:2])  # without ReLU6
        self._skips = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, outputs, y, x) of an input (batch, inputs, y, x)."""
        result: Tensor = self.project(self.filter(self.expand(x)))
        if self._skips:
            result += x  # batch norm does not need what it returned to go backward
        return result


class EfficientNetLiteEncoder(Encoder):
    """The first eleven blocks of EfficientNet-Lite0: inverted residuals, all a CPU is quick at.

    At width 32 its channels are the original's 16, 24, 40 and 112, and ImageNet weights load
    (:func:`~anascope.networks.load_imagenet_weights`). Strides are padded alike on both sides,
    where the original pads below and to the right: of the inside of an image it makes what the
    original makes of the image moved by 15 pixels. The decoder is of basic blocks.
    """

    strides = (2, 4, 8, 16)
    rounds_up = True

    def __init__(self, in_channels: int, width: int) -> None:
        super().__init__()
        self.block = basic_block
        self.stem = _unit(in_channels, width, 3, stride=2)
        blocks, inputs = [], width
        for stage in _STAGES:
            outputs = max(1, stage.channels * width // _WIDTH)
            for stride in (stage.stride, *(1,) * (stage.blocks - 1)):
                blocks.append(
                    InvertedResidual(inputs, outputs, stage.expansion, stage.kernel, stride)
                )
                inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        ends = (cast(nn.BatchNorm2d, blocks[index].project[1]) for index in _KEPT)
        self.channels = tuple(end.num_features for end in ends)

    @property
    def last_weight(self) -> nn.Parameter:
        """The last weight that all tasks share: where GradNorm takes its norms."""
        last = cast(InvertedResidual, self.blocks[-1]).project[0]
        return cast(nn.Parameter, last.weight)

    def forward(self, image: Tensor) -> Features:
        """Return the feature maps of ``image``, axes (batch, channel, y, x)."""
        x, features = self.stem(image), []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _KEPT:
                features.append(x)
        return tuple(features)


def _unit(
    inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    """Return convolution, batch norm and ReLU6."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=_EPSILON, momentum=_MOMENTUM),
        nn.ReLU6(inplace=True),
    )
