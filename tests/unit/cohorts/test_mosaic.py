"""Single cells laid out as fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.cohorts import Cohort, MosaicSource, SourceField, check_cohort, import_cohort
from anascope.cohorts._writer import CohortWriter
from anascope.cohorts.composed._layout import CutOut, lay_mosaic
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.records import MaskValue
from tests.small_cohort import record

CUT = 31
LEVEL = 20.0


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
    image, instances = lay_mosaic(np.random.default_rng(1), cells, 2, (120, 180))
    assert set(np.unique(instances)) == {0, 1, 2, 3, 4, 5, 6}
    for number, cell in enumerate(cells, start=1):
        own = instances == number
        assert own.sum() == cell.cell.sum()
        assert sorted(image[own]) == sorted(cell.image[cell.cell])


def test_the_background_has_the_level_and_the_noise_of_what_is_around_the_cells() -> None:
    cells = [disc(90.0, seed=number) for number in range(12)]
    image, instances = lay_mosaic(np.random.default_rng(2), cells, 3, (300, 400))
    between = image[instances == 0]
    assert abs(np.median(between) - LEVEL) < 1
    assert 1.5 < between.std() < 2.5


def test_of_two_that_overlap_the_later_one_is_in_front() -> None:
    cells = [disc(60.0 + number, seed=number, radius=13) for number in range(30)]
    image, instances = lay_mosaic(np.random.default_rng(3), cells, 5, (80, 100))
    areas = np.bincount(instances.ravel(), minlength=31)[1:]
    assert areas.min() < 0.7 * areas.max()  # some are covered, or off the field
    assert (np.abs(image[instances > 0] - (59 + instances[instances > 0])) < 12).all()


def test_cut_outs_without_surroundings_make_a_dark_field() -> None:
    full = CutOut(np.full((9, 9), 50, np.uint8), np.ones((9, 9), bool))
    image, instances = lay_mosaic(np.random.default_rng(0), [full] * 4, 2, (40, 40))
    assert (image[instances > 0] == 50).all()
    assert image[instances == 0].max() < 1e-3


def test_every_cell_is_laid_once_beside_its_like(tmp_path: Path) -> None:
    labels = [("homogeneous", None)] * 40 + [("centromere", "a")] * 25 + [("centromere", "b")] * 9
    cells = write_cells(tmp_path / "cells", labels)
    source = MosaicSource(cells, (150, 200), seed=5)
    used = [record.field for planned in source._planned for record in planned.records]
    assert sorted(used) == [record.field for record in cells.fields]
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
