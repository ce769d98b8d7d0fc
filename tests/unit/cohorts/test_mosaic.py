"""Single cells laid out as fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.cohorts import Cohort, MosaicSource, SourceField, check_cohort, import_cohort
from anascope.cohorts._writer import CohortWriter
from anascope.cohorts.composed._layout import CutOut, lay_mosaic
from anascope.cohorts.composed._places import Closeness
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.records import MaskValue
from benchmarks.data.touching import touching_cells
from tests.small_cohort import record

CUT = 31
LEVEL = 20.0
APART = Closeness(touching=0.0, hidden=0.0)


def disc(bright: float, *, cut: int = CUT, radius: float = 9.0, seed: int = 0) -> CutOut:
    """Return a disc on a background of level 20 with noise of deviation 2."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((cut, cut)) - cut // 2
    cell = np.hypot(y, x) < radius
    image = np.where(cell, bright, LEVEL) + rng.normal(0, 2, cell.shape)
    return CutOut(image.round().astype(np.uint8), cell)


def write_cells(path: Path, labels: Sequence[tuple[str, str | None]]) -> Cohort:
    """Write a cohort of one disc a field; cell number n is 60 + n bright."""
    with new_folder(path) as folder:
        writer = CohortWriter(folder)
        for number, (pattern, patient) in enumerate(labels):
            cut_out = disc(60 + number, seed=number)
            one = record(f"{number:03d}", patient=patient, pattern=pattern, intensity=None)
            mask = cut_out.cell.astype(np.uint8) * int(MaskValue.CELL)
            writer.add(replace(one, pixel_size_um=0.3225), cut_out.image, mask)
        writer.close(name="cells", source="", source_format="drawn", cells=None, left_out=[])
    return Cohort.open(path)


def test_a_cell_keeps_its_pixels_and_its_mask() -> None:
    cells = [disc(60.0 + 20 * number, seed=number) for number in range(6)]
    image, instances = lay_mosaic(np.random.default_rng(1), cells, 2, (120, 180), APART)
    assert set(np.unique(instances)) == {0, 1, 2, 3, 4, 5, 6}
    for number, cell in enumerate(cells, start=1):
        own = instances == number
        assert own.sum() == cell.cell.sum()
        assert sorted(image[own]) == sorted(cell.image[cell.cell])


def test_the_background_has_the_level_and_the_noise_of_what_is_around_the_cells() -> None:
    cells = [disc(90.0, seed=number) for number in range(12)]
    image, instances = lay_mosaic(np.random.default_rng(2), cells, 3, (300, 400), APART)
    between = image[instances == 0]
    assert abs(np.median(between) - LEVEL) < 1
    assert 1.5 < between.std() < 2.5


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_as_many_cells_touch_another_as_shall(share: float) -> None:
    cells = [disc(90.0, seed=number) for number in range(100)]
    rng = np.random.default_rng(4)
    _, instances = lay_mosaic(rng, cells, 10, (400, 420), Closeness(share, 0.2))
    # The next cell that touches may bring one that has lain alone with it.
    assert share <= len(touching_cells(instances)) / 100 <= share + 0.02


def test_a_cell_hides_no_more_of_its_neighbour_than_it_may() -> None:
    cells = [disc(90.0, seed=number) for number in range(64)]
    whole = int(cells[0].cell.sum())

    def hidden(most: float) -> NDArray[np.float64]:
        rng = np.random.default_rng(6)
        _, instances = lay_mosaic(rng, cells, 8, (400, 400), Closeness(0.6, most))
        sides = (instances[0], instances[-1], instances[:, 0], instances[:, -1])
        border = set(np.concatenate(sides).tolist())
        areas = np.bincount(instances.ravel(), minlength=65)
        shown = [areas[number] for number in range(1, 65) if number not in border]
        return 1 - np.array(shown) / whole

    assert (hidden(0.0) == 0).all()
    assert (hidden(0.25) > 0.02).sum() > 5
    assert np.quantile(hidden(0.25), 0.95) <= 0.25


def test_cells_that_touch_are_moved_and_shown_whole_and_the_later_one_is_in_front() -> None:
    cells = [disc(60.0 + 2 * number, seed=number) for number in range(36)]
    rng = np.random.default_rng(8)
    image, instances = lay_mosaic(rng, cells, 6, (240, 240), Closeness(0.7, 0.3))
    for number, cell in enumerate(cells, start=1):
        own = instances == number
        assert abs(np.median(image[own]) - (58 + 2 * number)) < 1.5, number
        assert own.sum() <= cell.cell.sum()


def test_of_two_that_overlap_the_later_one_is_in_front() -> None:
    cells = [disc(60.0 + number, seed=number, radius=13) for number in range(30)]
    image, instances = lay_mosaic(np.random.default_rng(3), cells, 5, (80, 100), APART)
    areas = np.bincount(instances.ravel(), minlength=31)[1:]
    assert areas.min() < 0.7 * areas.max()  # some are covered, or off the field
    assert (np.abs(image[instances > 0] - (59 + instances[instances > 0])) < 12).all()


def test_cut_outs_without_surroundings_make_a_dark_field() -> None:
    full = CutOut(np.full((9, 9), 50, np.uint8), np.ones((9, 9), bool))
    image, instances = lay_mosaic(np.random.default_rng(0), [full] * 4, 2, (40, 40), APART)
    assert (image[instances > 0] == 50).all()
    assert image[instances == 0].max() < 1e-3


