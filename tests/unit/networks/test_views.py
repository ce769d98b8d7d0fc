"""What each view keeps and what it takes away."""

from __future__ import annotations

import pytest
import torch

from anascope.networks import build_views


@pytest.fixture
def signal() -> torch.Tensor:
    return torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(0)) * 0.2 + 0.1


RANGES = torch.tensor([[0.1, 0.3], [0.1, 0.3]])


def test_channels_are_the_views_in_order(signal: torch.Tensor) -> None:
    made = build_views(signal, RANGES, ("raw", "field", "local"), neighbourhood=20)
    assert made.shape == (2, 3, 64, 64)
    assert made.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(made[:, :1], signal)
    torch.testing.assert_close(made[:, 1:2], (signal - 0.1) / 0.2)


def test_the_published_way_repeats_the_grey_image(signal: torch.Tensor) -> None:
    made = build_views(signal, RANGES, ("raw", "raw", "raw"), neighbourhood=20)
    assert all(torch.equal(made[:, i], signal[:, 0]) for i in range(3))


def test_twice_as_bright_is_half_a_step_on_the_logarithmic_scale() -> None:
    levels = torch.tensor([1 / 16, 1 / 4, 1 / 2, 1.0]).reshape(4, 1, 1, 1)
    made = build_views(levels, torch.tensor([[0.0, 1.0]]).repeat(4, 1), ("log",), neighbourhood=20)
    assert made.flatten().tolist() == pytest.approx([0, 1, 1.5, 2], abs=0.05)
    assert build_views(-levels, torch.zeros(4, 2), ("log",), neighbourhood=20).isfinite().all()


def test_only_raw_keeps_brightness(signal: torch.Tensor) -> None:
    views = ("raw", "field", "local")
    dim = build_views(signal, RANGES, views, neighbourhood=20)
    bright = build_views(signal * 2, RANGES * 2, views, neighbourhood=20)
    torch.testing.assert_close(bright[:, 0], dim[:, 0] * 2)
    torch.testing.assert_close(bright[:, 1:], dim[:, 1:], rtol=1e-3, atol=1e-4)


def test_local_contrast_of_an_even_field_is_zero() -> None:
    even = torch.full((1, 1, 64, 64), 0.4)
    made = build_views(even, torch.tensor([[0.1, 0.7]]), ("local",), neighbourhood=20)
    assert made.abs().max() < 1e-4


def test_local_contrast_takes_a_slow_gradient_out() -> None:
    """A wide ramp differs by 1 across the patch; within a neighbourhood it is nearly level."""
    ramp = torch.linspace(0, 1, 256).expand(1, 1, 256, 256)
    made = build_views(ramp, torch.tensor([[0.0, 1.0]]), ("local",), neighbourhood=20)
    inside = made[..., 64:-64]
    assert inside.abs().max() < 0.1


def test_a_field_without_range_stays_finite() -> None:
    made = build_views(
        torch.zeros(1, 1, 32, 32), torch.zeros(1, 2), ("field", "local"), neighbourhood=20
    )
    assert made.isfinite().all()


def test_a_stuck_pixel_in_a_dim_field_stays_in_bounds() -> None:
    signal = torch.full((1, 1, 64, 64), 0.02)
    signal[..., 20, 20] = 0.9
    dim = torch.tensor([[0.018, 0.024]])
    made = build_views(signal, dim, ("field", "local"), neighbourhood=20)
    assert made[:, 0].max() == 4
    assert made[:, 1].abs().max() <= 6
