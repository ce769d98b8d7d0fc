"""The grid covers every field, and cutting and stitching undo each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anascope.errors import InputError
from anascope.networks import PatchGrid, cut, stitch

sizes = st.integers(1, 90)


def test_published_grid() -> None:
    """15 patches on a field of 1388×1040, 251 pixels apart across and 328 down."""
    grid = PatchGrid.over(1040, 1388)
    assert len(grid) == 15
    assert grid.columns == (0, 251, 502, 753, 1004)
    assert grid.rows == (0, 328, 656)


@pytest.mark.parametrize("shape", [(1038, 1388), (520, 694), (519, 694)])
def test_same_number_for_the_other_set_and_at_half_resolution(shape: tuple[int, int]) -> None:
    assert len(PatchGrid.over(*shape, size=384 if shape[0] > 1000 else 192)) == 15


@given(height=sizes, width=sizes, size=st.integers(1, 40))
def test_patches_cover_the_field_from_edge_to_edge(height: int, width: int, size: int) -> None:
    grid = PatchGrid.over(height, width, size)
    covered = np.zeros(grid.canvas, dtype=int)
    for w in grid:
        assert w.y >= 0
        assert w.x >= 0
        covered[w.y : w.y + size, w.x : w.x + size] += 1
        assert w.y + size <= grid.canvas[0]
        assert w.x + size <= grid.canvas[1]
    assert covered.min() >= 1
    assert len({(w.y, w.x) for w in grid}) == len(grid)


@given(height=sizes, width=sizes, size=st.integers(7, 40))
def test_neighbours_overlap_as_much_as_the_published_ones(
    height: int, width: int, size: int
) -> None:
    grid = PatchGrid.over(height, width, size)
    for starts in (grid.rows, grid.columns):
        steps = np.diff(starts)
        assert (steps <= size * 328 / 384 + 1).all()  # + 1: starts are whole pixels
        assert np.ptp(steps) <= 1 if len(steps) else True


@given(height=sizes, width=sizes, size=st.integers(1, 40), channels=st.integers(1, 3))
def test_stitching_undoes_cutting(height: int, width: int, size: int, channels: int) -> None:
    generator = np.random.default_rng(height * 1000 + width)
    field = generator.random((channels, height, width), dtype=np.float32)
    grid = PatchGrid.over(height, width, size)
    np.testing.assert_allclose(stitch(cut(field, grid), grid), field, rtol=1e-6)


def test_overlaps_are_averaged() -> None:
    """Two patches of 4 on a row of 7: one column is seen by both, said 0 by one and 1 by the
    other."""
    grid = PatchGrid.over(4, 7, size=4)
    assert grid.columns == (0, 3)
    stitched = stitch(np.stack([np.zeros((4, 4)), np.ones((4, 4))]), grid)
    assert stitched[0].tolist() == [0, 0, 0, 0.5, 1, 1, 1]


def test_small_fields_are_extended() -> None:
    field = np.array([[1, 2], [3, 4]])
    grid = PatchGrid.over(2, 2, size=3)
    assert cut(field, grid).tolist() == [[[1, 2, 2], [3, 4, 4], [3, 4, 4]]]
    assert cut(field, grid, fill=9).tolist() == [[[1, 2, 9], [3, 4, 9], [9, 9, 9]]]


def test_wrong_sizes_are_refused() -> None:
    grid = PatchGrid.over(10, 10, size=4)
    with pytest.raises(InputError, match="10×9 pixels; expected 10×10"):
        cut(np.zeros((9, 10)), grid)
    with pytest.raises(InputError, match="expected 9 patches of 4×4"):
        stitch(np.zeros((8, 4, 4)), grid)
    with pytest.raises(InputError, match="sizes of at least 1 pixel"):
        PatchGrid.over(0, 5)
