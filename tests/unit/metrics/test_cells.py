"""Only the cells at the border go, however close their neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.cells import cells_apart
from anascope.metrics import (
    without_border_cells,
    without_border_components,
    without_unannotated_cells,
)


def discs(*centres: tuple[int, int], radius: int = 30) -> NDArray[np.bool_]:
    y, x = np.indices((200, 300))
    mask = np.zeros((200, 300), dtype=bool)
    for cy, cx in centres:
        mask |= np.hypot(y - cy, x - cx) <= radius
    return mask


def test_of_two_touching_cells_only_the_cut_one_goes() -> None:
    cut, whole, alone = (20, 80), (75, 80), (100, 220)
    mask = discs(cut, whole, alone)
    kept = without_border_cells(mask, cell_diameter=60)
    expected = discs(whole, alone)
    overlap = 2 * (kept & expected).sum() / (kept.sum() + expected.sum())
    assert overlap > 0.97
    # The rule by components loses the whole cell with the cut one.
    assert without_border_components(mask).sum() == discs(alone).sum()


def test_nothing_at_the_border_nothing_lost() -> None:
    mask = discs((70, 80), (70, 138), (130, 220))
    assert np.array_equal(without_border_cells(mask, cell_diameter=60), mask)


def test_empty_mask_stays_empty() -> None:
    assert not without_border_cells(np.zeros((50, 50), dtype=bool), cell_diameter=60).any()


def test_small_cells_need_their_size_said() -> None:
    mask = discs((5, 60), (15, 60), (100, 100), radius=7)
    kept = without_border_cells(mask, cell_diameter=14)
    assert kept[15:20, 58:62].all()
    assert not kept[:4].any()


def test_touching_cells_are_told_apart() -> None:
    cells = cells_apart(discs((70, 80), (70, 138), (130, 220)), cell_diameter=60)
    assert len(np.unique(cells)) == 1 + 3
    assert cells[70, 80] != cells[70, 138]


def test_cells_that_nobody_annotated_are_left_out() -> None:
    annotated = discs((70, 80))
    found = discs((72, 84), (70, 142), (130, 220))
    kept = without_unannotated_cells(found, annotated, cell_diameter=60)
    assert kept[72, 84]
    assert not kept[70, 150]
    assert not kept[130, 220]


def test_nothing_annotated_nothing_kept() -> None:
    found = discs((70, 80))
    nothing = np.zeros_like(found)
    assert not without_unannotated_cells(found, nothing, cell_diameter=60).any()
