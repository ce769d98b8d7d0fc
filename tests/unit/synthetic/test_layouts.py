"""Drawn files: laid out as the public sets are, read back by the importers as they were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile

from anascope.errors import InputError
from anascope.synthetic import I3A, Drawing, DrawnField, Population, write_drawing
from tests.drawn_files import imported


def drawn(drawing: Drawing) -> Mapping[str, DrawnField]:
    return {planned.name: field for planned, field in drawing.fields()}


def i3a(patterns: list[str], *, patients: int = 4, fields: int = 1, bits: int = 8) -> Drawing:
    population = Population.even(patterns, ["positive"], patients=patients, fields=fields)
    return Drawing(population, replace(I3A, shape=(140, 180), bits=bits), seed=1)


@pytest.mark.parametrize("bits", [8, 16])
def test_what_was_drawn_comes_back(tmp_path: Path, bits: int) -> None:
    drawing = i3a(["nuclear envelope", "golgi+centromere", "mitotic spindle"], bits=bits)
    write_drawing(drawing, tmp_path / "set", "i3a-task2")
    cohort = imported(tmp_path / "set", "i3a-task2")
    fields = drawn(drawing)
    assert [record.field for record in cohort.fields] == list(fields)
    for record, (patterns, intensity) in zip(cohort.fields, drawing.population.labels, strict=True):
        np.testing.assert_array_equal(cohort.image(record), fields[record.field].image)
        np.testing.assert_array_equal(cohort.mask(record), fields[record.field].mask)
        assert (record.pattern, record.intensity) == (patterns.split("+")[0], intensity)
        assert record.patient == str(int(record.field[:3]))


def test_files_and_words(tmp_path: Path) -> None:
    drawing = i3a(["mitotic spindle", "nuclear envelope", "golgi"], patients=6, fields=2)
    write_drawing(drawing, tmp_path / "set", "i3a-task2")
    table = pd.read_csv(tmp_path / "set" / "labels.csv")
    assert list(table.columns) == ["Image", "Mask", "Label", "Intensity"]
    assert table["Image"].tolist()[:3] == ["001_1.tif", "001_2.tif", "002_1.tif"]
    words = ["mitsp", "numem", "golgi ", "mistp", "numem", "golgi "]
    assert table["Label"].tolist() == [word for word in words for _ in range(2)]
    files = {path.name for path in (tmp_path / "set").iterdir()}
    assert files == {"labels.csv", "truth", *table["Image"], *table["Mask"]}
    mask = tifffile.imread(tmp_path / "set" / "001_1_Mask.tif")
    assert mask.dtype == np.uint8
    assert np.unique(mask).tolist() == [0, 255]


def test_the_truth_lies_beside_it(tmp_path: Path) -> None:
    drawing = i3a(["golgi+centromere"], patients=2)
    write_drawing(drawing, tmp_path / "set", "i3a-task2")
    table = pd.read_csv(tmp_path / "set" / "truth" / "cells.csv", dtype={"cell": int})
    for name, field in drawn(drawing).items():
        instances = tifffile.imread(tmp_path / "set" / "truth" / f"{name}_Instances.tif")
        np.testing.assert_array_equal(instances, field.instances)
        rows = table[table["field"] == name]
        assert rows["cell"].tolist() == [cell.number for cell in field.cells]
        assert rows["area"].tolist() == [cell.area for cell in field.cells]
        assert rows["phase"].tolist() == [cell.phase for cell in field.cells]
    assert set(table["other_patterns"]) == {"centromere"}


def test_fields_that_would_be_read_as_patches_are_refused(tmp_path: Path) -> None:
    drawing = Drawing(Population.like("i3a"), replace(I3A, shape=(384, 384)))
    with pytest.raises(InputError, match="384x384; expected another shape"):
        write_drawing(drawing, tmp_path / "set", "i3a-task2")
    assert not (tmp_path / "set").exists()


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "same"):
        write_drawing(i3a(["speckled"], patients=2), tmp_path / name, "i3a-task2")
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) == 8
    for path in files:
        same = tmp_path / "same" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == same.read_bytes()


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        write_drawing(i3a(["speckled"]), tmp_path, "i3a-task2")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Drawing, planned: object) -> None:
        raise RuntimeError("out of ink")

    monkeypatch.setattr(Drawing, "field", fail)
    with pytest.raises(RuntimeError, match="out of ink"):
        write_drawing(i3a(["speckled"]), tmp_path / "deep" / "set", "i3a-task2")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one of i3a-task2, mivia"):
        write_drawing(i3a(["speckled"]), tmp_path / "set", "i3a")
