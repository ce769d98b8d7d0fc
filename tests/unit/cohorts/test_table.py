"""Plain tables of images."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from anascope.cohorts import SourceField, open_source
from anascope.errors import InputError
from tests.source_layouts import draw, write_csv, write_image, write_table


def _items(path: Path) -> list[SourceField | InputError]:
    return list(open_source(path, "table").fields())


def _fields(path: Path) -> list[SourceField]:
    fields = [item for item in _items(path) if isinstance(item, SourceField)]
    assert len(fields) == len(open_source(path, "table"))
    return fields


def _errors(path: Path) -> list[str]:
    return [str(item) for item in _items(path) if isinstance(item, InputError)]


def test_all_columns(tmp_path: Path) -> None:
    field = _fields(write_table(tmp_path, 1))[0]
    assert (field.field, field.patient, field.specimen) == ("f1", "1", "s1")
    assert (field.pattern, field.intensity, field.pixel_size_um) == ("AC-1", "positive", 0.33)
    assert (field.source_image, field.source_mask) == ("images/f1.png", "masks/f1.png")


def test_everything_but_the_image_may_be_missing(tmp_path: Path) -> None:
    (field,) = _fields(write_csv(tmp_path / "t.csv", [["image"], ["a.png"]]))
    values = (field.source_mask, field.patient, field.specimen, field.pattern, field.intensity)
    assert values == (None,) * 5
    assert field.pixel_size_um is None
    assert field.read_mask is None


def test_empty_cells_say_nothing(tmp_path: Path) -> None:
    rows = [
        ["image", "mask", "patient", "pattern"],
        ["a.png", " ", "", " "],
        ["b.png", "", "7", ""],
    ]
    one, two = _fields(write_csv(tmp_path / "t.csv", rows))
    assert (one.source_mask, one.patient, one.pattern) == (None, None, None)
    assert two.patient == "7"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_tables_as_programs_write_them(
    tmp_path: Path, delimiter: str, encoding: str, line_end: str
) -> None:
    lines = [["Image", "Patient", "Pattern"], ["ä.png", "7", '"golgi"'], ["b.png", "8", ""]]
    text = line_end.join(delimiter.join(line) for line in lines) + line_end * 2
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    one, two = _fields(tmp_path / "t.csv")
    assert (one.field, one.patient, one.pattern) == ("ä", "7", "golgi")
    assert (two.field, two.patient, two.pattern) == ("b", "8", None)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize(
    "patients", [[7, 8, 9], [7, None, 9], [7.0, 8.0, None], ["7", "8", "9"], [None, None, None]]
)
def test_numbers_are_names_without_a_fraction(
    tmp_path: Path, suffix: str, patients: list[object]
) -> None:
    frame = pd.DataFrame({"image": ["a.png", "b.png", "c.png"], "patient": patients})
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    assert [field.patient for field in _fields(path)] == [
        None if patient is None else str(patient).removesuffix(".0") for patient in patients
    ]


def test_zeros_before_a_name_stay(tmp_path: Path) -> None:
    (field,) = _fields(write_csv(tmp_path / "t.csv", [["image", "patient"], ["a.png", "007"]]))
    assert field.patient == "007"


def test_parquet_with_an_index_and_categories(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "image": ["a.png", "b.png"],
            "pattern": pd.Categorical(["golgi", None]),
            "pixel_size_um": [0.5, None],
        },
        index=["x", "y"],
    )
    frame.to_parquet(tmp_path / "t.parquet")
    one, two = _fields(tmp_path / "t.parquet")
    assert (one.pattern, one.pixel_size_um) == ("golgi", 0.5)
    assert (two.pattern, two.pixel_size_um) == (None, None)


def test_names_of_fields(tmp_path: Path) -> None:
    images = ["one.png", "a/two.png", "b/two.png", "c/x.png", "c/x.tif", "c\\..\\d.png"]
    path = write_csv(tmp_path / "t.csv", [["image"], *[[image] for image in images]])
    names = [field.field for field in _fields(path)]
    assert names == ["one", "a/two", "b/two", "c/x.png", "c/x.tif", "d"]


def test_a_whole_path_may_be_another_images_stem(tmp_path: Path) -> None:
    images = ["x.png", "x.tif", "x.png.tif"]
    path = write_csv(tmp_path / "t.csv", [["image"], *[[image] for image in images]])
    assert [field.field for field in _fields(path)] == images


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (["image", "pateint"], "unknown column 'pateint'; expected .*did you mean 'patient'"),
        (["imag"], "unknown column 'imag'; expected .*did you mean 'image'"),
        (["", "image"], "a column without a name; expected one of image, mask, "),
        (["image", "Image "], "two columns 'image'; expected each column once"),
        (["mask", "patient"], "columns mask, patient; expected also a column image"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_that_are_not_as_they_must_be(
    tmp_path: Path, header: list[str], message: str, suffix: str
) -> None:
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        write_csv(path, [header, ["x"] * len(header)])
    else:
        pd.DataFrame([["x"] * len(header)], columns=header).to_parquet(path)
    with pytest.raises(InputError, match=message) as refused:
        open_source(path, "table")
    assert refused.value.where == str(path)


def test_delimiters_left_at_the_ends_of_lines(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("image;patient;;\na.png;7;;\nb.png;8\n\n;;;\n")
    assert [field.patient for field in _fields(tmp_path / "t.csv")] == ["7", "8"]


def test_rows_of_another_length(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("image,patient\na.png\nb.png,7\nc.png,7,8\n")
    short, long = _errors(tmp_path / "t.csv")
    assert short.endswith("t.csv, row 2: 1 cells; expected 2, as the header has")
    assert long.endswith("t.csv, row 4: 3 cells; expected 2, as the header has")


def test_bad_rows_are_named(tmp_path: Path) -> None:
    rows = [
        ["image", "pixel_size_um"],
        ["a.png", "wide"],
        ["", "1"],
        ["b.png", "-1"],
        ["b.png", "inf"],
        ["./b.png", ""],
    ]
    errors = _errors(write_csv(tmp_path / "t.csv", rows))
    assert "row 2: pixel_size_um 'wide'; expected micrometres, a number over 0" in errors[0]
    assert "row 3: no image; expected the path of an image file" in errors[1]
    assert "row 4: pixel_size_um '-1'" in errors[2]
    assert "row 5: image 'b.png' a second time (first in " in errors[3]
    assert "row 6: image 'b.png' a second time" in errors[4]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("t.csv", b"", "an empty table"),
        (
            "t.csv",
            b"PK\x03\x04\x00\x00",
            "a workbook that cannot be read",
        ),
        ("t.parquet", b"PAR1", "cannot be read"),
        ("t.csv", b'image\n"' + b"x" * 200_000, "field larger than field limit"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=found):
        open_source(tmp_path / name, "table")


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder; expected a CSV, Excel or Parquet table"):
        open_source(tmp_path, "table")


def test_absolute_paths_are_taken_as_they_are(tmp_path: Path) -> None:
    write_image(tmp_path / "elsewhere" / "a.png", draw(1).image)
    rows: list[list[object]] = [["image"], [tmp_path / "elsewhere" / "a.png"]]
    (field,) = _fields(write_csv(tmp_path / "tables" / "t.csv", rows))
    assert field.read_image().shape == (140, 150)


@pytest.mark.parametrize("name", ["tabel", "mivia-hep2"])
def test_an_unknown_layout_names_the_nearest(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=rf"format_name: '{name}'; expected one of .*did you mean"):
        open_source(tmp_path, name)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.csv: no such file or folder; expected a cohort"):
        open_source(tmp_path / "no.csv", "table")
