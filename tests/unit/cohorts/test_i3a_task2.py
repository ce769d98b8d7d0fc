"""The I3A Task 2 layout with whole fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.cohorts import SourceField, open_source
from anascope.cohorts._reading import inspect_fields
from anascope.errors import InputError
from tests.source_layouts import draw, write_csv, write_image, write_task2
from tests.workbooks import workbook

HEADER = ["Image", "Mask", "Label", "Intensity"]


def _fields(path: Path) -> list[SourceField]:
    fields = list(open_source(path, "i3a-task2").fields())
    assert all(isinstance(field, SourceField) for field in fields)
    return [field for field in fields if isinstance(field, SourceField)]


def _errors(path: Path) -> list[str]:
    fields = open_source(path, "i3a-task2").fields()
    return [str(field) for field in fields if isinstance(field, InputError)]


def test_the_specimen_is_the_patient(tmp_path: Path) -> None:
    write_task2(tmp_path, 1)
    (item,) = inspect_fields(open_source(tmp_path, "i3a-task2"))
    record = item.record
    assert record is not None
    assert (record.field, record.patient, record.specimen) == ("001_1", "1", "1")
    assert (record.pattern, record.intensity) == ("mitotic spindle", "intermediate")
    assert (record.source_image, record.source_mask) == ("001_1.tif", "001_1_Mask.tif")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["labels.csv", "labels.tsv", "Labels.CSV"])
def test_any_delimiter(tmp_path: Path, delimiter: str, name: str) -> None:
    write_task2(tmp_path, 2)
    (tmp_path / "table.csv").unlink()
    rows = [HEADER, ["001_1", "001_1_Mask", "golgi", "positive"], ["2_1", "", "", ""]]
    write_image(tmp_path / "2_1.tif", draw(2).image)
    (tmp_path / "002_1.tif").unlink()
    write_csv(tmp_path / name, rows, delimiter)
    one, two = _fields(tmp_path)
    assert (one.pattern, two.pattern, two.patient) == ("golgi", None, "2")


def test_columns_in_any_case_and_order_and_others_beside_them(tmp_path: Path) -> None:
    write_task2(tmp_path, 1)
    rows: list[list[object]] = [
        ["No", "INTENSITY ", "label", "mask", " image"],
        [1, "positive", "golgi", "", "001_1"],
    ]
    write_csv(tmp_path / "table.csv", rows)
    (field,) = _fields(tmp_path)
    assert (field.pattern, field.intensity) == ("golgi", "positive")
    assert field.source_mask == "001_1_Mask.tif"


def test_files_in_folders_of_their_own(tmp_path: Path) -> None:
    truth = draw(5)
    write_image(tmp_path / "images" / "7_2.tif", truth.image)
    write_image(tmp_path / "masks" / "7_2_Mask.tif", truth.mask)
    write_csv(
        tmp_path / "table.csv",
        [HEADER, ["images\\7_2.TIF", "masks/7_2_mask.tif", "numem", "positive"]],
    )
    (field,) = _fields(tmp_path)
    assert field.source_image == "images/7_2.tif"
    assert field.source_mask == "masks/7_2_Mask.tif"


def test_the_table_itself_may_be_named(tmp_path: Path) -> None:
    write_task2(tmp_path, 1)
    write_csv(tmp_path / "other.csv", [["a", "b"], [1, 2]])
    assert len(_fields(tmp_path / "table.csv")) == 1
    with pytest.raises(InputError, match=r"2 tables \(other\.csv, table\.csv\); expected one, or"):
        open_source(tmp_path, "i3a-task2")


def test_a_table_in_a_folder_below(tmp_path: Path) -> None:
    write_task2(tmp_path / "set", 1)
    (field,) = _fields(tmp_path)
    assert field.source_image == "set/001_1.tif"


def test_a_workbook_is_read_where_no_csv_is(tmp_path: Path) -> None:
    write_task2(tmp_path, 1)
    rows = [HEADER, ["001_1", "001_1_Mask", "golgi", "positive"]]
    (tmp_path / "table.xlsx").write_bytes(workbook(rows))
    (tmp_path / "~$table.xlsx").write_bytes(b"beside a workbook that is open")
    (field,) = _fields(tmp_path)
    assert field.pattern == "mitsp"
    (tmp_path / "table.csv").unlink()
    (field,) = _fields(tmp_path)
    assert (field.pattern, field.source_mask) == ("golgi", "001_1_Mask.tif")
    (tmp_path / "table.xlsx").unlink()
    with pytest.raises(InputError, match="no table; expected a CSV or Excel table with columns"):
        open_source(tmp_path, "i3a-task2")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "table.csv", [HEADER[:3], ["1_1", "", "golgi"]])
    with pytest.raises(
        InputError, match="columns image, mask, label; expected also a column intensity"
    ):
        open_source(tmp_path, "i3a-task2")


def test_rows_that_name_no_file_or_several(tmp_path: Path) -> None:
    write_task2(tmp_path, 1)
    for folder in ("a", "b"):
        write_image(tmp_path / folder / "5_1.tif", draw(5).image)
    rows = [
        HEADER,
        ["001_1", "", "golgi", "positive"],
        ["9_9", "", "golgi", "positive"],
        ["5_1", "", "golgi", "positive"],
        ["a/5_1", "nothing_Mask", "golgi", "positive"],
        ["b/5_1", "", "golgi", "positive"],
        ["", "", "golgi", "positive"],
    ]
    write_image(tmp_path / "6_1.tif", draw(6).image)
    write_csv(tmp_path / "table.csv", rows)
    errors = _errors(tmp_path)
    assert "table.csv, row 3: '9_9', which is no file; expected the name of one" in errors[0]
    assert "row 4: '5_1', which is a/5_1.tif, b/5_1.tif;" in errors[1]
    assert "row 5: 'nothing_Mask', which is no file" in errors[2]
    assert "row 7: no image; expected the name of an image file" in errors[3]
    assert "6_1.tif: an image that the table lacks; expected a row in " in errors[4]
    assert len(errors) == 5


def test_an_image_in_two_rows(tmp_path: Path) -> None:
    write_task2(tmp_path, 1)
    rows = [HEADER, *[["001_1", "", "golgi", "positive"]] * 2]
    write_csv(tmp_path / "table.csv", rows)
    (error,) = _errors(tmp_path)
    assert "row 3: image '001_1.tif' a second time (first in " in error
    assert "row 2); expected one row an image" in error


def test_a_name_without_the_specimen(tmp_path: Path) -> None:
    write_image(tmp_path / "field_1.tif", draw(5).image)
    write_csv(tmp_path / "table.csv", [HEADER, ["field_1", "", "golgi", "positive"]])
    (error,) = _errors(tmp_path)
    assert "image name 'field_1.tif'; expected a name that starts with the specimen's" in error


def test_what_another_import_is_writing_is_passed_over(tmp_path: Path) -> None:
    write_task2(tmp_path, 1)
    write_image(tmp_path / ".cohort.x1" / "001_1.tif", draw(5).image)
    assert len(_fields(tmp_path)) == 1
