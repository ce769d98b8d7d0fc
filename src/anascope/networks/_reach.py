"""How far around itself a network looks."""

from __future__ import annotations

import torch
from torch import Tensor

from anascope.networks._predict import predict
from anascope.networks._whole_field import WholeField
from anascope.presets import ImagePreset

_FIRST = 16  # places of the embedding on each side of the strip that is tried first


def reach_of(network: WholeField, image: ImagePreset) -> int:
    """Return how far from a pixel the network's answers can depend on it, in pixels.

    It is measured, so that it is right for every encoder, decoder and view: one place of a strip is
    no number, and no number spreads through every sum and maximum that it is part of. Kernels are
    square, so what holds along a strip holds down it.

    Args:
        network: In evaluation mode, and with a head that takes any size.
        image: How views are made.

    Returns:
        A multiple of the stride, counted from the end of a whole place, with one place for what
        lies at its other end.
    """
    stride = network.network.encoder.strides[-1]
    places = _FIRST
    while (reach := _spread(network, image, places)) is None:
        places *= 2
    return (reach + 1) * stride


@torch.inference_mode()
def _spread(network: WholeField, image: ImagePreset, places: int) -> int | None:
    """Return over how many places a place without number spreads; None if over the whole strip.

    Args:
        network: As above.
        image: As above.
        places: How many there are on each side of it.
    """
    stride = network.network.encoder.strides[-1]
    device = next(network.parameters()).device
    strip = torch.full((1, 1, 2 * stride, (2 * places + 1) * stride), 0.5, device=device)
    middle = places * stride
    strip[..., middle : middle + stride] = torch.nan
    ranges = torch.tensor([[0.1, 0.9]], device=device)
    (prediction,) = predict(network, image, [(strip, ranges)])
    furthest = max(
        _furthest(answer[0].isnan().any(dim=0).any(dim=0), middle, stride)
        for answer in prediction.values()
        if answer.ndim == 4  # of each pixel or place, not of the whole strip
    )
    return None if furthest >= places else furthest


def _furthest(touched: Tensor, middle: int, stride: int) -> int:
    """Return how many places from the middle one the furthest is that was touched."""
    scale = 1 if len(touched) > middle else stride  # of pixels, or of places
    found = touched.nonzero()[:, 0] * scale
    left, right = int(found.min()), int(found.max()) + scale
    return -(-max(middle - left, right - middle - stride) // stride)
