"""Which found cell is which annotated one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anascope.cells import measure_cells
from anascope.metrics import BOX, matched_cells


def test_found_cells_are_annotated_ones_whose_boxes_they_half_cover() -> None:
    """Shares: 5 columns on, 50 of 150 pixels; 1 on, 90 of 110; 8 of 10 columns, 80 of 100."""
    labels = np.zeros((40, 60), np.int32)
    labels[5:15, 5:15], labels[20:30, 30:40] = 1, 2
    cells = measure_cells(labels, np.zeros((40, 60), np.uint8), 255)
    known = pd.DataFrame([[5, 10, 14, 19], [20, 30, 29, 37], [20, 31, 29, 40]], columns=BOX)
    assert matched_cells(cells, known) == [(1, 2)]
    assert matched_cells(cells, known.head(2)) == [(1, 1)]
