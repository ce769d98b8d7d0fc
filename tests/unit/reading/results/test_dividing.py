"""Small pictures of dividing cells are cut from where the cells are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from anascope.reading.results._dividing import TILE, dividing_row
from tests.unit.reading.results.conftest import MadeUp


def test_each_dividing_cell_has_its_square(made_up: Callable[..., MadeUp]) -> None:
    field = made_up()
    signal = np.full_like(field.arrays.signal, 10)
    for brightness, dividing in enumerate(field.reading.dividing, start=1):
        signal[field.arrays.labels == dividing.cell] = 50 * brightness
    arrays = replace(field.arrays, signal=signal)
    row = dividing_row(field.reading, arrays)
    assert row is not None
    count = len(field.reading.dividing)
    assert count >= 2
    assert row.size == (TILE * count, TILE)
    middles = np.asarray(row)[TILE // 2, TILE // 2 :: TILE].astype(int)
    assert (np.diff(middles) > 0).all()
    assert (np.asarray(row).reshape(TILE, count, TILE).min(axis=(0, 2)) < middles).all()


def test_a_field_without_any_has_no_row(made_up: Callable[..., MadeUp]) -> None:
    field = made_up()
    assert dividing_row(replace(field.reading, dividing=()), field.arrays) is None
