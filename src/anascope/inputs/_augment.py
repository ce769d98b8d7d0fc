"""Random changes to a batch, image and mask together, in one step on the device."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, grid_sample

from anascope.inputs._batch import Batch
from anascope.presets import AugmentationPreset


def augment(batch: Batch, preset: AugmentationPreset, generator: Generator) -> Batch:
    """Return the batch with every patch changed at random, each in its own way.

    Flips, right angles and scale move image and mask together; beyond the edge of a patch both
    are mirrored. Brightness multiplies the signal and the range of its field; noise is added
    to the signal alone.

    Args:
        batch: The patches.
        preset: How much of what.
        generator: The only source of randomness; on the CPU.
    """
    batch = _move(batch, preset, generator)
    count, device = len(batch), batch.signal.device
    signal, ranges = batch.signal, batch.ranges
    if preset.brightness:
        factor = _uniform(count, 1 - preset.brightness, 1 + preset.brightness, generator)
        factor = factor.to(device, non_blocking=True)
        signal = signal * factor[:, None, None, None]
        ranges = ranges * factor[:, None]
    if preset.noise:
        strength = _uniform(count, 0, preset.noise, generator).to(device, non_blocking=True)
        strength = strength * (ranges[:, 1] - ranges[:, 0])
        noise = torch.randn(signal.shape, generator=generator).to(device, non_blocking=True)
        signal = signal + noise * strength[:, None, None, None]
    return replace(batch, signal=signal, ranges=ranges)


def _move(batch: Batch, preset: AugmentationPreset, generator: Generator) -> Batch:
    matrices = _matrices(len(batch), preset, generator)
    if matrices is None:
        return batch
    signal, mask = batch.signal, batch.targets.mask
    grid = affine_grid(
        matrices.to(signal.device, non_blocking=True), list(signal.shape), align_corners=False
    )
    signal = grid_sample(signal, grid, "bilinear", "reflection", align_corners=False)
    moved = grid_sample(mask[:, None].float(), grid, "nearest", "reflection", align_corners=False)
    targets = batch.targets._replace(mask=moved[:, 0].to(torch.uint8))
    return replace(batch, signal=signal, targets=targets)


def _matrices(count: int, preset: AugmentationPreset, generator: Generator) -> Tensor | None:
    """Return one 2×3 matrix a patch, from places in the result to places in the patch."""
    if not (preset.flips or preset.right_angles or preset.scale > 1):
        return None
    turns = torch.zeros(count, dtype=torch.long)
    if preset.right_angles:
        turns = torch.randint(0, 4, (count,), generator=generator)
    flip = torch.ones(count)
    if preset.flips:
        flip = 1 - 2 * torch.randint(0, 2, (count,), generator=generator).float()
    zoom = torch.ones(count)
    if preset.scale > 1:
        limit = math.log(preset.scale)
        zoom = _uniform(count, -limit, limit, generator).exp()
    cosine = torch.tensor([1.0, 0.0, -1.0, 0.0])[turns]
    sine = torch.tensor([0.0, 1.0, 0.0, -1.0])[turns]
    matrices = torch.zeros(count, 2, 3)
    matrices[:, 0, 0], matrices[:, 0, 1] = cosine * flip, -sine
    matrices[:, 1, 0], matrices[:, 1, 1] = sine * flip, cosine
    return matrices / zoom[:, None, None]


def _uniform(count: int, low: float, high: float, generator: Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=generator)
