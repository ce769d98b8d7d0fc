"""Image and mask move together; what is said of the augmentation is what it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from torch import Tensor

from anascope.presets import AugmentationPreset
from anascope.records import MaskValue
from anascope.training.inputs import Batch, augment
from anascope.training.inputs._appearance import _other_spectrum

SIZE = 48
RIGID = AugmentationPreset(flips=True, right_angles=True)
EVERYTHING = AugmentationPreset(
    flips=True,
    right_angles=True,
    scale=1.5,
    stain=1.5,
    blur=1.0,
    illumination=0.2,
    brightness=0.2,
    noise=0.1,
    spectrum=0.5,
)


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
        targets={
            "mask": mask.to(torch.uint8) * int(MaskValue.CELL),
            "pattern": torch.zeros(count, 2, dtype=torch.bool),
            "intensity": torch.zeros(count, 1),
        },
        active=(True, True, True),
    )


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(seed=st.integers(0, 2**16))
def test_flips_and_right_angles_only_reorder_pixels(seed: int) -> None:
    noise = torch.rand(6, SIZE, SIZE, generator=generator(seed))
    batch = batch_of(noise > 0.5)
    moved = augment(batch, RIGID, generator(seed))
    for before, after, mask in zip(batch.signal, moved.signal, moved.targets["mask"], strict=True):
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
    places = {tuple(np.argwhere(m.numpy() == 1)[0]) for m in moved.targets["mask"]}
    assert len(places) == 8


@given(seed=st.integers(0, 2**16))
def test_mask_of_a_moved_circle_is_the_circle_drawn_where_it_went(seed: int) -> None:
    """With scale too: measured centre and area give the circle to compare with."""
    torch_generator = generator(seed)
    centres = 18 + 12 * torch.rand(4, 2, generator=torch_generator)
    preset = AugmentationPreset(flips=True, right_angles=True, scale=1.4)
    moved = augment(batch_of(circles(centres, 8.0)), preset, torch_generator)
    for mask in moved.targets["mask"] == MaskValue.CELL:
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
    for signal, mask in zip(moved.signal, moved.targets["mask"], strict=True):
        inside, outside = signal[0][mask == 1].mean(), signal[0][mask == 0].mean()
        assert inside - outside > 0.3


def test_brightness_moves_signal_and_range_alike() -> None:
    batch = batch_of(circles(torch.full((8, 2), 24.0), 9.0))
    moved = augment(batch, AugmentationPreset(brightness=0.3), generator())
    factor = moved.ranges[:, 1] / batch.ranges[:, 1]
    assert ((factor > 0.7) & (factor < 1.3)).all()
    assert len(factor.unique()) == 8
    torch.testing.assert_close(moved.signal, batch.signal * factor[:, None, None, None])
    assert torch.equal(moved.targets["mask"], batch.targets["mask"])


def ramp(count: int = 8) -> Batch:
    """Patches whose signal goes from the dark level of the field, 0.2, to its bright one, 0.7."""
    batch = batch_of(circles(torch.full((count, 2), 24.0), 9.0))
    signal = torch.linspace(0.2, 0.7, SIZE * SIZE).reshape(1, 1, SIZE, SIZE)
    return replace(batch, signal=signal.repeat(count, 1, 1, 1))


def test_amplitudes_of_long_waves_come_from_another_patch_and_all_else_stays() -> None:
    """Two patches of one long and one short wave each; with the whole way they change long ones."""
    x = torch.arange(SIZE) * (2 * torch.pi / SIZE)

    def waves(long: float, short: float) -> Tensor:
        return (0.4 + long * x.cos() + short * (12 * x).cos()).expand(SIZE, SIZE)

    batch = batch_of(torch.zeros(2, SIZE, SIZE, dtype=torch.bool))
    signal = torch.stack([waves(0.1, 0.02), waves(0.2, 0.03)])[:, None]
    batch = replace(batch, signal=signal, ranges=torch.tensor([[0.0, 1.0]]).repeat(2, 1))
    changed = _other_spectrum(signal, batch.ranges, torch.tensor([1, 0]), torch.ones(2, 1, 1, 1))
    torch.testing.assert_close(changed[0, 0], waves(0.2, 0.02), atol=1e-5, rtol=0)
    torch.testing.assert_close(changed[1, 0], waves(0.1, 0.03), atol=1e-5, rtol=0)
    moved = augment(batch, AugmentationPreset(spectrum=1.0), generator())
    torch.testing.assert_close(moved.signal.mean((1, 2, 3)), signal.mean((1, 2, 3)))


def test_another_stain_keeps_the_ends_of_the_range_and_the_order_of_levels() -> None:
    batch = ramp()
    moved = augment(batch, AugmentationPreset(stain=2.0), generator())
    assert torch.equal(moved.ranges, batch.ranges)
    flat = moved.signal.flatten(1)
    torch.testing.assert_close(flat[:, 0], batch.signal.flatten(1)[:, 0])
    torch.testing.assert_close(flat[:, -1], batch.signal.flatten(1)[:, -1])
    assert (flat.diff(dim=1) > 0).all()
    # At power 2 the middle of the range, a half, becomes (0.6² - 0.1²) / (1.1² - 0.1²) = 0.292; at
    # power 1/2 it becomes (√0.6 - √0.1) / (√1.1 - √0.1) = 0.625.
    middle = (flat[:, SIZE * SIZE // 2] - 0.2) / 0.5
    assert middle.min() >= 0.291
    assert middle.max() <= 0.626
    assert middle.min() < 0.45 < 0.52 < middle.max()


def test_blur_is_the_gaussian_that_scipy_makes() -> None:
    noise = torch.rand(6, 1, SIZE, SIZE, generator=generator(3))
    batch = replace(ramp(6), signal=noise)
    moved = augment(batch, AugmentationPreset(blur=2.0), generator(5)).signal
    sigmas = 2.0 * torch.rand(6, generator=generator(5))
    for before, after, sigma in zip(noise[:, 0], moved[:, 0], sigmas.tolist(), strict=True):
        wanted = gaussian_filter(before.numpy(), sigma, mode="mirror", radius=6)
        np.testing.assert_allclose(after.numpy(), wanted, atol=2e-3 if sigma < 0.2 else 1e-5)


def test_light_falls_straight_across_and_is_whole_in_the_middle() -> None:
    batch = replace(ramp(16), signal=torch.ones(16, 1, SIZE, SIZE))
    light = augment(batch, AugmentationPreset(illumination=0.3), generator()).signal[:, 0]
    assert light.min() >= 0.7
    assert light.max() <= 1.3
    assert light.std(dim=(1, 2)).min() > 0
    torch.testing.assert_close(light.mean(dim=(1, 2)), torch.ones(16))
    torch.testing.assert_close(light + light.flip(-1).flip(-2), torch.full_like(light, 2.0))
    torch.testing.assert_close(light.diff(dim=1).diff(dim=1), torch.zeros(16, SIZE - 2, SIZE))


@pytest.mark.parametrize("key", ["stain", "blur", "illumination", "noise", "spectrum"])
def test_what_changes_the_look_leaves_the_mask(key: str) -> None:
    batch = ramp(4)
    preset = AugmentationPreset.model_validate({key: 2.0 if key == "stain" else 1.0})
    moved = augment(batch, preset, generator())
    assert torch.equal(moved.targets["mask"], batch.targets["mask"])
    assert torch.equal(moved.ranges, batch.ranges)
    assert not torch.equal(moved.signal, batch.signal)
    assert moved.signal.isfinite().all()


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
    batch.targets["mask"][:, :, SIZE // 2 :] = value
    moved = augment(batch, EVERYTHING, generator())
    assert set(moved.targets["mask"].unique().tolist()) == {0, value}
