"""Image and mask move together; what is said of the augmentation is what it does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from anascope.inputs import Batch, augment
from anascope.losses import Targets
from anascope.presets import AugmentationPreset
from anascope.records import MaskValue

SIZE = 48
RIGID = AugmentationPreset(flips=True, right_angles=True)
EVERYTHING = AugmentationPreset(flips=True, right_angles=True, scale=1.5, brightness=0.2, noise=0.1)


def circles(centres: Tensor, radius: float) -> Tensor:
    """Draw filled circles, (batch, y, x), at centres (batch, 2) given as y, x."""
    y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    distance = torch.hypot(
        y[None] + 0.5 - centres[:, 0, None, None], x[None] + 0.5 - centres[:, 1, None, None]
    )
    return distance < radius


def batch_of(mask: Tensor) -> Batch:
    count = len(mask)
    return Batch(
        signal=mask[:, None].float() * 0.5 + 0.2,
        ranges=torch.tensor([[0.2, 0.7]]).repeat(count, 1),
        targets=Targets(
            mask=mask.to(torch.uint8) * int(MaskValue.CELL),
            pattern=torch.zeros(count, 2, dtype=torch.bool),
            intensity=torch.zeros(count, 1),
        ),
        active=(True, True, True),
    )


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(seed=st.integers(0, 2**16))
def test_flips_and_right_angles_only_reorder_pixels(seed: int) -> None:
    noise = torch.rand(6, SIZE, SIZE, generator=generator(seed))
    batch = batch_of(noise > 0.5)
    moved = augment(batch, RIGID, generator(seed))
    for before, after, mask in zip(batch.signal, moved.signal, moved.targets.mask, strict=True):
        variants = [
            torch.rot90(turned, k, dims=(-2, -1))
            for turned in (before, before.flip(-1))
            for k in range(4)
        ]
        assert any(torch.allclose(after, variant, atol=1e-5) for variant in variants)
        assert torch.equal(after[0] > 0.45, mask == MaskValue.CELL)


def test_all_eight_positions_occur() -> None:
    corner = torch.zeros(1, SIZE, SIZE, dtype=torch.bool)
    corner[0, 3, 10] = True
    moved = augment(batch_of(corner.repeat(200, 1, 1)), RIGID, generator())
    places = {tuple(np.argwhere(m.numpy() == 1)[0]) for m in moved.targets.mask}
    assert len(places) == 8


@given(seed=st.integers(0, 2**16))
def test_mask_of_a_moved_circle_is_the_circle_drawn_where_it_went(seed: int) -> None:
    """With scale too: measured centre and area give the circle to compare with."""
    torch_generator = generator(seed)
    centres = 18 + 12 * torch.rand(4, 2, generator=torch_generator)
    preset = AugmentationPreset(flips=True, right_angles=True, scale=1.4)
    moved = augment(batch_of(circles(centres, 8.0)), preset, torch_generator)
    for mask in moved.targets.mask == MaskValue.CELL:
        area = mask.sum().item()
        radius = (area / torch.pi) ** 0.5
        assert 8 / 1.4 - 0.5 < radius < 8 * 1.4 + 0.5
        at = torch.argwhere(mask).float().mean(dim=0) + 0.5
        drawn = circles(at[None], radius)[0]
        overlap = (drawn & mask).sum().item()
        # Nearest-neighbour sampling may move single pixels of the edge, no more.
        assert 2 * overlap / (drawn.sum().item() + area) > 0.92


def test_image_and_mask_agree_after_everything() -> None:
    centres = torch.full((8, 2), 24.0)
    moved = augment(batch_of(circles(centres, 9.0)), EVERYTHING, generator(1))
    for signal, mask in zip(moved.signal, moved.targets.mask, strict=True):
        inside, outside = signal[0][mask == 1].mean(), signal[0][mask == 0].mean()
        assert inside - outside > 0.3


def test_brightness_moves_signal_and_range_alike() -> None:
    batch = batch_of(circles(torch.full((8, 2), 24.0), 9.0))
    moved = augment(batch, AugmentationPreset(brightness=0.3), generator())
    factor = moved.ranges[:, 1] / batch.ranges[:, 1]
    assert ((factor > 0.7) & (factor < 1.3)).all()
    assert len(factor.unique()) == 8
    torch.testing.assert_close(moved.signal, batch.signal * factor[:, None, None, None])
    assert torch.equal(moved.targets.mask, batch.targets.mask)


def test_nothing_asked_nothing_changed() -> None:
    batch = batch_of(circles(torch.full((2, 2), 20.0), 7.0))
    assert torch.equal(augment(batch, AugmentationPreset(), generator()).signal, batch.signal)


def test_same_generator_same_result() -> None:
    batch = batch_of(circles(torch.full((4, 2), 20.0), 7.0))
    one, other = (augment(batch, EVERYTHING, generator(7)) for _ in range(2))
    assert torch.equal(one.signal, other.signal)
    assert not torch.equal(one.signal, augment(batch, EVERYTHING, generator(8)).signal)


@pytest.mark.parametrize("value", [int(MaskValue.UNKNOWN), int(MaskValue.CELL)])
def test_mask_values_stay_what_they_are(value: int) -> None:
    batch = batch_of(torch.zeros(4, SIZE, SIZE, dtype=torch.bool))
    batch.targets.mask[:, :, SIZE // 2 :] = value
    moved = augment(batch, EVERYTHING, generator())
    assert set(moved.targets.mask.unique().tolist()) == {0, value}
