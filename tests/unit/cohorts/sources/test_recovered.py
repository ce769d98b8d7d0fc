"""Specimens are recovered from cells whose order is that of their specimens."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.cohorts import CellTraits, recover_specimens, shared_pixels, traits_of

Looks = tuple[float, float, float]
"""Grey level of the cells, of what is around them, and the camera's noise."""

SPECIMENS: tuple[Looks, ...] = ((120, 10, 2), (70, 12, 2), (72, 20, 3), (150, 10, 4), (90, 30, 2))


def _cell(rng: np.random.Generator, looks: Looks) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return a cut-out; cells of a specimen differ in size and by a tenth in brightness."""
    y, x = np.indices((30, 32)) - 15
    cell = np.hypot(y, x) < rng.uniform(7, 11)
    level = np.where(cell, looks[0] * rng.normal(1, 0.1), looks[1])
    return np.clip(level + rng.normal(0, looks[2], cell.shape), 0, 255).astype(np.uint8), cell


def _drawn(sizes: tuple[int, ...], seed: int) -> list[CellTraits]:
    rng = np.random.default_rng(seed)
    return [
        traits_of(*_cell(rng, SPECIMENS[number]))
        for number, size in enumerate(sizes)
        for _ in range(size)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_borders_of_drawn_specimens_are_found(seed: int) -> None:
    sizes = (80, 110, 65, 90, 70)
    found = recover_specimens({"golgi": _drawn(sizes, seed)}, 5)["golgi"]
    borders = np.flatnonzero(np.diff(found)) + 1
    assert borders.shape == (4,)
    assert np.abs(borders - np.cumsum(sizes)[:-1]).max() <= 2


def test_classes_share_the_specimens_out_among_each_other() -> None:
    classes = {"golgi": _drawn((80, 70, 90), 3), "numem": _drawn((130,), 4)}
    found = recover_specimens(classes, 4)
    assert {name: int(numbers.max()) + 1 for name, numbers in found.items()} == {
        "golgi": 3,
        "numem": 1,
    }


def test_so_many_specimens_as_the_set_has_by_its_cells() -> None:
    cells = _drawn((110, 110, 110), 5)
    assert recover_specimens({"golgi": cells})["golgi"].max() == 1  # 330 cells: two, not three


def test_a_part_too_small_is_joined_to_the_neighbour_it_is_like() -> None:
    found = recover_specimens({"golgi": _drawn((100, 25, 100), 6)}, 3)["golgi"]
    borders = np.flatnonzero(np.diff(found)) + 1
    assert borders.shape == (1,)
    assert min(abs(int(borders[0]) - 100), abs(int(borders[0]) - 125)) <= 2


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_cells_are_one_specimen(count: int) -> None:
    found = recover_specimens({"golgi": _drawn((count,), 7)} if count else {})
    assert [numbers.tolist() for numbers in found.values()] == ([[0] * count] if count else [])


def test_no_border_lies_between_cells_that_show_the_same_pixels() -> None:
    """Two specimens of which pixels prove that they are one: cut-outs of one field overlap."""
    rng = np.random.default_rng(8)
    cells = _drawn((80, 80), 8)
    field = rng.normal(60, 9, (50, 60)).clip(0, 255).astype(np.uint8)
    cell = np.hypot(*(np.indices((30, 32)) - 15)) < 9
    ends = traits_of(field[:30, :32], cell), traits_of(field[12:42, 15:47], cell)
    apart = [*cells[:79], ends[0], *cells[81:]]
    joined = [*cells[:70], ends[0], *cells[71:90], ends[1], *cells[91:]]
    assert not shared_pixels(apart).any()
    assert np.flatnonzero(shared_pixels(joined)).tolist() == [*range(70, 90)]
    borders = np.flatnonzero(np.diff(recover_specimens({"golgi": joined}, 2)["golgi"]))
    assert not shared_pixels(joined)[borders].any()


def test_flat_pixels_prove_nothing() -> None:
    cell = np.hypot(*(np.indices((30, 32)) - 15)) < 6
    image = np.where(cell, 200, 3).astype(np.uint8)
    assert not shared_pixels([traits_of(image, cell)] * 3).any()


def test_cut_outs_smaller_than_what_is_compared_have_looks_all_the_same() -> None:
    traits = traits_of(np.full((5, 6), 9, np.uint8), np.ones((5, 6), np.bool_))
    assert traits.rim.size == 0
    assert np.isfinite(traits.measures).all()
