"""Layouts of plates, their view, and the titres of their sera."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from anascope.exchange.plates import (
    Control,
    Layout,
    Well,
    findings_in,
    plate_view,
    read_layout,
    titre_rows,
    titres_of,
    to_csv,
    to_text,
)
from tests.refusals import refused
from tests.unit.exchange.made_up import decided, specimen, write_results

TABLE = """well;specimen;serum;dilution;control
A01;S-1;P-7;1:80;
a2;S-2;P-7;1:160;
A3;S-3;P-7;1/320;
B1;S-4;P-8;80;
H11;pos;;1:80;positive
H12;neg;;1:80;Negative
C5;;;;
"""


def table(folder: Path, text: str) -> Path:
    path = folder / "plate.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_layout_says_what_is_in_each_well(tmp_path: Path) -> None:
    layout = read_layout(table(tmp_path, TABLE))
    assert [well.name for well in layout.wells] == ["A1", "A2", "A3", "B1", "H11", "H12"]
    assert layout["A3"] == Well("A3", "S-3", "P-7", 320.0, None)
    assert layout["H12"] == Well("H12", "neg", "neg", 80.0, Control.NEGATIVE)
    assert layout.get("C5") is None
    assert {serum: len(wells) for serum, wells in layout.sera().items()} == {"P-7": 3, "P-8": 1}


def test_well_and_specimen_are_enough(tmp_path: Path) -> None:
    layout = read_layout(table(tmp_path, "specimen,well\nS-1,D4\n"))
    assert layout.wells == (Well("D4", "S-1", "S-1"),)
    assert layout.sera() == {}


@pytest.mark.parametrize(
    ("rows", "row", "found", "expected"),
    [
        ("I1,S-1,,", 2, "well 'I1'", "A1 to H12"),
        ("A13,S-1,,", 2, "well 'A13'", "A1 to H12"),
        ("A0,S-1,,", 2, "well 'A0'", "A1 to H12"),
        (",S-1,,", 2, "well ''", "A1 to H12"),
        ("A1,S-1,,\nA01,S-2,,", 3, "well A1 a second time (first in ...)", "each well once"),
        (
            "A1,S-1,,\nA2,S-1,,",
            3,
            "specimen S-1 a second time (first in ...)",
            "a well for each specimen",
        ),
        ("A1,S-1,1:0,", 2, "dilution '1:0'", "a dilution of 1 or more, such as 1:80 or 80"),
        ("A1,S-1,,positiv", 2, "control 'positiv'", "..."),
        ("A1,,1:80,", 2, "dilution without a specimen", "a specimen as well"),
        ("A1,S-1", 2, "2 cells", "4, as the header has"),
    ],
)
def test_a_wrong_row_is_refused_in_one_line(
    tmp_path: Path, rows: str, row: int, found: str, expected: str
) -> None:
    path = table(tmp_path, f"well,specimen,dilution,control\n{rows}\n")
    with refused(f"{path}, row {row}", found, expected):
        read_layout(path)


def test_a_layout_without_specimens_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "well,specimen\nA1,\n")
    with refused(path, "no well with a specimen", "a row for each specimen"):
        read_layout(path)


def test_the_titre_of_a_serum_over_its_wells(tmp_path: Path) -> None:
    layout = read_layout(table(tmp_path, TABLE))
    readings = [
        specimen("S-1", decided(0.95)),
        specimen("S-2", decided(0.9)),
        specimen("S-3", decided(0.1)),
        specimen("elsewhere", decided(0.9)),
    ]
    first, second = titres_of(layout, readings)
    assert (first.serum, first.titre.text) == ("P-7", "1:160")
    assert first.titre.curve is not None
    assert 160 < first.titre.curve.end_point < 320
    assert (second.serum, second.titre.text) == ("P-8", "not determined")
    assert "1:80 cannot be decided (not read)" in second.titre.remarks
    columns, rows = titre_rows([first, second])
    titres = [dict(zip(columns, row, strict=True))["titre"] for row in rows]
    assert titres == ["1:160", "not determined"]


def test_a_well_that_is_not_evaluable_leaves_the_titre_open() -> None:
    wells = [Well(f"A{n}", f"S-{n}", "P", 40.0 * 2**n) for n in (1, 2, 3)]
    readings = [
        specimen("S-1", decided(0.9)),
        specimen("S-2", None),
        specimen("S-3", decided(0.1)),
    ]
    (only,) = titres_of(Layout(wells), readings)
    assert only.titre.text == "1:80"
    assert only.titre.remarks == (
        "1:160 cannot be decided (not evaluable)",
        "the end point may be higher: 1:160 cannot be decided",
    )


def test_a_plate_is_seen_as_8_rows_of_12(tmp_path: Path) -> None:
    layout = read_layout(table(tmp_path, TABLE))
    readings = [
        specimen("S-1", decided(0.95, pattern="fine speckled")),
        specimen("S-2", None),
        specimen("pos", decided(0.9)),
        specimen("neg", decided(0.8)),
        specimen("elsewhere", decided(0.9)),
    ]
    view = plate_view(layout, readings)
    assert [len(row) for row in view.rows] == [12] * 8
    assert view.failed == ("H12",)
    assert view.not_in_layout == ("elsewhere",)
    first, second, third = view.rows[0][:3]
    assert first is not None
    assert first.text == "S-1, 1:80, fine speckled, positive"
    assert second is not None
    assert second.pattern == "not evaluable"
    assert third is not None
    assert third.pattern == "not read"
    rows = list(csv.reader(io.StringIO(to_csv(view))))
    assert rows[0] == ["", *map(str, range(1, 13))]
    assert [row[0] for row in rows[1:]] == list("ABCDEFGH")
    assert (
        rows[8][12] == "neg, 1:80, homogeneous, positive, negative control, not the expected result"
    )
    lines = to_text(view).splitlines()
    assert len(lines) == 9
    assert lines[1].split()[:3] == ["A", "fine", "speckled"]
    assert "homogeneous!" in lines[8]
    narrow = to_text(view, 80).splitlines()
    assert max(map(len, narrow)) <= 80
    assert narrow[1].split()[:2] == ["A", "fine…"]


def test_no_text_of_a_plate_is_a_formula() -> None:
    view = plate_view(Layout([Well("A1", "=1+1", "=1+1")]), [specimen("=1+1", decided(0.9))])
    assert list(csv.reader(io.StringIO(to_csv(view))))[1][1].startswith("'=1+1")


def test_the_titre_is_sent_once_with_the_lowest_dilution(tmp_path: Path) -> None:
    write_results(tmp_path, "S-1", "S-2", "S-3")
    wells = [Well("A1", "S-1", "P", 160.0), Well("A2", "S-2", "P", 80.0)]
    findings = {one.specimen: one for _, one in findings_in(tmp_path, Layout(wells))}
    assert {name: one.serum for name, one in findings.items()} == {
        "S-1": "P",
        "S-2": "P",
        "S-3": "",
    }
    assert findings["S-1"].titre is None
    assert findings["S-2"].titre is not None
    assert findings["S-2"].titre.text == ">= 1:160"
    assert all(one.titre is None for _, one in findings_in(tmp_path))
