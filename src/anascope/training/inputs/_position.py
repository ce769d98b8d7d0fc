"""Random changes to where things are on a patch, image and mask together."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, grid_sample

from anascope.presets import AugmentationPreset
from anascope.training.inputs._batch import Batch


def change_position(batch: Batch, preset: AugmentationPreset, generator: Generator) -> Batch:
    """Return the batch with every patch flipped, turned and resized; mirrored beyond its edge."""
    matrices = _matrices(len(batch), preset, generator)
    if matrices is None:
        return batch
    signal = batch.signal
    grid = affine_grid(
        matrices.to(signal.device, non_blocking=True), list(signal.shape), align_corners=False
    )
    signal = grid_sample(signal, grid, "bilinear", "reflection", align_corners=False)
    targets = {
        task: _moved(target, grid) if target.ndim >= 3 else target
        for task, target in batch.targets.items()
    }
    return replace(batch, signal=signal, targets=targets)


def _moved(target: Tensor, grid: Tensor) -> Tensor:
    """Return a target, (batch, y, x) or (batch, channel, y, x), moved; its values stay as they are.

    Numbers up to 2^24 pass.
    """
    values = target.reshape(len(target), -1, *target.shape[-2:]).float()
    moved = grid_sample(values, grid, "nearest", "reflection", align_corners=False)
    return moved.reshape(target.shape).to(target.dtype)


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
        zoom = (-limit + 2 * limit * torch.rand(count, generator=generator)).exp()
    cosine = torch.tensor([1.0, 0.0, -1.0, 0.0])[turns]
    sine = torch.tensor([0.0, 1.0, 0.0, -1.0])[turns]
    matrices = torch.zeros(count, 2, 3)
    matrices[:, 0, 0], matrices[:, 0, 1] = cosine * flip, -sine
    matrices[:, 1, 0], matrices[:, 1, 1] = sine * flip, cosine
    return matrices / zoom[:, None, None]
