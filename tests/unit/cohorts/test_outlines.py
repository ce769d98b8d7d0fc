"""Cells that an annotator found but did not outline."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.cohorts.sources._outlines import Box, mark_cells_without_outline
from anascope.records import MaskValue

UNKNOWN, CELL = int(MaskValue.UNKNOWN), int(MaskValue.CELL)


def mask_of(*cells: tuple[slice, slice]) -> NDArray[np.uint8]:
    mask = np.zeros((40, 60), np.uint8)
    for cell in cells:
        mask[cell] = CELL
    return mask


def test_the_box_of_a_cell_that_the_mask_does_not_show_is_unknown() -> None:
    shown = (slice(5, 15), slice(5, 15))
    boxes: list[Box] = [(4, 4, 15, 15), (20, 30, 29, 44)]
    expected = mask_of(shown)
    expected[20:30, 30:45] = UNKNOWN
    assert mark_cells_without_outline(mask_of(shown), boxes).tolist() == expected.tolist()


def test_a_corner_of_a_neighbour_stays_cell() -> None:
    neighbour = (slice(15, 22), slice(25, 32))
    marked = mark_cells_without_outline(mask_of(neighbour), [(20, 30, 29, 44)])
    assert (marked[neighbour] == CELL).all()
    assert (marked == UNKNOWN).sum() == 10 * 15 - 2 * 2


@pytest.mark.parametrize(("shown", "unknown"), [(0, 100), (9, 91), (10, 0), (80, 0)])
def test_a_tenth_of_the_box_is_an_outline(shown: int, unknown: int) -> None:
    mask = mask_of()
    box = np.zeros(100, np.uint8)
    box[:shown] = CELL
    mask[10:20, 10:20] = box.reshape(10, 10)
    marked = mark_cells_without_outline(mask, [(10, 10, 19, 19)])
    assert (marked == UNKNOWN).sum() == unknown
    assert (marked == CELL).sum() == shown


def test_boxes_may_reach_over_the_edge_or_lie_outside() -> None:
    marked = mark_cells_without_outline(mask_of(), [(35, 55, 44, 64), (100, 100, 110, 110)])
    assert (marked == UNKNOWN).sum() == 5 * 5


def test_what_was_given_is_not_changed() -> None:
    mask = mask_of()
    mark_cells_without_outline(mask, [(0, 0, 9, 9)])
    assert not mask.any()
