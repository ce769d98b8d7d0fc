"""Crops at random scales say the diameter that nuclei have in them."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.data._scale_crops import LARGEST, SIDES, SMALLEST, Crops
from benchmarks.data._scale_fields import ScaledField, drawn_field


def discs(diameter: int) -> ScaledField:
    """Return a field of bright discs on a square grid, three diameters apart."""
    y, x = np.mgrid[:800, :900] % (3 * diameter) - 1.5 * diameter
    pixels = np.where(np.hypot(y, x) < diameter / 2, 220, 20).astype(np.uint8)
    return ScaledField("discs", pixels, 0.2, float(diameter))


def test_crops_of_one_seed_are_the_same_and_standard() -> None:
    first, second = (Crops([[discs(40)]], [1.0], 3).batch(16) for _ in range(2))
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert first[0].shape[2] in SIDES
    torch.testing.assert_close(first[0].mean((1, 2, 3)), torch.zeros(16), atol=1e-3, rtol=0)


def test_the_diameter_is_that_of_the_crop() -> None:
    """A disc of a grid covers (pi / 4) / 9 of it, and its edge as much as its circumference."""
    crops = Crops([[discs(40)]], [1.0], 5)
    apart = []
    for _ in range(3):
        seen, octaves = crops.batch(32)
        assert float(octaves.min()) >= np.log2(SMALLEST) - 1e-3
        assert float(octaves.max()) <= np.log2(LARGEST) + 1e-3
        for crop, octave in zip(seen[:, 0].numpy(), octaves.numpy(), strict=True):
            if 12 < 2**octave < crop.shape[0] / 6:  # several discs, none too small
                spectrum = np.abs(np.fft.rfft2(crop)).sum(0)[1:]
                apart.append(np.log2(crop.shape[0] / (spectrum.argmax() + 1) / 3) - octave)
    assert len(apart) > 5
    assert abs(float(np.median(apart))) < 0.4


def test_a_drawn_field_says_how_wide_its_nuclei_are() -> None:
    field = drawn_field(3, 1)
    assert 9 < field.nucleus * field.pixel_size_um < 20
