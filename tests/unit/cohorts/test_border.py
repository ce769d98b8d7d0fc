"""Cells at the border that nobody annotated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts.sources._border import mark_unannotated_border_cells
from anascope.records import MaskValue

SHAPE = (200, 240)


def _disk(y: int, x: int, radius: int = 20) -> NDArray[np.bool_]:
    rows, columns = np.indices(SHAPE)
    return np.hypot(rows - y, columns - x) <= radius


def _image(*cells: NDArray[np.bool_]) -> NDArray[np.uint8]:
    image = np.full(SHAPE, 10, dtype=np.uint8)
    for cell in cells:
        image[cell] = 200
    return image


def test_a_bright_cell_cut_by_the_border_is_unknown() -> None:
    annotated, cut = _disk(100, 120), _disk(100, 0)
    mask = mark_unannotated_border_cells(_image(annotated, cut), annotated)
    np.testing.assert_array_equal(mask == MaskValue.CELL, annotated)
    unknown = mask == MaskValue.UNKNOWN
    assert (unknown & cut).sum() / cut.sum() > 0.95
    assert not (unknown & ~_disk(100, 0, 24)).any()


def test_a_bright_cell_inside_stays_background() -> None:
    annotated, missed = _disk(100, 60), _disk(100, 160)
    mask = mark_unannotated_border_cells(_image(annotated, missed), annotated)
    assert not (mask == MaskValue.UNKNOWN).any()


def test_an_annotated_cell_is_never_unknown() -> None:
    at_border, inside = _disk(0, 120), _disk(120, 120)
    mask = mark_unannotated_border_cells(_image(at_border, inside), at_border | inside)
    np.testing.assert_array_equal(mask == MaskValue.CELL, at_border | inside)


def test_unknown_reaches_in_no_further_than_a_cell_is_long() -> None:
    annotated = _disk(100, 200, 15)
    streak = np.zeros(SHAPE, dtype=bool)
    streak[50:80, :150] = True
    mask = mark_unannotated_border_cells(_image(annotated, streak), annotated)
    columns = np.flatnonzero((mask == MaskValue.UNKNOWN).any(axis=0))
    assert columns.min() == 0
    assert columns.max() == 30  # the box of the annotated cell is 31 pixels wide


def test_without_cells_or_background_nothing_is_marked() -> None:
    image = _image(_disk(100, 0))
    for cells in (np.zeros(SHAPE, dtype=bool), np.ones(SHAPE, dtype=bool)):
        mask = mark_unannotated_border_cells(image, cells)
        np.testing.assert_array_equal(mask == MaskValue.CELL, cells)
        assert not (mask == MaskValue.UNKNOWN).any()
