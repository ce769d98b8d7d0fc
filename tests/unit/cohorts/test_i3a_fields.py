"""The I3A Task 2 fields: their three-valued masks, and touching nuclei told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from anascope.cohorts import Cohort, import_cohort, open_source
from anascope.cohorts._reading import inspect_fields
from anascope.errors import InputError
from anascope.records import MaskValue
from tests.source_layouts import UNKNOWN_ROWS, Pixels, draw, write_fields, write_image


def imported(root: Path, destination: Path) -> Cohort:
    source = open_source(root, "i3a-fields")
    return import_cohort(source, destination, source_format="i3a-fields")


def touching() -> Pixels:
    """Return a mask of two disks of 40 pixels that share 10 pixels of outline, and one alone."""
    y, x = np.indices((140, 150))
    disks = [np.hypot(y - 40, x - at) < 20.5 for at in (40, 79)]
    return np.where(disks[0] | disks[1] | (np.hypot(y - 100, x - 70) < 20), 255, 0).astype(np.uint8)


def test_nobody_is_said_to_be_the_patient(tmp_path: Path) -> None:
    cohort = imported(write_fields(tmp_path / "set"), tmp_path / "cohort")
    for record in cohort.fields:
        assert record.patient is record.specimen is record.pattern is record.intensity is None
        assert record.split_unit == record.field
        assert record.pixel_size_um == 6.45 / 20


def test_grey_of_a_mask_is_unknown(tmp_path: Path) -> None:
    cohort = imported(write_fields(tmp_path / "set", 1), tmp_path / "cohort")
    mask = cohort.mask(cohort.fields[0])
    assert mask is not None
    assert (mask[:UNKNOWN_ROWS] == MaskValue.UNKNOWN).all()
    cells = draw(1).cells
    np.testing.assert_array_equal(mask[UNKNOWN_ROWS:] == MaskValue.CELL, cells[UNKNOWN_ROWS:])
    assert (mask[UNKNOWN_ROWS:] != MaskValue.UNKNOWN).all()


def test_touching_nuclei_are_two(tmp_path: Path) -> None:
    root = write_fields(tmp_path / "set", 1)
    write_image(root / "001_mask.png", touching())
    cohort = imported(root, tmp_path / "cohort")
    instances, mask = (read(cohort.fields[0]) for read in (cohort.instances, cohort.mask))
    assert instances is not None
    assert mask is not None
    np.testing.assert_array_equal(instances > 0, mask == MaskValue.CELL)
    assert ndimage.label(mask == MaskValue.CELL)[1] == 2
    assert len({instances[40, 40], instances[40, 79], instances[100, 70]}) == instances.max() == 3


def test_other_grey_levels_are_refused_once(tmp_path: Path) -> None:
    root = write_fields(tmp_path, 2)
    mask = touching()
    mask[3, 4], mask[3, 5] = 127, 200
    write_image(root / "002_mask.png", mask)
    good, bad = inspect_fields(open_source(root, "i3a-fields"))
    assert not good.findings
    (finding,) = bad.findings
    assert str(finding) == (
        f"{root / '002_mask.png'}: grey levels such as 127, 200; "
        "expected 255 for cells, 0 for background, 128 for unknown"
    )


def test_what_the_table_lacks_and_what_it_names_twice_is_told(tmp_path: Path) -> None:
    root = write_fields(tmp_path, 1)
    write_image(root / "007.png", draw(7).image)
    with (root / "fields.csv").open("a") as table:
        table.write("1,2.5,0,0\n,2.5,0,0\n009,2.5,0,0\n")
    source = open_source(root, "i3a-fields")
    items = list(inspect_fields(source))
    assert len(items) == len(source) == 5
    assert items[0].findings == ()
    messages = [str(item.findings[0]) for item in items[1:]]
    assert "field '001' a second time (first in " in messages[0]
    assert "no field; expected the number of a field" in messages[1]
    assert "009.png: " in messages[2]
    assert "007.png: an image that the table lacks; expected a row in " in messages[3]


def test_a_field_without_a_mask_is_taken_without_one(tmp_path: Path) -> None:
    root = write_fields(tmp_path / "set", 2)
    (root / "002_mask.png").unlink()
    cohort = imported(root, tmp_path / "cohort")
    assert [record.has_mask for record in cohort.fields] == [True, False]
    assert [cohort.has_instances(record) for record in cohort.fields] == [True, False]


def test_a_folder_without_the_table_is_refused(tmp_path: Path) -> None:
    (write_fields(tmp_path) / "fields.csv").unlink()
    with pytest.raises(InputError, match=r"no fields\.csv; expected "):
        open_source(tmp_path, "i3a-fields")
