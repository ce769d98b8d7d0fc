"""Touching cells told apart: no pixel of a mask is lost."""

from __future__ import annotations

import numpy as np

from anascope.cells import cells_apart


def test_a_part_that_hangs_on_by_a_corner_is_not_lost() -> None:
    """Its neighbour's peak is nearer than half a diameter and over its own, so it has none."""
    mask = np.zeros((60, 60), bool)
    mask[10:30, 10:30] = True
    mask[30:40, 30:40] = True
    cells = cells_apart(mask, cell_diameter=60)
    np.testing.assert_array_equal(cells > 0, mask)
    assert cells.max() == 1
