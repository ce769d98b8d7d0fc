"""Which cells touch another, and how large they are beside those that lie alone."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.data.touching import measured, touching_cells


def squares(*corners: tuple[int, int], side: int = 10) -> np.ndarray:
    instances = np.zeros((100, 100), np.uint16)
    for number, (y, x) in enumerate(corners, start=1):
        instances[y : y + side, x : x + side] = number
    return instances


@pytest.mark.parametrize(
    ("second", "touch"),
    [((20, 30), True), ((30, 30), True), ((20, 31), False), ((31, 20), False), ((25, 25), True)],
)
def test_cells_touch_beside_each_other_and_at_a_corner(
    second: tuple[int, int], touch: bool
) -> None:
    assert touching_cells(squares((20, 20), second, (70, 70))) == ({1, 2} if touch else set())


def test_shares_are_of_all_cells_and_areas_of_those_that_are_whole() -> None:
    known = np.zeros((100, 100), np.bool_)
    one = squares((20, 20), (20, 28), (50, 50), (90, 90), (0, 50))
    other = squares((5, 5), (60, 60))
    found = measured([(one, known), (other, known)])
    assert (found["fields"], found["cells"]) == (2, 7)
    assert found["touching"] == pytest.approx(2 / 7)
    assert found["quantiles_over_fields"]["0.5"] == pytest.approx((0.4 + 0) / 2)
    assert found["area_over_that_of_cells_alone"] == pytest.approx((80 + 100) / 2 / 100)
