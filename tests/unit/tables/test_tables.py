"""Tables of users: the same rows however they are written, and what is refused."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from anascope.csv_text import marked
from anascope.errors import InputError
from anascope.reading.results._table_files import table_files
from anascope.reading.results._tables import Columns
from anascope.report import Table, write_csv
from anascope.tables import TableRow, read_table, refuse_second
from tests.refusals import refused
from tests.workbooks import workbook, workbook_of

# Letters of Windows-1252, and what separates cells, lines and texts.
_TEXT = st.text("aBü7µß ,;|\t\"'.-", max_size=6)
_ROW = st.tuples(_TEXT, _TEXT, _TEXT).filter(lambda row: any(cell.strip() for cell in row))
_COLUMNS = ["image", "patient", "note"]


def _values(path: Path) -> list[dict[str, str]]:
    rows = read_table(path, _COLUMNS)
    assert all(isinstance(row, TableRow) for row in rows)
    return [row.values for row in rows if isinstance(row, TableRow)]


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    rows=st.lists(_ROW, min_size=1, max_size=4),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    name=st.sampled_from(["t.csv", "t.tsv", "t"]),
)
def test_the_same_rows_are_the_same_however_they_are_written(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    encoding: str,
    line_end: str,
    name: str,
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    header = ["Image ", "PATIENT", "note"]
    text = io.StringIO()
    safe = [[marked(cell.strip()) for cell in row] for row in rows]
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows([header, *safe])
    (folder / name).write_bytes(text.getvalue().encode(encoding))
    (folder / "t.xlsx").write_bytes(workbook([header, *rows]))
    pd.DataFrame(rows, columns=header).to_parquet(folder / "t.parquet")
    expected = [dict(zip(_COLUMNS, (cell.strip() for cell in row), strict=True)) for row in rows]
    assert _values(folder / name) == expected
    assert _values(folder / "t.xlsx") == expected
    assert _values(folder / "t.parquet") == expected


def test_rows_are_numbered_as_in_the_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [],
        ["image", "patient"],
        ["a.png", 7],
        [],
        ["b.png", 0.5],
        ["c.png", "007"],
    ]
    (tmp_path / "t.xlsx").write_bytes(workbook(rows))
    found = read_table(tmp_path / "t.xlsx", ["image"], ["patient"])
    assert [
        (row.where.rpartition(", ")[2], row["patient"])
        for row in found
        if isinstance(row, TableRow)
    ] == [("row 3", "7"), ("row 5", "0.5"), ("row 6", "007")]


def test_the_kind_is_told_from_the_content(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(workbook([["image"], ["a.png"]]))
    (tmp_path / "t.xlsx").write_text("image\na.png\n")
    for name in ("t.csv", "t.xlsx"):
        (row,) = read_table(tmp_path / name, ["image"])
        assert isinstance(row, TableRow)
        assert row["image"] == "a.png"


@pytest.mark.parametrize(
    ("text", "length"), [("0.33", 0.33), ("0,33", 0.33), ("1e-1", 0.1), ("2", 2.0), ("", None)]
)
def test_lengths(text: str, length: float | None) -> None:
    assert TableRow("t.csv, row 2", {"size": text}).micrometres("size") == length
    assert TableRow("t.csv, row 2", {}).micrometres("size") is None


@pytest.mark.parametrize("text", ["wide", "0", "-1", "inf", "nan", "1.234,5"])
def test_other_lengths_are_refused(text: str) -> None:
    row = TableRow("t.csv, row 2", {"size": text})
    expected = "micrometres, a number over 0 such as 0.33"
    with refused("t.csv, row 2", f"size '{text}'", expected):
        row.micrometres("size")


def test_a_second_time() -> None:
    first_rows: dict[str, str] = {}
    refuse_second(first_rows, "a", "t.csv, row 2", "a", "each once")
    refuse_second(first_rows, "b", "t.csv, row 3", "b", "each once")
    with refused("t.csv, row 4", "a a second time (first in t.csv, row 2)", "each once"):
        refuse_second(first_rows, "a", "t.csv, row 4", "a", "each once")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way_and_cells_may_hold_lines(tmp_path: Path, line_end: str) -> None:
    lines = ["image,patient,note", "", 'a.png,7,"two', 'lines, and ""more"""', "b.png,8,", ""]
    (tmp_path / "t.csv").write_bytes(line_end.join(lines).encode())
    assert _values(tmp_path / "t.csv") == [
        {"image": "a.png", "patient": "7", "note": 'two\nlines, and "more"'},
        {"image": "b.png", "patient": "8", "note": ""},
    ]


def test_lines_may_end_in_several_ways(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"image,patient,note\ra.png,7,x\r\nb.png,8,y\nc.png,9,z")
    rows = [(row["image"], row["patient"], row["note"]) for row in _values(tmp_path / "t.csv")]
    assert rows == [("a.png", "7", "x"), ("b.png", "8", "y"), ("c.png", "9", "z")]