def test_every_cell_is_laid_once_beside_its_like(tmp_path: Path) -> None:
    labels = [("homogeneous", None)] * 40 + [("centromere", "a")] * 25 + [("centromere", "b")] * 9
    cells = write_cells(tmp_path / "cells", labels)
    source = MosaicSource(cells, (150, 200), seed=5)
    used = [record.field for planned in source._planned for record in planned.records]
    assert sorted(set(used)) == [record.field for record in cells.fields]
    assert sorted(name for name in used if name < "040") == [f"{n:03d}" for n in range(40)]
    for planned in source._planned:
        assert len({(one.pattern, one.patient) for one in planned.records}) == 1
        assert used.index(planned.records[0].field) >= 0
    cohort = import_cohort(source, tmp_path / "mosaics", source_format="mosaic")
    assert len(cohort) == len(source)
    assert {one.patient for one in cohort.fields} == {None, "a", "b"}
    assert {one.pixel_size_um for one in cohort.fields} == {0.3225}
    assert list(check_cohort(cohort)) == []
    table = cohort.cells()
    assert table is not None
    assert set(table["pattern"]) == {"homogeneous", "centromere"}
    first = cohort.fields[0]
    instances = cohort.instances(first)
    assert instances is not None
    for row in table[table["field"] == first.field].to_dict("records"):
        rows, columns = np.nonzero(np.equal(instances, int(row["cell"])))
        assert (rows.min(), rows.max()) == (row["min_y"], row["max_y"])
        assert (columns.min(), columns.max()) == (row["min_x"], row["max_x"])


@pytest.mark.parametrize("fields", [1, 4])
def test_a_specimen_fills_so_many_fields_with_its_own_cells(tmp_path: Path, fields: int) -> None:
    cells = write_cells(tmp_path / "cells", [("golgi", "a")] * 50 + [("golgi", "b")] * 3)
    planned = MosaicSource(cells, (150, 200), fields_a_specimen=fields)._planned
    by_patient = [{one.patient for one in each.records} for each in planned]
    assert by_patient == [{"a"}] * fields + [{"b"}] * min(fields, 3)
    parts = [{one.field for one in each.records} for each in planned]
    assert len(set().union(*parts)) == sum(map(len, parts)) == 53  # no cell is on two fields
    assert all(len(each.records) % each.rows == 0 for each in planned)


def test_cells_beside_uncertain_borders_are_not_laid(tmp_path: Path) -> None:
    with new_folder(tmp_path / "cells") as folder:
        writer = CohortWriter(folder)
        for number in range(12):
            one = record(f"{number:03d}", patient=None, pattern="golgi", intensity=None)
            cut_out = disc(60 + number, seed=number)
            mask = cut_out.cell.astype(np.uint8) * int(MaskValue.CELL)
            writer.add(replace(one, specimen="ab"[number // 6]), cut_out.image, mask)
        writer.close(name="c", source="", source_format="x", cells=None, left_out=[], gap=2)
    source = MosaicSource(Cohort.open(tmp_path / "cells"), (100, 120))
    laid = {record.field for planned in source._planned for record in planned.records}
    assert laid == {f"{number:03d}" for number in (0, 1, 2, 3, 8, 9, 10, 11)}
    cohort = import_cohort(source, tmp_path / "mosaics", source_format="mosaic")
    assert {one.specimen for one in cohort.fields} == {"a", "b"}
    assert cohort.info.gap == 0
    assert "recovered, not published" in cohort.info.warnings[-1]


def test_the_same_seed_lays_the_same_field(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells", [("homogeneous", None)] * 30)

    def pixels(seed: int) -> list[bytes]:
        fields = MosaicSource(cells, (100, 120), seed=seed).fields()
        return [f.read_image().tobytes() for f in fields if isinstance(f, SourceField)]

    assert pixels(1) == pixels(1)
    assert pixels(1) != pixels(2)


def test_a_shape_smaller_than_a_cell_is_refused(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells", [("homogeneous", None)] * 2)
    with pytest.raises(InputError, match=r"shape: 30x200, and a cell of 31 pixels; expected"):
        MosaicSource(cells, (30, 200))


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"touching": (0.5, 0.2)}, "touching: 0.5 to 0.2"),
        ({"touching": (0.0, 1.5)}, "touching: 0.0 to 1.5"),
        ({"touching": (float("nan"), 0.5)}, "touching: nan to 0.5"),
        ({"hidden": 1.0}, "hidden: 1.0; expected a share under 1"),
        ({"hidden": -0.1}, "hidden: -0.1"),
        ({"fields_a_specimen": 0}, "fields_a_specimen: 0; expected at least 1"),
    ],
)
def test_shares_that_are_none_are_refused(
    tmp_path: Path, given: dict[str, Any], where: str
) -> None:
    cells = write_cells(tmp_path / "cells", [("homogeneous", None)] * 2)
    with pytest.raises(InputError, match=where):
        MosaicSource(cells, (100, 120), **given)


def test_what_is_laid_says_how_close_cells_are(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells", [("homogeneous", None)] * 4)
    source = MosaicSource(cells, (100, 120), touching=(0.1, 0.4), hidden=0.1)
    assert source.origin.endswith("0.1 to 0.4 of the cells touching, 0.1 hidden at most")


def test_cells_without_a_pattern_are_refused(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells", [("", None)] * 2)
    with pytest.raises(InputError, match="no cell with mask and pattern"):
        MosaicSource(cells)


def test_command(tmp_path: Path) -> None:
    write_cells(tmp_path / "cells", [("homogeneous", None)] * 30)
    done = CliRunner().invoke(
        app,
        ["cohort", "mosaic", str(tmp_path / "m"), str(tmp_path / "cells"), "--shape", "100x120"],
    )
    assert done.exit_code == 0, done.output
    assert "fields of single cells" in done.output
    assert Cohort.open(tmp_path / "m").info.name == "m"
