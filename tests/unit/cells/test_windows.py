"""Cells of a large field are told apart window by window, and are those of one piece."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cells import Windowing, label_cells

DIAMETER = 12.0
WINDOWS = Windowing(whole=1000, image=1000, core=64, margins=(32, 128))


def crowd(seed: int, shape: tuple[int, int], share: float) -> NDArray[np.float32]:
    """Return probabilities: cells anywhere, over each other too, and specks between them."""
    random = np.random.default_rng(seed)
    field = np.zeros(shape)
    count = int(share * shape[0] * shape[1] / (np.pi / 4 * DIAMETER**2))
    y, x = np.indices(shape)
    for _ in range(count):
        at_y, at_x = random.uniform(0, shape[0]), random.uniform(0, shape[1])
        radius = random.uniform(0.7, 1.2) * DIAMETER / 2
        field = np.maximum(field, radius - np.hypot(y - at_y, x - at_x) + 0.5)
    field += ndimage.gaussian_filter(random.normal(0, 2, shape), 1)
    return field.clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("share", [0.2, 0.5])
@pytest.mark.parametrize("shape", [(300, 200), (260, 520)])
def test_windows_give_the_cells_of_one_piece(share: float, shape: tuple[int, int]) -> None:
    probability = crowd(5, (200, 260), share)
    whole, mask = label_cells(probability, shape, cell_diameter=DIAMETER)
    parts, again = label_cells(probability, shape, cell_diameter=DIAMETER, windowing=WINDOWS)
    assert whole.max() > 50
    np.testing.assert_array_equal(parts, whole)
    assert parts.dtype == whole.dtype
    np.testing.assert_allclose(again, mask, atol=1e-6)


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_by_the_interior_as_well(share: float) -> None:
    probability = crowd(8, (230, 250), share)
    interior = ndimage.gaussian_filter(crowd(9, probability.shape, 1.0), 2)
    whole, parts = (
        label_cells(
            probability,
            probability.shape,
            cell_diameter=DIAMETER,
            interior=interior,
            windowing=windowing,
        )[0]
        for windowing in (Windowing(), WINDOWS)
    )
    by_outline, _ = label_cells(probability, probability.shape, cell_diameter=DIAMETER)
    assert whole.max() != by_outline.max()
    np.testing.assert_array_equal(parts, whole)


def test_at_the_networks_scale_as_well() -> None:
    probability = crowd(6, (230, 250), 0.4)
    whole, _ = label_cells(probability, probability.shape, cell_diameter=DIAMETER)
    parts, _ = label_cells(
        probability, probability.shape, cell_diameter=DIAMETER, windowing=WINDOWS
    )
    np.testing.assert_array_equal(parts, whole)


def test_a_cluster_that_ends_in_no_window_is_divided_where_it_can_be() -> None:
    """Nothing is lost of it, and hardly a cell is another one."""
    probability = crowd(7, (300, 300), 1.6)
    windowing = Windowing(whole=1000, image=1000, core=64, margins=(32,))
    whole, _ = label_cells(probability, probability.shape, cell_diameter=DIAMETER)
    parts, _ = label_cells(
        probability, probability.shape, cell_diameter=DIAMETER, windowing=windowing
    )
    _, sizes = np.unique(ndimage.label(whole, np.ones((3, 3)))[0], return_counts=True)
    assert sizes[1:].max() > 0.3 * whole.size  # one cluster all over the field
    assert (parts > 0).sum() == pytest.approx((whole > 0).sum(), rel=0.01)
    assert parts.max() == pytest.approx(whole.max(), rel=0.02)
    pairs = np.unique(np.stack([parts[whole > 0], whole[whole > 0]]), axis=1, return_counts=True)
    most = ndimage.maximum(pairs[1], pairs[0][1], np.arange(1, whole.max() + 1))
    assert np.mean(most == np.bincount(whole.ravel())[1:]) > 0.9