def _long_texts(path: Path, rows: int, length: int) -> None:
    """Write a table in which many rows have the same long text, which is stored once."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * length])
    parquet.write_table(pa.table({"image": texts, "patient": list(range(rows))}), path)


def test_a_text_that_many_rows_have_counts_for_each(tmp_path: Path) -> None:
    path = tmp_path / "t"
    _long_texts(path, 100, 1000)
    assert len(read_table(path, ["image", "patient"])) == 100
    _long_texts(path, 100_000, 100_000)
    assert path.stat().st_size < 1_000_000
    with refused(path, "10000000000 bytes unpacked", "at most 400000000"):
        read_table(path, ["image", "patient"])
    cell = '<c r="A{row}" t="s"><v>0</v></c>'
    rows = "".join(f'<row r="{n}">{cell.format(row=n)}</row>' for n in range(2, 5002))
    header = '<row r="1"><c r="A1" t="inlineStr"><is><t>image</t></is></c></row>'
    sheet = f"<sheetData>{header}{rows}</sheetData>"
    path.write_bytes(workbook_of(sheet, "<si><t>a.png</t></si>"))
    assert {row["image"] for row in read_table(path, ["image"]) if isinstance(row, TableRow)} == {
        "a.png"
    }
    path.write_bytes(workbook_of(sheet, f"<si><t>{'x' * 100_000}</t></si>"))
    with refused(path, "500... bytes of text", "at most 400000000"):
        read_table(path, ["image"])


def test_columns_of_lists_and_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t"
    parquet.write_table(pa.table({"image": ["a.png"], "patient": [["1", "2"]]}), path)
    with refused(path, "lists in column '...'", "one value a row"):
        read_table(path, ["image", "patient"])
    parquet.write_table(pa.table({"image": pa.nulls(1_000_001, pa.string())}), path)
    with refused(path, "1000001 rows of 1 columns", "at most 1000000 rows of 1000"):
        read_table(path, ["image"])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_header_alone_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"t.{kind}"
    if kind == "csv":
        path.write_text("image,patient\n\n ;\n".replace(";", ","))
    elif kind == "xlsx":
        path.write_bytes(workbook([["image", "patient"]]))
    else:
        pd.DataFrame({"image": [], "patient": []}).to_parquet(path)
    with refused(path, "a header without rows", "a row for each image"):
        read_table(path, ["image"], ["patient"])


_NAMES = st.text("=+-@'＝aü7 \t;,\"", min_size=1, max_size=6).map(str.strip).filter(bool)


@settings(deadline=None, max_examples=25, derandomize=True)
@given(names=st.lists(_NAMES, min_size=1, max_size=5))
def test_names_in_a_table_that_we_wrote_are_the_same_when_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    values: dict[str, list[Any]] = {"image": names, "patient": [-1.5] * len(names)}
    with table_files(folder / "ours") as add:
        add(Columns(values, {"image": "string", "patient": "float64"}))
    write_csv(
        Table("t", "T", ("image", "patient"), tuple((n, -1.5) for n in names)), folder / "r.csv"
    )
    for path in (folder / "ours.csv", folder / "ours.parquet", folder / "r.csv"):
        rows = read_table(path, ["image", "patient"])
        assert [row["image"] for row in rows if isinstance(row, TableRow)] == names
        assert {row["patient"] for row in rows if isinstance(row, TableRow)} == {"-1.5"}
    for path in (folder / "ours.csv", folder / "r.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [row["image"] for row in csv.DictReader(file)]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "＝")) for cell in cells)


_ANY = "a table saved as CSV, Excel or Parquet"
_CELLS = "at most 5000000 cells, empty ones as well"
_SHEET = "at most 1000000 rows of 1000"


def _lying_archive() -> bytes:
    """Return a workbook whose archive says that a sheet is smaller than it is."""
    content = workbook_of("<sheetData>" + " " * 50_000 + "</sheetData>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert content.count(size.to_bytes(4, "little")) == 2
    return content.replace(size.to_bytes(4, "little"), (200).to_bytes(4, "little"))


def _bomb() -> bytes:
    """Return an archive of half a megabyte that unpacks to more than 400."""
    file = io.BytesIO(workbook([["image"]]))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as sheet,
    ):
        for _ in range(410):
            sheet.write(bytes(1_000_000))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "found", "expected"),
    [
        (b"\n\n ;;\n", "an empty table", "columns image, patient"),
        (workbook_of("<sheetData/>"), "an empty table", "columns image, patient"),
        (b"\x00\x01", "no text", _ANY),
        (b"image\0\n", "no text", _ANY),
        (b"PK\x03\x04", "a workbook that cannot be read (File is not a zip file)", _ANY),
        (workbook([["image"]])[:-30], "a workbook that cannot be read (File is not ...", _ANY),
        (workbook_of("<sheetData><row>"), "a workbook that cannot be read (...", _ANY),
        (_lying_archive(), "a workbook that cannot be read (Bad CRC-32 ...", _ANY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 90, "a workbook that cannot be read (...", _ANY),
        (_bomb(), "410... bytes unpacked", "at most 400000000"),
        (
            workbook_of('<sheetData><row r="1"><c r="A1"/><c r="XFD1048576"/></row></sheetData>'),
            "a sheet of 1048576 rows and 16384 columns",
            _SHEET,
        ),
        (
            workbook_of('<sheetData><row r="99999999"><c><v>1</v></c></row></sheetData>'),
            "a sheet of 99999999 rows and 1 columns",
            _SHEET,
        ),
        (
            workbook_of(f'<sheetData><row r="1000000">{"<c><v>1</v></c>" * 900}</row></sheetData>'),
            "a sheet of 1000000 rows and 900 columns",
            _CELLS,
        ),
        (b"," * 1_000 + b"image", "0 rows of 1001 columns", "at most 1000000 rows of 1000"),
    ],
)
def test_what_is_no_table_of_images(
    tmp_path: Path, content: bytes, found: str, expected: str
) -> None:
    (tmp_path / "t").write_bytes(content)
    with refused(tmp_path / "t", found, expected):
        read_table(tmp_path / "t", ["image"], ["patient"])


def test_other_archives_are_no_workbooks(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(InputError, match=r"a zip file that is no \.xlsx workbook; expected a "):
        read_table(tmp_path / "t.ods", ["image"])


def test_names_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "t\x1b.csv").write_text("image,\x1b[31m\na.png,7\n")
    with pytest.raises(InputError) as refused:
        read_table(tmp_path / "t\x1b.csv", ["image"])
    assert str(refused.value).isprintable()
