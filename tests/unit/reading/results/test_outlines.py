"""Outlines are simple polygons around what the label mask holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy import ndimage
from shapely import Polygon

from anascope.reading.results import TOLERANCE, outlines_of
from tests.unit.reading.results.conftest import blobs


def largest_part(inside: NDArray[np.bool_]) -> int:
    """Return the pixels of the largest part, without holes that its outline takes in."""
    parts, count = ndimage.label(inside)
    return int(max(np.bincount(parts.ravel())[1 : count + 1]))


def test_corners_count_from_the_corner_of_the_image() -> None:
    labels = np.zeros((6, 8), np.int32)
    labels[1:4, 2:7] = 3
    (outline,) = outlines_of(labels, tolerance=0)
    assert outline.cell == 3
    # Pixels 2 to 6 reach from 2 to 7, rows 1 to 3 from 1 to 4; corners are cut by half a pixel.
    assert outline.points.min(axis=0).tolist() == [2, 1]
    assert outline.points.max(axis=0).tolist() == [7, 4]
    assert len(outline.points) == 8
    assert outline.area == pytest.approx(15 - 4 / 8)


def test_cells_at_the_border_are_closed_there() -> None:
    (outline,) = outlines_of(np.ones((5, 7), np.int32))
    assert outline.points.min(axis=0).tolist() == [0, 0]
    assert outline.points.max(axis=0).tolist() == [7, 5]


def test_of_several_parts_the_largest() -> None:
    labels = np.zeros((20, 20), np.int32)
    labels[1:3, 1:3] = 1
    labels[6:16, 6:16] = 1
    labels[8:14, 8:14] = 0  # a hole
    labels[10, 10] = 1
    (outline,) = outlines_of(labels)
    assert outline.area == pytest.approx(100, abs=1)


def test_numbers_may_be_missing_and_none_is_none() -> None:
    labels = np.zeros((9, 9), np.int32)
    assert outlines_of(labels) == []
    labels[2:5, 2:5] = 70_000
    assert [outline.cell for outline in outlines_of(labels)] == [70_000]


@pytest.mark.parametrize("seed", range(5))
def test_areas_agree_with_the_label_mask(seed: int) -> None:
    labels = blobs(seed)
    outlines = outlines_of(labels)
    assert {outline.cell for outline in outlines} == set(np.unique(labels)) - {0}
    for outline in outlines:
        polygon = Polygon(outline.points)
        assert polygon.is_valid
        assert polygon.area == pytest.approx(outline.area)
        assert outline.area == pytest.approx(largest_part(labels == outline.cell), rel=0.03, abs=2)


@given(arrays.arrays(np.int32, (12, 12), elements=st.integers(0, 3)))
@settings(max_examples=100, deadline=None)
def test_outlines_of_any_mask_are_simple_and_near(labels: NDArray[np.int32]) -> None:
    whole = {outline.cell: outline for outline in outlines_of(labels, tolerance=0)}
    for outline in outlines_of(labels):
        polygon = Polygon(outline.points)
        assert polygon.is_valid
        assert polygon.area > 0
        border = Polygon(whole[outline.cell].points).exterior
        assert polygon.exterior.hausdorff_distance(border) <= TOLERANCE + 1e-9


def test_a_straight_side_keeps_its_ends_alone() -> None:
    labels = np.zeros((14, 14), np.int32)
    labels[2:12, 2:12] = 1
    (outline,) = outlines_of(labels, tolerance=0)
    corners = {
        (2.5, 2),
        (11.5, 2),
        (12, 2.5),
        (12, 11.5),
        (11.5, 12),
        (2.5, 12),
        (2, 11.5),
        (2, 2.5),
    }
    assert {tuple(point) for point in outline.points} == corners
    assert len(outline.points) == 8


def test_a_slanted_side_has_fewer_corners() -> None:
    y, x = np.mgrid[:60, :60]
    labels = ((y - 30) ** 2 + (x - 30) ** 2 <= 25**2).astype(np.int32)
    (whole,), (outline,) = outlines_of(labels, tolerance=0), outlines_of(labels)
    assert len(outline.points) < len(whole.points)
    assert outline.area == pytest.approx(whole.area, rel=0.01)
