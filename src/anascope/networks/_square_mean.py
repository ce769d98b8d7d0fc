"""The mean over a square around every pixel."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.compiler import is_exporting
from torch.nn.functional import avg_pool2d, pad


def square_mean(image: Tensor, side: int) -> Tensor:
    """Return the mean over the square around every pixel, of what of it lies in the image.

    Rows are summed, then columns. A sum of many pixels is made of two sums of half as many, which
    is exact to the last digits and takes a few additions a pixel where average pooling takes
    ``side`` of them.

    Args:
        image: (batch, channel, y, x).
        side: Of the square, in pixels; odd.

    Returns:
        As ``image``.
    """
    if is_exporting():  # one operation of other software, in place of a dozen
        half = side // 2
        rows = avg_pool2d(image, (side, 1), 1, (half, 0), count_include_pad=False)
        return avg_pool2d(rows, (1, side), 1, (0, half), count_include_pad=False)
    for axis in (-2, -1):
        image = _moving_mean(image, side, axis)
    return image


def _moving_mean(image: Tensor, side: int, axis: int) -> Tensor:
    length, half = image.shape[axis], side // 2
    beyond = (0, 0, half, half) if axis == -2 else (half, half)
    run, width = pad(image, beyond), 1  # sums of ``width`` pixels, from each place on
    total, covered = None, 0
    while True:
        if side & width:
            part = run.narrow(axis, covered, length)
            total = part if total is None else total + part
            covered += width
        if covered == side:
            break
        kept = run.shape[axis] - width
        run = run.narrow(axis, 0, kept) + run.narrow(axis, width, kept)
        width *= 2
    assert total is not None  # a side has at least one pixel
    places = torch.arange(length, device=image.device)
    inside = (places + half).clamp(max=length - 1) - (places - half).clamp(min=0) + 1
    return total / inside.to(image.dtype).view((-1, 1) if axis == -2 else (-1,))
