"""Places that show what a cohort looks like."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from anascope.cohorts import Cohort, choose_crops
from anascope.errors import InputError
from anascope.records import MaskValue
from tests.small_cohort import patients, record, write_cohort


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    return write_cohort(tmp_path / "cohort", patients(8, fields=2))


def test_each_pair_has_places_of_different_patients(cohort: Cohort) -> None:
    crops = list(choose_crops(cohort, per_cell=2, side=40))
    assert set(Counter((crop.pattern, crop.intensity) for crop in crops).values()) == {2}
    fields = {cohort.image(one).tobytes(): one for one in cohort.fields}
    shown = [(crop.pattern, crop.intensity, fields[crop.field.tobytes()].patient) for crop in crops]
    assert len(set(shown)) == len(shown) == 8


def test_a_place_shows_a_cell_and_lies_on_its_field(cohort: Cohort) -> None:
    masks = {cohort.image(one).tobytes(): cohort.mask(one) for one in cohort.fields}
    for crop in choose_crops(cohort, per_cell=4, side=60):
        window, mask = crop.window, masks[crop.field.tobytes()]
        assert (window.height, window.width) == (60, 60)
        assert 0 <= window.y <= crop.field.shape[0] - 60
        assert 0 <= window.x <= crop.field.shape[1] - 60
        assert mask is not None
        place = mask[window.y : window.y + 60, window.x : window.x + 60]
        assert (place == MaskValue.CELL).any()


def test_there_are_no_more_than_there_are_and_none_larger_than_the_field(cohort: Cohort) -> None:
    crops = list(choose_crops(cohort, per_cell=9, side=1000))
    assert len(crops) == len(cohort)
    assert {(c.window.y, c.window.x, c.window.height, c.window.width) for c in crops} == {
        (0, 0, 150, 200)
    }


def test_the_seed_decides(cohort: Cohort) -> None:
    one, same, other = (
        [crop.window for crop in choose_crops(cohort, per_cell=2, side=40, seed=seed)]
        for seed in (1, 1, 2)
    )
    assert one == same != other


def test_other_pairs_do_not_change_what_is_chosen(cohort: Cohort, tmp_path: Path) -> None:
    few = [one for one in patients(8, fields=2) if one.pattern == "homogeneous"]
    part = write_cohort(tmp_path / "part", few)
    whole = list(choose_crops(cohort, per_cell=2, side=1000))
    chosen = [(c.pattern, c.intensity) for c in choose_crops(part, per_cell=2, side=1000)]
    assert chosen == [(c.pattern, c.intensity) for c in whole if c.pattern == "homogeneous"]


def test_without_masks_any_place_is_shown(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "c", patients(1), masks=False)
    (crop,) = choose_crops(cohort, per_cell=1, side=50)
    assert crop.field[: crop.window.height].dtype == np.uint8


def test_what_cannot_be_shown_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    for numbers, message in (
        ({"per_cell": 0, "side": 9}, "per_cell: 0; expected at least 1"),
        ({"per_cell": 1, "side": 0}, "side: 0; expected at least 1"),
        ({"per_cell": 1, "side": 9, "seed": -1}, "seed: -1; expected 0 or more"),
    ):
        with pytest.raises(InputError, match=message):
            next(choose_crops(cohort, **numbers))
    bare = write_cohort(tmp_path / "bare", [record("a", pattern=None)])
    with pytest.raises(InputError, match="no field with pattern and intensity"):
        next(choose_crops(bare, per_cell=1, side=9))
