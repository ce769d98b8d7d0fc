"""Touching cells told apart, by their outline or by how far inside them pixels lie."""

from __future__ import annotations

import numpy as np

from anascope.cells import cells_apart, interior_of


def test_a_part_that_hangs_on_by_a_corner_is_not_lost() -> None:
    """Its neighbour's peak is nearer than half a diameter and over its own, so it has none."""
    mask = np.zeros((60, 60), bool)
    mask[10:30, 10:30] = True
    mask[30:40, 30:40] = True
    cells = cells_apart(mask, cell_diameter=60)
    np.testing.assert_array_equal(cells > 0, mask)
    assert cells.max() == 1


def discs(*centres: tuple[int, int], radius: float = 10) -> np.ndarray:
    """Return cells that cover each other: where two do, a pixel is the nearer one's."""
    y, x = np.indices((60, 90))
    away = np.stack([np.hypot(y - at_y, x - at_x) for at_y, at_x in centres])
    nearest: np.ndarray = np.where(away.min(axis=0) <= radius, 1 + away.argmin(axis=0), 0)
    return nearest.astype(np.int32)


def test_cells_with_hardly_a_waist_are_told_apart_by_their_interior() -> None:
    """Nine pixels from middle to middle, of a diameter of 20: the outline shows one cell."""
    truth = discs((20, 20), (20, 29), (45, 60))
    mask = truth > 0
    assert cells_apart(mask, cell_diameter=20).max() == 2
    cells = cells_apart(mask, cell_diameter=20, interior=interior_of(truth))
    assert cells.max() == 3
    pairs = np.unique(np.stack([truth[mask], cells[mask]]), axis=1, return_counts=True)[1]
    assert np.sort(pairs)[-3:].sum() > 0.97 * mask.sum()


def test_an_interior_beyond_the_mask_makes_no_cell() -> None:
    interior = np.ones((60, 90), np.float32)
    truth = discs((20, 20))
    cells = cells_apart(truth > 0, cell_diameter=20, interior=interior)
    np.testing.assert_array_equal(cells, truth)
    assert not cells_apart(truth > 5, cell_diameter=20, interior=interior).any()


def test_without_dents_cells_are_told_apart_by_their_outline() -> None:
    truth = discs((20, 20), (20, 36), (45, 70))
    cells = cells_apart(truth > 0, cell_diameter=20, interior=(truth > 0).astype(np.float32))
    np.testing.assert_array_equal(cells > 0, truth > 0)
    assert cells.max() == 3
