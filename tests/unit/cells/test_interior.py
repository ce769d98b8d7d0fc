"""How far inside its cell a pixel lies, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.cells import centrality_of, interior_of


def instances(*cells: tuple[slice, slice], shape: tuple[int, int] = (9, 16)) -> np.ndarray:
    labels = np.zeros(shape, np.int32)
    for number, box in enumerate(cells, start=1):
        labels[box] = number
    return labels


def test_a_square_of_five() -> None:
    """One, two and three pixels from the outline, of three."""
    found = interior_of(instances(np.s_[2:7, 2:7]))
    np.testing.assert_allclose(found[4, 2:7], [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3])
    np.testing.assert_allclose(found[2, 2:7], 1 / 3)
    assert not found[:2].any()
    assert not found[:, 7:].any()


def test_between_two_cells_that_touch_it_is_as_deep_as_at_the_background() -> None:
    found = interior_of(instances(np.s_[2:7, 2:7], np.s_[2:7, 7:12]))
    np.testing.assert_allclose(found[4, 2:12], [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3] * 2)


def test_a_small_cell_has_as_high_a_middle_as_a_large_one() -> None:
    found = interior_of(instances(np.s_[1:4, 1:4], np.s_[0:9, 6:15]))
    assert found[2, 2] == found[4, 10] == 1


def test_a_cell_goes_on_beyond_the_edge_of_the_image() -> None:
    """Of a cell that the upper edge cuts, what lies there is as far inside as the row below."""
    found = interior_of(instances(np.s_[0:5, 3:12]))
    assert found[0, 7] == found[:, 7].max() == 1
    np.testing.assert_allclose(found[4, 3:12], found[4, 3])


def test_nothing_is_told_of_a_field_without_cells() -> None:
    assert not interior_of(instances()).any()
    assert not centrality_of(instances()).any()


def test_centrality_of_a_disc() -> None:
    """exp(-2 r^2 / R^2): 1 in the middle, exp(-1/2) at half the radius, exp(-2) at the outline."""
    y, x = np.indices((81, 81)) - 40
    found = centrality_of((np.hypot(y, x) <= 30).astype(np.int32))
    assert found[40, 40] == pytest.approx(1)
    assert found[40, 55] == pytest.approx(np.exp(-0.5), rel=0.01)
    assert found[70, 40] == pytest.approx(np.exp(-2), rel=0.03)
    assert found[40, 71] == 0
