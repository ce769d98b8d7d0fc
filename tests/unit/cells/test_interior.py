"""How far inside its cell a pixel lies, worked out by hand."""

from __future__ import annotations

import numpy as np

from anascope.cells import interior_of


def instances(*cells: tuple[slice, slice], shape: tuple[int, int] = (9, 16)) -> np.ndarray:
    labels = np.zeros(shape, np.int32)
    for number, box in enumerate(cells, start=1):
        labels[box] = number
    return labels


def test_a_square_of_eleven() -> None:
    """Six pixels to the middle: the rim ends at 0.4 times 6, between two and three pixels."""
    found = interior_of(instances(np.s_[2:13, 2:13], shape=(16, 16)))
    np.testing.assert_allclose(found[7, 2:13], [1 / 2.4, 2 / 2.4, *[1] * 7, 2 / 2.4, 1 / 2.4])
    np.testing.assert_allclose(found[2, 2:13], 1 / 2.4)
    assert not found[:2].any()
    assert not found[:, 13:].any()


def test_between_two_cells_that_touch_it_falls_as_low_as_at_the_background() -> None:
    found = interior_of(instances(np.s_[2:13, 2:13], np.s_[2:13, 13:24], shape=(16, 30)))
    row = [1 / 2.4, 2 / 2.4, *[1] * 7, 2 / 2.4, 1 / 2.4]
    np.testing.assert_allclose(found[7, 2:24], row * 2)


def test_a_small_cell_has_as_high_a_middle_as_a_large_one() -> None:
    found = interior_of(instances(np.s_[1:4, 1:4], np.s_[0:9, 6:15]))
    assert found[2, 2] == found[4, 10] == 1


def test_a_cell_goes_on_beyond_the_edge_of_the_image() -> None:
    """Of a cell that the upper edge cuts, the highest is at that edge."""
    found = interior_of(instances(np.s_[0:8, 3:18], shape=(12, 22)))
    assert found[0, 10] == found[:, 10].max() == 1
    assert (found[7, 3:18] < 0.5).all()
    assert (np.diff(found[:8, 10]) <= 0).all()


def test_nothing_is_told_of_a_field_without_cells() -> None:
    assert not interior_of(instances()).any()
