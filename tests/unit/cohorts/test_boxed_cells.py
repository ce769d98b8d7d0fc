"""Touching cells told apart by their boxes and seed points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.cohorts import import_cohort, open_source
from anascope.cohorts.sources._boxed_cells import BoxedCell, cells_in_boxes
from anascope.errors import InputError
from tests.source_layouts import write_mivia


def disk(y: int, x: int, radius: float = 10.5) -> NDArray[np.bool_]:
    rows, columns = np.indices((80, 100))
    inside: NDArray[np.bool_] = np.hypot(rows - y, columns - x) < radius
    return inside


def boxed(number: int, cell: NDArray[np.bool_], seed: tuple[int, int] | None = None) -> BoxedCell:
    rows, columns = np.nonzero(cell)
    top, left, bottom, right = rows.min(), columns.min(), rows.max(), columns.max()
    middle = ((top + bottom) // 2, (left + right) // 2)
    return BoxedCell(number, (int(top), int(left), int(bottom), int(right)), seed or middle)


def test_touching_cells_are_parted_at_their_waist() -> None:
    """Three in a row, one diagonal; only pixels of the outline itself may go to the neighbour."""
    cells = [disk(20, 20), disk(20, 39), disk(34, 52)]
    mask = np.logical_or.reduce(cells)
    numbers = cells_in_boxes(mask, [boxed(7 - n, cell) for n, cell in enumerate(cells)])
    np.testing.assert_array_equal(numbers > 0, mask)
    for n, cell in enumerate(cells):
        assert ((numbers == 7 - n) ^ cell).sum() < 25


def test_a_cell_inside_the_box_of_another_starts_at_its_seed_point() -> None:
    """A ring's box holds the small disk that touches it; no pixel is in the small box alone."""
    large = (disk(40, 40, 30) & ~disk(40, 40, 22)) | (disk(40, 40, 30) & ~disk(60, 40, 40))
    small = disk(45, 44, 8)
    mask = large | small
    numbers = cells_in_boxes(mask, [boxed(1, large, (15, 40)), boxed(2, small, (46, 45))])
    assert numbers[45, 44] == 2
    assert numbers[14, 40] == 1
    np.testing.assert_array_equal(numbers > 0, mask)


def test_parts_in_one_box_are_one_cell_and_what_no_row_tells_is_a_further_one() -> None:
    halves, alone, missed = disk(20, 20, 8) | disk(20, 45, 6), disk(60, 20), disk(60, 70)
    rows = [boxed(1, halves), boxed(9, alone), boxed(4, disk(20, 80))]
    numbers = cells_in_boxes(halves | alone | missed, rows)
    assert [set(numbers[cell].tolist()) for cell in (halves, alone, missed)] == [{1}, {9}, {10}]
    assert 4 not in numbers


def test_two_rows_of_one_cell_share_no_pixel_and_lose_none() -> None:
    cell = disk(40, 40)
    for seed in ((40, 40), (10, 10)):
        numbers = cells_in_boxes(cell, [boxed(1, cell, seed), boxed(2, cell, seed)])
        np.testing.assert_array_equal(numbers == 1, cell)


def test_a_box_may_reach_out_of_the_image() -> None:
    cell = disk(2, 2)
    number = cells_in_boxes(cell, [BoxedCell(3, (-9, -9, 12, 12), (2, 2))])
    np.testing.assert_array_equal(number == 3, cell)
    assert not cells_in_boxes(0 * cell > 0, [BoxedCell(3, (-9, -9, -5, -5), (-6, -6))]).any()


def test_a_cohort_of_mivia_holds_single_cells(tmp_path: Path) -> None:
    source = open_source(write_mivia(tmp_path / "set", 1), "mivia")
    cohort = import_cohort(source, tmp_path / "cohort", source_format="mivia")
    numbers, mask = (read(cohort.fields[0]) for read in (cohort.instances, cohort.mask))
    assert numbers is not None
    assert mask is not None
    np.testing.assert_array_equal(numbers > 0, mask == 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b";2;75;70;", b";1;75;70;", "cell_ID '1' a second time .*; expected one row a cell"),
        (b";2;75;70;", b";two;75;70;", "cell_ID 'two'; expected a number from 1 to 32768"),
        (
            b";2;75;70;",
            b";2;75;;",
            "a seed point that is not 2 whole numbers; expected seed_pointX",
        ),
    ],
)
def test_what_makes_no_single_cell_is_refused(
    tmp_path: Path, old: bytes, new: bytes, message: str
) -> None:
    table = write_mivia(tmp_path, 1) / "Main_Dataset/Images/01/01.csv"
    table.write_bytes(table.read_bytes().replace(old, new))
    with pytest.raises(InputError, match=message):
        raise next(item for item in open_source(tmp_path, "mivia").fields())  # type: ignore[misc]
