"""What is known of the pixels of a field, at the network's scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts import Cohort, single_cells
from anascope.images import resize_area, resized
from anascope.records import FieldRecord, MaskValue
from anascope.tasks import CellTruth
from anascope.words import PHASES


def cell_truth(
    cohort: Cohort,
    record: FieldRecord,
    shape: tuple[int, int],
    scale: float,
    *,
    instances: bool,
) -> CellTruth:
    """Return the truth of a field.

    Args:
        cohort: Where the field is.
        record: The field.
        shape: Height and width to give it.
        scale: By how much that is smaller than the field.
        instances: Whether single cells are wanted, too.
    """
    stored = cohort.mask(record)
    if stored is None:
        mask = np.full(shape, MaskValue.UNKNOWN, np.uint8)
    else:
        mask = stored.copy() if scale == 1.0 else _resized_mask(stored, scale)
    cells = single_cells(cohort, record) if instances else None
    if cells is None:
        return CellTruth(mask, None, np.zeros((1, len(PHASES)), np.bool_))
    phases = cells.phases.copy()
    phases[0] = False  # the background is in no phase
    return CellTruth(mask, resized(cells.instances, shape, nearest=True), phases)


def padded(truth: CellTruth, shape: tuple[int, int]) -> CellTruth:
    """Return truth of a larger field, below and to the right of which nothing is known."""
    more = tuple((0, new - old) for old, new in zip(truth.mask.shape, shape, strict=True))
    mask = np.pad(truth.mask, more, constant_values=MaskValue.UNKNOWN)
    cells = None if truth.instances is None else np.pad(truth.instances, more)
    return CellTruth(mask, cells, truth.phases)


def _resized_mask(mask: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Resize a mask: unknown where at least half is unknown, else what most of the rest is."""
    cell = resize_area(mask == MaskValue.CELL, scale)
    unknown = mask == MaskValue.UNKNOWN
    if not unknown.any():  # drawn fields: resizing nothing would take a third of reading them
        return np.where(2 * cell >= 1, MaskValue.CELL, MaskValue.BACKGROUND).astype(np.uint8)
    share = resize_area(unknown, scale)
    result = np.where(2 * cell >= 1 - share, MaskValue.CELL, MaskValue.BACKGROUND)
    result[share >= 0.5] = MaskValue.UNKNOWN
    return result.astype(np.uint8)
