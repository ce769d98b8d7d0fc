"""The decoder: from feature maps back to logits at each pixel, mirroring the encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.compiler import is_compiling
from torch.nn.functional import interpolate, pad

from anascope.networks._blocks import Block
from anascope.networks._encoder import Encoder, Features


class Decoder(nn.Module):
    """Upsamples step by step, taking in the encoder's map of each size on the way.

    Each step is bilinear upsampling by as much as the next map is larger, concatenation and one of
    the encoder's blocks; an encoder whose shallowest map is smaller than the image gets a last
    step without a skip. Any image size works: maps begin together at the upper left, and where the
    last place reaches beyond the next map, or not to its end, it is cut off or repeated there.
    Upsampled to the *size* of the next map instead, all of a map would be squeezed by what stands
    over at its end.

    Args:
        encoder: What it mirrors.
        outputs: Logits at each pixel.
        narrower: By how much fewer channels its maps have than the encoder's.
        finest: Stride of the last map that it makes; its logits are upsampled from there. At 1 it
            goes on to the image's own size.
    """

    def __init__(
        self, encoder: Encoder, *, outputs: int = 1, narrower: int = 1, finest: int = 1
    ) -> None:
        super().__init__()
        strides = [stride for stride in encoder.strides[:-1] if stride >= finest]
        first = len(encoder.strides) - 1 - len(strides)  # of the encoder's maps that is taken in
        skips = list(reversed(encoder.channels[first:-1]))
        widths = [max(width // narrower, 1) for width in (*skips[1:], skips[-1])]
        inputs = encoder.channels[-1]
        blocks: list[Block] = []
        for skip, width in zip(skips, widths, strict=True):
            total = inputs + skip
            blocks.append(encoder.block(total, width, middle=max(total // 2 // narrower, 1)))
            inputs = width
        self.blocks = nn.ModuleList(blocks)
        self.last: Block | None = None
        if strides[0] > 1 and finest == 1:
            self.last = encoder.block(inputs, max(inputs // 2, 1))
            inputs = max(inputs // 2, 1)
        self.out = nn.Conv2d(inputs, outputs, kernel_size=1)
        larger = zip((*strides[1:], encoder.strides[-1]), strides, strict=True)
        self._factors = [deep // shallow for deep, shallow in reversed(list(larger))]
        self._last_factor = strides[0]
        self._may_fall_short = not encoder.rounds_up

    def forward(self, features: Features, size: tuple[int, int]) -> Tensor:
        """Return logits of axes (batch, outputs, y, x) and of ``size`` (height, width)."""
        x = features[-1]
        skips = reversed(features[:-1])
        for block, skip, factor in zip(self.blocks, skips, self._factors, strict=False):
            x = self._upsampled(x, factor, (skip.shape[-2], skip.shape[-1]))
            x = block(torch.cat([skip, x], dim=1))
        if self.last is not None:
            x = self.last(self._upsampled(x, self._last_factor, size))
        logits: Tensor = self.out(x)
        if self.last is None and self._last_factor > 1:
            logits = self._upsampled(logits, self._last_factor, size)
        return logits

    def _upsampled(self, x: Tensor, factor: int, size: tuple[int, int]) -> Tensor:
        """Return a map ``factor`` times as large, of which ``size`` (height, width) is kept."""
        x = interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)
        if not is_compiling():  # compilers see to layouts, and a graph may be for any size
            if x.requires_grad:
                x.register_hook(_in_one_piece)
            # Nothing stands over where an image is a multiple of the strides, as training's
            # patches are.
            if (x.shape[-2], x.shape[-1]) == size:
                return x
        if self._may_fall_short:
            x = pad(x, (0, factor - 1, 0, factor - 1), mode="replicate")
        return x[..., : size[0], : size[1]]


def _in_one_piece(gradient: Tensor) -> Tensor:
    """Return what a concatenation hands back, some channels of each pixel, without the others.

    Upsampling would bring it into another layout on its way backward, and leave it there.
    """
    return gradient.contiguous(memory_format=torch.channels_last)
