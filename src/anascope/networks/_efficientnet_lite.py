"""The encoders of EfficientNet-Lite, for weights of ImageNet that a CPU can afford."""

from __future__ import annotations

import math
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
_ENDS = (0, 1, 2, 4)  # stages whose maps leave the encoder: the last of each size


class LiteSize(NamedTuple):
    """By how much a network of the family is wider and deeper than Lite0, and its blocks in all."""

    width: float
    depth: float
    whole: int

    def channels(self, of_lite0: int) -> int:
        """Return the channels of a stage: a multiple of 8, as in the original."""
        wider = of_lite0 * self.width
        rounded = max(8, int(wider + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * wider else rounded

    def blocks(self, of_lite0: int) -> int:
        """Return the blocks of a stage; the first stage, of one block, keeps its one."""
        return 1 if of_lite0 == 1 else math.ceil(of_lite0 * self.depth)


LITE_SIZES = {
    "efficientnet-lite0": LiteSize(1.0, 1.0, 16),
    "efficientnet-lite1": LiteSize(1.0, 1.1, 21),
    "efficientnet-lite2": LiteSize(1.1, 1.2, 21),
}
"""Those whose weights come as packages; from Google's ``efficientnet_lite_builder.py``."""


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
    """The first five stages of EfficientNet-Lite: inverted residuals, all a CPU is quick at.

    At width 32 its channels are the original's (of Lite0 16, 24, 40 and 112), and ImageNet weights
    load (:func:`~anascope.networks.load_imagenet_weights`). Strides are padded alike on both sides,
    where the original pads below and to the right: of the inside of an image it makes what the
    original makes of the image moved by 15 pixels. The decoder is of basic blocks.
    """

    strides = (2, 4, 8, 16)
    rounds_up = True

    def __init__(
        self, in_channels: int, width: int, size: LiteSize = LITE_SIZES["efficientnet-lite0"]
    ) -> None:
        super().__init__()
        self.block = basic_block
        self.stem = _unit(in_channels, width, 3, stride=2)
        blocks, inputs, ends = [], width, []
        for stage in _STAGES:
            outputs = max(1, size.channels(stage.channels) * width // _WIDTH)
            for stride in (stage.stride, *(1,) * (size.blocks(stage.blocks) - 1)):
                blocks.append(
                    InvertedResidual(inputs, outputs, stage.expansion, stage.kernel, stride)
                )
                inputs = outputs
            ends.append(len(blocks) - 1)
        self.blocks = nn.ModuleList(blocks)
        self.left_out = range(len(blocks), size.whole)  # numbers of the original's last blocks
        self._kept = frozenset(ends[stage] for stage in _ENDS)
        lasts = (cast(nn.BatchNorm2d, blocks[ends[stage]].project[1]) for stage in _ENDS)
        self.channels = tuple(last.num_features for last in lasts)

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
            if index in self._kept:
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
