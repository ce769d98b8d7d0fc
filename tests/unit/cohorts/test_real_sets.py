"""The real sets, where they are at hand: what is known of them must come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from anascope.cohorts import Cohort, SourceField, check_cohort, open_source, summarise
from anascope.metrics import BOX
from anascope.records import MaskValue
from anascope.words import pattern_named


def test_mivia_counts(mivia_cohort: Cohort) -> None:
    summary = summarise(mivia_cohort)
    assert (summary.fields, summary.patients, summary.specimens) == (28, 28, 28)
    assert {count.label: count.fields for count in summary.patterns} == {
        "centromere": 6,
        "coarse speckled": 5,
        "cytoplasmic": 4,
        "fine speckled": 4,
        "homogeneous": 5,
        "nucleolar": 4,
    }
    assert {count.label: count.fields for count in summary.intensities} == {
        "intermediate": 13,
        "positive": 15,
    }
    assert [(size.width, size.height) for size in summary.sizes] == [(1388, 1038)]
    assert summary.left_out == summary.warnings == ()


def test_mivia_cells(mivia_cohort: Cohort) -> None:
    cells = mivia_cohort.cells()
    assert cells is not None
    by_field = cells[cells["kind"] == "cell"].groupby("field")["pattern"]
    assert (by_field.nunique() == 1).all()
    patterns = {record.field: record.pattern for record in mivia_cohort.fields}
    assert dict(by_field.first()) == patterns


def test_no_annotated_cell_of_mivia_touches_the_border(mivia_cohort: Cohort) -> None:
    components = 0
    for record in mivia_cohort.fields:
        mask = mivia_cohort.mask(record)
        assert mask is not None
        cells = mask == MaskValue.CELL
        components += int(ndimage.label(cells, structure=np.ones((3, 3)))[1])
        for edge in (cells[0], cells[-1], cells[:, 0], cells[:, -1]):
            assert not edge.any()
    assert components == 1217


def test_mivia_is_unknown_near_the_border_and_where_a_cell_has_no_outline(
    mivia_cohort: Cohort,
) -> None:
    shares = []
    cells = mivia_cohort.cells()
    assert cells is not None
    boxes = cells[cells["kind"] != "artefact"]
    without = {"08": 35, "09": 25, "10": 11}
    for record in mivia_cohort.fields:
        mask = mivia_cohort.mask(record)
        assert mask is not None
        boxed = np.zeros(mask.shape, bool)
        bare = 0
        own = boxes.loc[boxes["field"] == record.field, ["min_y", "min_x", "max_y", "max_x"]]
        for top, left, bottom, right in own.to_numpy(int):
            box = (slice(top, bottom + 1), slice(left, right + 1))
            if (mask[box] == MaskValue.CELL).mean() < 0.1:
                boxed[box] = True
                bare += 1
                assert (mask[box] != MaskValue.BACKGROUND).all()
        assert bare == without.get(record.field, 0)
        unknown = (mask == MaskValue.UNKNOWN) & ~boxed
        shares.append(unknown.mean())
        near_cells = ndimage.binary_dilation(mask == MaskValue.CELL, iterations=3)
        assert not (unknown & near_cells).any()
        pieces, _ = ndimage.label(mask == MaskValue.UNKNOWN)
        border = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
        assert set(pieces[unknown]) <= set(border)
    assert 0.005 < np.mean(shares) < 0.1


def test_mivia_cells_are_told_apart_as_their_boxes_say(mivia_cohort: Cohort) -> None:
    """All but 11 of the cells that a mask shows fill their box by over half (IoU)."""
    table = mivia_cohort.cells()
    assert table is not None
    shown, fitting, further = 0, 0, 0
    for record in mivia_cohort.fields:
        numbers, mask = mivia_cohort.instances(record), mivia_cohort.mask(record)
        assert numbers is not None
        assert mask is not None
        np.testing.assert_array_equal(numbers > 0, mask == MaskValue.CELL)
        known = table[table["field"] == record.field]
        known = known.set_index(known["cell"].astype(int))
        further += int((~np.isin(np.unique(numbers[numbers > 0]), known.index)).sum())
        places = ndimage.find_objects(numbers.astype(int))
        cells = known[known["kind"] != "artefact"]
        for number, box in zip(cells.index, cells[BOX].to_numpy(), strict=True):
            place = places[number - 1] if number <= len(places) else None
            if place is None:
                continue
            own = np.array([place[0].start, place[1].start, place[0].stop - 1, place[1].stop - 1])
            low, high = np.maximum(own, box)[:2], np.minimum(own, box)[2:]
            shared = (high - low + 1).clip(min=0).prod()
            areas = [(ends[2:] - ends[:2] + 1).prod() for ends in (own, box)]
            shown += 1
            fitting += bool(shared / (sum(areas) - shared) > 0.5)
    assert (shown, fitting, further) == (1455, 1444, 3)


def test_mivia_passes_its_check(mivia_cohort: Cohort) -> None:
    assert list(check_cohort(mivia_cohort)) == []


def test_mivia_agrees_with_the_contest_table(mivia_cohort: Cohort, real_data: Path) -> None:
    path = real_data / "mivia-hep2" / "ICPR2012_Cells_Classification_Contest" / "cells.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    table = pd.read_csv(path, sep=";", encoding="latin-1", dtype=str)
    assert len(table) == 1455
    by_number = {int(record.field): record for record in mivia_cohort.fields}
    for image, rows in table.groupby("Image"):
        record = by_number[int(str(image))]
        assert {pattern_named(name).name for name in rows["Cell_class"]} == {record.pattern}
        assert set(rows["Intensity"]) == {record.intensity}


@pytest.fixture(scope="module")
def task1(real_data: Path) -> list[SourceField]:
    source = open_source(real_data / "i3a-task1", "i3a-task1")
    fields = [field for field in source.fields() if isinstance(field, SourceField)]
    assert len(fields) == len(source) == 13_596
    return fields


def test_task1_counts(task1: list[SourceField]) -> None:
    patterns = pd.Series([pattern_named(field.pattern or "").name for field in task1])
    assert patterns.value_counts().to_dict() == {
        "speckled": 2831,
        "centromere": 2741,
        "nucleolar": 2598,
        "homogeneous": 2494,
        "nuclear envelope": 2208,
        "golgi": 724,
    }
    assert {field.patient for field in task1} == {None}
    specimens = {field.specimen for field in task1}
    assert len(specimens) == 77  # of 83: what could be two is left together
    sizes = pd.Series([field.specimen for field in task1]).value_counts()
    assert sizes.min() >= 60


def test_task1_images_and_masks(task1: list[SourceField]) -> None:
    for field in task1[::400]:
        image = field.read_image()
        assert field.read_mask is not None
        mask = field.read_mask(image)
        assert mask.shape == image.shape
        assert image.dtype == np.uint8
        assert 40 < max(image.shape) < 120
        assert 0.1 < (mask == MaskValue.CELL).mean() < 1


def test_fields_of_task2_and_their_nuclei(real_data: Path) -> None:
    """Every tenth field; some hold padding, and in all some nuclei touch."""
    folder = real_data / "i3a-task2-fields"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    source = open_source(folder, "i3a-fields")
    fields = [field for field in source.fields() if isinstance(field, SourceField)]
    assert len(fields) == len(source) == 62
    assert {field.patient for field in fields} == {field.pattern for field in fields} == {None}
    pieces, nuclei, padded = 0, 0, 0
    for field in fields[::10]:
        image = field.read_image()
        assert field.read_mask is not None
        assert field.read_instances is not None
        mask, numbers = field.read_mask(image), field.read_instances()
        assert image.shape == mask.shape == numbers.shape == (1040, 1388)
        np.testing.assert_array_equal(numbers > 0, mask == MaskValue.CELL)
        own = int(ndimage.label(numbers > 0, structure=np.ones((3, 3)))[1])
        assert own < numbers.max() < 1.5 * own
        pieces, nuclei = pieces + own, nuclei + int(numbers.max())
        padded += bool((mask == MaskValue.UNKNOWN).any())
    assert (pieces, nuclei, padded) == (855, 1046, 2)
