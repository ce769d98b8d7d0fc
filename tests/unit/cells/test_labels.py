"""From probabilities to numbered cells on the image."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cells import label_cells


def probability(*centres: tuple[int, int], radius: int = 10) -> NDArray[np.float32]:
    y, x = np.indices((80, 120))
    away = [np.hypot(y - cy, x - cx) for cy, cx in centres]
    sure = np.clip(0.5 + (radius - np.min(away, axis=0)) / 4, 0, 1)
    return np.asarray(sure, np.float32)


def test_cells_are_numbered_in_reading_order_and_keep_their_areas() -> None:
    found = probability((20, 80), (22, 20), (60, 50))
    labels, mask = label_cells(found, (80, 120), cell_diameter=20)
    assert [labels[place] for place in ((20, 80), (22, 20), (60, 50))] == [1, 2, 3]
    areas = np.bincount(labels.ravel())[1:]
    assert areas == pytest.approx(np.pi * 10**2, rel=0.06)
    np.testing.assert_array_equal(labels > 0, mask > 0.5)


def test_two_that_touch_are_two() -> None:
    labels, _ = label_cells(probability((40, 40), (40, 58)), (80, 120), cell_diameter=20)
    assert set(np.unique(labels)) == {0, 1, 2}
    assert labels[40, 36] != labels[40, 62]


def test_a_speck_is_no_cell() -> None:
    found = np.maximum(probability((40, 40)), probability((10, 100), radius=2))
    labels, _ = label_cells(found, (80, 120), cell_diameter=20)
    assert set(np.unique(labels)) == {0, 1}
    assert labels[10, 100] == 0


@pytest.mark.parametrize("scale", [2, 2.5, 0.5])
def test_outlines_at_another_size_are_the_interpolated_ones(scale: float) -> None:
    found = probability((40, 40), (40, 80))
    shape = (round(80 * scale), round(120 * scale))
    labels, mask = label_cells(found, shape, cell_diameter=20)
    assert labels.shape == mask.shape == shape
    areas = np.bincount(labels.ravel())[1:]
    assert areas == pytest.approx(np.pi * (10 * scale) ** 2, rel=0.08)
    # No cell is in two pieces, and nothing that is labelled is background.
    for number in (1, 2):
        assert ndimage.label(labels == number, np.ones((3, 3)))[1] == 1
    assert (mask[labels > 0] > 0.5).all()
