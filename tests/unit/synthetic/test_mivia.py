"""The drawn MIVIA layout: its files, its oddities, and that the importer reads it as drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anascope.cohorts import Cohort
from anascope.errors import InputError
from anascope.records import MaskValue
from anascope.synthetic import MIVIA, Drawing, Population, write_drawing
from tests.drawn_files import imported

HEADER = "intensity;cell_ID;seed_pointX;seed_pointY;object_type;pattern;minX;minY;maxX;maxY"
PATTERNS = ("homogeneous", "coarse speckled", "centromere", "nucleolar", "cytoplasmic")


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    population = Population.even(PATTERNS, ["positive"], patients=9)
    return Drawing(population, replace(MIVIA, shape=(360, 480)), seed=2)


@pytest.fixture(scope="module")
def written(drawing: Drawing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mivia") / "set"
    write_drawing(drawing, path, "mivia")
    return path


@pytest.fixture(scope="module")
def cohort(written: Path) -> Cohort:
    return imported(written, "mivia")


def test_what_was_drawn_comes_back(drawing: Drawing, cohort: Cohort) -> None:
    fields = [field for _, field in drawing.fields()]
    table = cohort.cells()
    assert table is not None
    assert "area" not in table.columns
    for record, field, (pattern, intensity) in zip(
        cohort.fields, fields, drawing.population.labels, strict=True
    ):
        assert (record.pattern, record.intensity) == (pattern, intensity)
        np.testing.assert_array_equal(cohort.image(record), field.image)
        lines = [field.instances[place] for place in (0, -1, (slice(None), 0), (slice(None), -1))]
        cut = set(np.concatenate(lines))
        whole = [cell for cell in field.cells if cell.number not in cut]
        mask = cohort.mask(record)
        assert mask is not None
        annotated = np.isin(field.instances, [cell.number for cell in whole])
        np.testing.assert_array_equal(mask == MaskValue.CELL, annotated)
        rows = table[table["field"] == record.field]
        boxes = rows[["min_y", "min_x", "max_y", "max_x"]].to_numpy().tolist()
        assert boxes == [[c.min_y, c.min_x, c.max_y, c.max_x] for c in whole]
        dividing = [cell.phase != "interphase" for cell in whole]
        assert (rows["kind"] == "mitotic_cell").tolist() == dividing


def test_files(written: Path) -> None:
    folders = sorted((written / "Main_Dataset" / "Images").iterdir())
    assert [folder.name for folder in folders] == [f"{n:02d}" for n in range(1, 10)]
    for folder in folders:
        names = {path.name.removeprefix(folder.name) for path in folder.iterdir()}
        assert names == {".bmp", "_mask.bmp", ".csv"}
        with Image.open(folder / f"{folder.name}.bmp") as picture:
            assert picture.mode == "RGB"
            red, green, blue = np.moveaxis(np.asarray(picture), -1, 0)
        assert 0 < red.max() < 0.1 * green.max()
        assert not blue.any()
        with Image.open(folder / f"{folder.name}_mask.bmp") as picture:
            assert picture.mode == "L"
            assert np.unique(np.asarray(picture)).tolist() == [0, 255]


def test_tables_have_the_oddities_of_the_real_ones(written: Path) -> None:
    images = written / "Main_Dataset" / "Images"
    old, new = ((images / n / f"{n}.csv").read_bytes() for n in ("01", "08"))
    assert (old.count(b"\n"), new.count(b"\r")) == (0, 0)
    assert old.split(b"\r")[0] == new.split(b"\n")[0] == HEADER.encode()
    assert not old.endswith(b"\r")
    text = "\n".join(p.read_text("latin-1") for p in sorted(images.rglob("*.csv")))
    kinds = [line.split(";")[4:6] for line in text.splitlines()]
    patterns = {pattern for kind, pattern in kinds if kind == "cell"}
    assert {"homogeneous", "coarse_speckled", "nucleolar", "cytoplasmatic"} < patterns
    assert patterns & {"centromeric", "centromere"}
    assert {p for kind, p in kinds if kind == "mitotic_cell"} <= {"positive", "negative"}


def test_seeds_lie_in_their_cells(written: Path) -> None:
    folder = written / "Main_Dataset" / "Images" / "05"
    with Image.open(folder / "05_mask.bmp") as picture:
        mask = np.asarray(picture)
    rows = [line.split(";") for line in (folder / "05.csv").read_text().splitlines()[1:]]
    assert rows
    assert all(mask[int(row[3]), int(row[2])] == 255 for row in rows)


@pytest.mark.parametrize(
    ("population", "bits", "message"),
    [
        (Population.like("mivia", fields=2), 8, "fields: 2; expected 1 in the layout mivia"),
        (Population.like("mivia"), 16, "bits: 16; expected 8 in the layout mivia"),
    ],
)
def test_what_it_cannot_hold_is_refused(
    tmp_path: Path, population: Population, bits: int, message: str
) -> None:
    drawing = Drawing(population, replace(MIVIA, bits=bits))
    with pytest.raises(InputError, match=message):
        write_drawing(drawing, tmp_path / "set", "mivia")
    assert not (tmp_path / "set").exists()
