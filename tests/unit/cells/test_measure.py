"""Measures of shapes whose values are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.cells import measure_cells


def ellipse(long: float, short: float, turn: float = 0.0) -> NDArray[np.int32]:
    y, x = np.indices((160, 200)) - np.array([80, 100])[:, None, None]
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return np.asarray((along / long) ** 2 + (across / short) ** 2 < 1, np.int32)


@pytest.mark.parametrize("turn", [0.0, 0.5, 1.2])
@pytest.mark.parametrize(("long", "short"), [(30, 30), (40, 20), (60, 15)])
def test_an_ellipse(long: float, short: float, turn: float) -> None:
    labels = ellipse(long, short, turn)
    cells = measure_cells(labels, (labels * 50 + 20).astype(np.uint8), 255)
    assert len(cells) == 1
    assert (cells.y[0], cells.x[0]) == pytest.approx((80, 100), abs=0.05)
    assert cells.area[0] == pytest.approx(np.pi * long * short, rel=0.02)
    assert cells.elongation[0] == pytest.approx(long / short, rel=0.02)
    # An ellipse's area over that of the disc with its larger moment: short over long axis.
    assert cells.roundness[0] == pytest.approx(short / long, rel=0.02)
    assert cells.brightness[0] == pytest.approx(1000 * 50 / 255)
    assert cells.background == 20
    assert (cells.contrast[0], cells.peak[0], cells.core[0]) == pytest.approx((0, 1, 1))


def test_light_within_by_hand() -> None:
    labels = np.zeros((9, 9), np.int32)
    labels[2:7, 2:7] = 4
    pixels = np.full((9, 9), 10, np.uint8)
    pixels[2:7, 2:7] = 20
    pixels[4, 4] = 120
    cells = measure_cells(labels, pixels, 255)
    assert cells.number.tolist() == [4]
    # Over the background: 24 pixels of 10, one of 110; mean 14, deviation √((24·16 + 96²) / 25).
    assert cells.brightness[0] == pytest.approx(1000 * 14 / 255)
    assert cells.contrast[0] == pytest.approx((24 * 16 + 96**2) ** 0.5 / 5 / 14)
    assert cells.core[0] > 1
    assert (cells.min_y[0], cells.min_x[0], cells.max_y[0], cells.max_x[0]) == (2, 2, 6, 6)


def test_which_touch_the_border() -> None:
    labels = np.zeros((20, 20), np.int32)
    for number, (y, x) in enumerate([(0, 8), (8, 0), (17, 8), (8, 17), (8, 8)], start=1):
        labels[y : y + 3, x : x + 3] = number
    cells = measure_cells(labels, np.zeros((20, 20), np.uint8), 255)
    assert cells.at_border.tolist() == [True, True, True, True, False]


def test_no_cells() -> None:
    cells = measure_cells(np.zeros((5, 5), np.int32), np.full((5, 5), 7, np.uint8), 255)
    assert len(cells) == 0
    assert cells.background == 7
