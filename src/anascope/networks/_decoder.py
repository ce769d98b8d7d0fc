"""The decoder: from feature maps back to a mask, mirroring the encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from anascope.networks._blocks import Block
from anascope.networks._encoder import Encoder, Features


class Decoder(nn.Module):
    """Upsamples step by step, taking in the encoder's map of each size on the way.

    Each step is bilinear upsampling to the size of the next map, concatenation and one of the
    encoder's blocks; an encoder whose shallowest map is smaller than the image gets a last
    step without a skip. Any image size works.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        skips = list(reversed(encoder.channels[:-1]))
        outputs = [*skips[1:], skips[-1]]
        inputs = encoder.channels[-1]
        blocks: list[Block] = []
        for skip, output in zip(skips, outputs, strict=True):
            total = inputs + skip
            blocks.append(encoder.block(total, output, middle=total // 2))
            inputs = output
        self.blocks = nn.ModuleList(blocks)
        self.last: Block | None = None
        if encoder.strides[0] > 1:
            self.last = encoder.block(inputs, max(inputs // 2, 1))
            inputs = max(inputs // 2, 1)
        self.out = nn.Conv2d(inputs, 1, kernel_size=1)

    def forward(self, features: Features, size: tuple[int, int]) -> Tensor:
        """Return mask logits of axes (batch, 1, y, x) and of ``size`` (height, width)."""
        x = features[-1]
        for block, skip in zip(self.blocks, reversed(features[:-1]), strict=True):
            x = _resize(x, (skip.shape[-2], skip.shape[-1]))
            x = block(torch.cat([skip, x], dim=1))
        if self.last is not None:
            x = self.last(_resize(x, size))
        logits: Tensor = self.out(x)
        return logits


def _resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    return interpolate(x, size=size, mode="bilinear", align_corners=False)
