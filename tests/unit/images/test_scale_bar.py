"""A scale bar is round, and neither long nor short."""

from __future__ import annotations

import pytest

from anascope.images import bar_length_um


@pytest.mark.parametrize(
    ("width", "pixel_size_um", "length"),
    [(1388, 0.3225, 50), (640, 0.1, 10), (100, 0.5, 10), (100, 0.499, 5), (1000, 0.0001, 0.02)],
)
def test_length(width: int, pixel_size_um: float, length: float) -> None:
    assert bar_length_um(width, pixel_size_um) == length


@pytest.mark.parametrize("width_um", [0.004, 0.7, 1.0, 3.3334, 9.99, 10, 66.7, 170, 1000, 5e6])
def test_round_and_neither_long_nor_short(width_um: float) -> None:
    length = bar_length_um(100, width_um / 100)
    assert 0.2 * width_um / 2.5 < length <= 0.2 * width_um * (1 + 1e-9)
    digits = f"{length:.0e}"
    assert digits[0] in "125"
    assert float(digits) == length
