"""Windows around cells: where they lie, and that neither light nor pixel size changes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cells import CellMeasures, measure_cells
from anascope.images import resize_area
from anascope.reading.likeness import MOST_WINDOWS, SIDE, windows_around_cells


def squares(centres: list[tuple[int, int]], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a dark image with bright squares of 9 pixels, each brighter than the one before."""
    pixels = np.full(shape, 20, np.uint8)
    for number, (y, x) in enumerate(centres):
        pixels[y - 4 : y + 5, x - 4 : x + 5] = 100 + number % 150
    return pixels


def cells_of(pixels: NDArray[Any]) -> CellMeasures:
    labels = ndimage.label(pixels > 0.3 * pixels.max())[0].astype(np.int32)
    return measure_cells(labels, pixels, 255.0)


def test_a_window_lies_around_its_cell() -> None:
    pixels = squares([(150, 160)], (300, 300))
    (window,) = windows_around_cells(pixels, cells_of(pixels), 1.0, 255.0)
    assert window.shape == (SIDE, SIDE)
    assert window.mean() == pytest.approx(0, abs=1e-5)
    assert window.std() == pytest.approx(1, abs=1e-4)
    bright = np.argwhere(window > 0)
    assert bright.min(axis=0).tolist() == [SIDE // 2 - 4, SIDE // 2 - 4]
    assert len(bright) == 81


def test_at_a_border_it_is_moved_inwards() -> None:
    pixels = squares([(10, 290)], (300, 300))
    (window,) = windows_around_cells(pixels, cells_of(pixels), 1.0, 255.0)
    assert np.argwhere(window > 0).mean(axis=0).tolist() == [10, 290 - (300 - SIDE)]


def test_a_field_that_is_smaller_than_a_window_is_mirrored() -> None:
    pixels = squares([(30, 20)], (50, 60))
    (window,) = windows_around_cells(pixels, cells_of(pixels), 1.0, 255.0)
    assert np.array_equal(window[50:96], window[49:3:-1])
    assert np.array_equal(window[:, 60:96], window[:, 59:23:-1])


def test_neither_gain_nor_offset_nor_depth_is_seen() -> None:
    pixels = squares([(150, 160), (60, 60)], (300, 300))
    windows = windows_around_cells(pixels, cells_of(pixels), 1.0, 255.0)
    deep = pixels.astype(np.uint16) * 128 + 4000
    again = windows_around_cells(deep, cells_of(pixels), 1.0, 65535.0)
    np.testing.assert_allclose(windows, again, atol=2e-4)


def test_a_window_shows_as_many_micrometres_at_any_pixel_size() -> None:
    rng = np.random.default_rng(0)
    fine = ndimage.zoom(rng.uniform(0, 255, (300, 300)), 2, order=0).astype(np.uint8)
    marked = squares([(300, 300)], (600, 600))
    coarse = np.round(resize_area(fine, 0.5)).astype(np.uint8)
    at_half = squares([(150, 150)], (300, 300))
    (one,) = windows_around_cells(fine, cells_of(marked), 0.5, 255.0)
    (other,) = windows_around_cells(coarse, cells_of(at_half), 1.0, 255.0)
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_windows_of_many_cells_are_few_and_lie_everywhere() -> None:
    centres = [(y, x) for y in range(60, 560, 40) for x in range(60, 560, 40)]
    pixels = squares(centres, (600, 600))
    cells = cells_of(pixels)
    windows = windows_around_cells(pixels, cells, 1.0, 255.0)
    assert len(windows) == MOST_WINDOWS
    # All windows show the same pattern of squares, but each other brightnesses: none comes twice.
    assert len({window.tobytes() for window in windows}) == MOST_WINDOWS


def test_a_constant_window_is_no_division_by_zero() -> None:
    pixels = np.full((300, 300), 7, np.uint8)
    marked = squares([(150, 150)], (300, 300))
    (window,) = windows_around_cells(pixels, cells_of(marked), 1.0, 255.0)
    assert np.all(window == 0)
