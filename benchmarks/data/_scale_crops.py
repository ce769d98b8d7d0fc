"""Crops of fields at random scales, as cameras and programs of any laboratory would show them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from benchmarks.data._scale_fields import ScaledField

SIDES = (128, 128, 128, 128, 96, 96, 64, 48)
"""Pixels of a crop's side, of which a batch has one."""
SMALLEST, LARGEST = 4.5, 330.0
"""Pixels of a nucleus in a crop."""
_MOST_GROWN = 4.5
_HOW = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BOX,
)
_KERNEL = 13  # pixels of the kernel of a blur

Floats = NDArray[np.float32]
Some = Callable[[float, float], Tensor]
"""What gives each crop a number of its own between two."""


class Crops:
    """Where crops come from.

    Args:
        sources: Fields of each source; every source gives as many crops, whatever its size.
        shares: How many crops each source gives, as shares of 1.
        seed: Of what is chosen.
    """

    def __init__(
        self, sources: Sequence[Sequence[ScaledField]], shares: Sequence[float], seed: int
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._chance = torch.Generator().manual_seed(seed)
        self._shares = shares
        self._sources = [[(_pyramid(each.pixels), each.nucleus) for each in s] for s in sources]

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Return crops, (size, 1, y, x), and the base-2 logarithm of a nucleus's pixels."""
        side = int(self._rng.choice(SIDES))
        crops, nuclei = zip(*(self._one(side) for _ in range(size)), strict=True)
        images = varied(torch.from_numpy(np.stack(crops))[:, None], self._chance)
        for place in np.flatnonzero(self._rng.random(size) < 0.3):
            images[place, 0] = once_jpeg(images[place, 0], int(self._rng.integers(30, 100)))
        return standard(images), torch.tensor(np.log2(nuclei), dtype=torch.float32)

    def _one(self, side: int) -> tuple[Floats, float]:
        rng = self._rng
        fields = self._sources[int(rng.choice(len(self._sources), p=self._shares))]
        pyramid, nucleus = fields[int(rng.integers(len(fields)))]
        least = max(SMALLEST / nucleus, (side + 1) / min(pyramid[0].size))
        most = max(min(LARGEST / nucleus, _MOST_GROWN), least)
        factor = float(np.exp(rng.uniform(np.log(least), np.log(most))))
        level = int(np.clip(np.floor(-np.log2(factor)), 0, len(pyramid) - 1))
        image, span = pyramid[level], side / factor / 2**level
        left, top = (float(rng.uniform(0, max(length - span, 0))) for length in image.size)
        box = (left, top, min(left + span, image.width), min(top + span, image.height))
        how = _HOW[int(rng.integers(len(_HOW)))]
        if rng.random() < 0.25:  # a picture that was small and has been enlarged
            small = max(round(side * rng.uniform(0.3, 0.9)), 8)
            image, box = image.resize((small, small), how, box), (0.0, 0.0, small, small)
        crop = np.asarray(image.resize((side, side), how, box), np.float32) / 255
        crop = np.rot90(crop, int(rng.integers(4)))
        return np.ascontiguousarray(crop[:, ::-1] if rng.random() < 0.5 else crop), nucleus * factor


def once_jpeg(crop: Tensor, quality: int) -> Tensor:
    """Return a crop, (y, x), as it comes out of a JPEG file, in grey levels."""
    low, high = float(crop.min()), float(crop.max())
    levels = 255 * (crop - low) / max(high - low, 1e-6)
    stored = io.BytesIO()
    Image.fromarray(levels.numpy().astype(np.uint8)).save(stored, "JPEG", quality=quality)
    with Image.open(stored) as image:
        return torch.from_numpy(np.array(image, np.float32))


def standard(crops: Tensor) -> Tensor:
    """Return crops with mean 0 and deviation 1, as the package makes them."""
    deviation, mean = torch.std_mean(crops, dim=(2, 3), keepdim=True, correction=0)
    return (crops - mean) / (deviation + 1e-3 * mean.abs() + 1e-6)


def varied(
    crops: Tensor, chance: torch.Generator, blurs: tuple[float, float] = (-1.5, 1.3)
) -> Tensor:
    """Return crops as other cameras would show them.

    Args:
        crops: (crops, 1, y, x), 0 to 1.
        chance: Where it comes from.
        blurs: Base-2 logarithms of the least and the greatest blur, as deviations in pixels.
    """
    count, _, side, _ = crops.shape

    def some(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, 1, 1, 1, generator=chance)

    def maybe(share: float, new: Tensor, old: Tensor) -> Tensor:
        return torch.where(some(0, 1) < share, new, old)

    dark, bright = crops.amin((2, 3), keepdim=True), crops.amax((2, 3), keepdim=True)
    crops = (crops - dark) / (bright - dark).clamp(min=0.05)
    crops = maybe(0.6, crops.clamp(min=0) ** torch.exp2(some(-1, 1)), crops)
    glare = functional.interpolate(
        functional.avg_pool2d(crops, 8), (side, side), mode="bilinear", align_corners=False
    )
    crops = maybe(0.3, crops + some(-0.2, 0.6) * glare, crops)
    crops = maybe(0.5, crops * _uneven(side, some), crops)
    crops = maybe(0.25, torch.minimum(crops, some(0.35, 1.0)), crops)
    crops = maybe(0.25, torch.maximum(crops, some(0.0, 0.25)), crops)
    smooth = _blurred(crops, torch.exp2(some(*blurs)))
    crops = maybe(0.5, smooth, maybe(0.25, crops + some(0.2, 1.5) * (crops - smooth), crops))
    return crops + _noise(crops, some, chance)


def _uneven(side: int, some: Some) -> Tensor:
    across = torch.linspace(-1, 1, side)
    down = across[:, None]
    light: Tensor = 1 + some(-0.3, 0.3) * across + some(-0.3, 0.3) * down
    return light + some(-0.3, 0.1) * (across**2 + down**2)


def _blurred(crops: Tensor, sigma: Tensor) -> Tensor:
    """Return each crop blurred by its own sigma."""
    count, _, side, _ = crops.shape
    place = torch.arange(_KERNEL) - _KERNEL // 2
    kernel = torch.exp(-(place**2) / (2 * sigma.view(-1, 1) ** 2))
    kernel /= kernel.sum(1, keepdim=True)
    half = _KERNEL // 2
    padded = functional.pad(crops, (half, half, half, half), "reflect").view(
        1, count, -1, side + 2 * half
    )
    wide = functional.conv2d(padded, kernel.view(count, 1, 1, -1), groups=count)
    return functional.conv2d(wide, kernel.view(count, 1, -1, 1), groups=count).view_as(crops)


def _noise(
    crops: Tensor, some: Callable[[float, float], Tensor], chance: torch.Generator
) -> Tensor:
    """Return noise of light and of the camera, whose grain is that of a batch."""
    side = crops.shape[-1]
    grain = float(1 + 2 * torch.rand((), generator=chance) ** 2)
    small = max(int(side / grain), 8)
    noise = torch.randn(len(crops), 1, small, small, generator=chance)
    if small < side:
        noise = functional.interpolate(noise, (side, side), mode="bicubic", align_corners=False)
    strength = 0.12 * some(0, 1) ** 2
    amplitude: Tensor = strength * (some(0, 1) + some(0, 1) * crops.clamp(min=0).sqrt())
    return noise * amplitude


def _pyramid(pixels: NDArray[np.uint8]) -> list[Image.Image]:
    """Return a field at full size, at half of it, and so on."""
    levels = [Image.fromarray(pixels)]
    while min(levels[-1].size) >= 64:
        levels.append(levels[-1].reduce(2))
    return levels
