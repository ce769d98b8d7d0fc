"""One formatter for all writers; CSV keeps every digit."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anascope.metrics import Interval
from anascope.report import Cell, Table, formatted, to_markdown, write_csv, write_markdown

NAN = math.nan


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("a\n b", "a b"),
        (None, "–"),
        (NAN, "–"),
        (12357, "12357"),
        (-3, "−3"),
        (np.int64(7), "7"),
        (0.8235, "0.824"),
        (np.float64(0.8235), "0.824"),
        (-0.0714, "−0.071"),
        (0.0, "0.000"),
        (123.4567, "123.457"),
        (952752.3, "952752"),
        (3.2e9, "3.20×10⁹"),
        (0.00003, "3.00×10⁻⁵"),
        (-0.00003, "−3.00×10⁻⁵"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (Interval(0.8231, 0.801, 0.845), "0.823 [0.801, 0.845]"),
        (Interval(0.012, -0.0003, 0.025), "0.012 [0.000, 0.025]"),
        (Interval(-0.0004, -0.02, -0.0001), "0.000 [−0.020, 0.000]"),
        (-0.0, "0.000"),
        (Interval(2e-5, 0.0, 4e-5), "2.00×10⁻⁵ [0, 4.00×10⁻⁵]"),
        (Interval(0.5, NAN, NAN), "0.500 [–, –]"),
        (Interval(NAN, NAN, NAN), "–"),
    ],
)
def test_cells_as_text(cell: Cell, text: str) -> None:
    assert str(formatted(cell)) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 6))
def test_a_number_that_is_not_zero_never_looks_like_zero(value: float, digits: int) -> None:
    text = str(formatted(value, digits))
    assert any(digit in text.split("×")[0] for digit in "123456789") == (value != 0)


def test_digits_of_one_column() -> None:
    table = Table("t", "", ("a", "b"), ((0.123456, 12.3456),), digits=(4, 1))
    assert "| 0.1235 | 12.3 |" in to_markdown(table)


@pytest.mark.parametrize(
    ("cells", "numeric"),
    [((1, 2.5), True), ((None, Interval(0, 0, 0)), True), ((1, "x"), False), ((None, NAN), False)],
)
def test_columns_of_numbers(cells: tuple[Cell, ...], numeric: bool) -> None:
    assert Table("t", "", ("a",), tuple((cell,) for cell in cells)).is_numeric(0) is numeric


def test_csv_keeps_every_digit(tmp_path: Path) -> None:
    interval = Interval(0.1 + 0.2, 1e-17, 1 / 3)
    rows: tuple[tuple[Cell, ...], ...] = (
        ('a,"b"\nc', interval, np.float64(1 / 7), 2**60),
        ("", None, NAN, None),
        ("x", Interval(NAN, NAN, NAN), 1.5, 0),
        ("y", 0.25, None, 1),
    )
    path = tmp_path / "t.csv"
    write_csv(Table("t", "Title", ("name", "Dice", "loss", "n"), rows), path)
    with path.open(encoding="utf-8", newline="") as file:
        head, *read = csv.reader(file)
    assert head == ["name", "Dice", "Dice low", "Dice high", "loss", "n"]
    assert read[0][0] == 'a,"b"\nc'
    assert [float(field) for field in read[0][1:5]] == [0.1 + 0.2, 1e-17, 1 / 3, 1 / 7]
    assert int(read[0][5]) == 2**60
    assert read[1] == ["", "", "", "", "", ""]
    assert read[2] == ["x", "", "", "", "1.5", "0"]
    assert read[3] == ["y", "0.25", "", "", "", "1"]
    assert pd.read_csv(path)["loss"].isna().sum() == 2


def test_markdown() -> None:
    table = Table(
        "t",
        "Dice *and* more",
        ("a|b", "Dice"),
        (("small_dice _x_ <b> [c](d) | `e`", Interval(0.5, 0.4, 0.6)), ("all", 0.5)),
        note="By `a|b`, **over** *patients*.",
        summary=1,
    )
    assert to_markdown(table) == (
        "**Dice \\*and\\* more**\n\n"
        "| a\\|b | Dice |\n"
        "| --- | ---: |\n"
        "| small_dice \\_x\\_ \\<b> \\[c](d) \\| \\`e\\` | 0.500 [0.400, 0.600] |\n"
        "| **all** | 0.500 |\n\n"
        "By `a|b`, **over** \\*patients\\*.\n"
    )


def test_markdown_file(tmp_path: Path) -> None:
    table = Table("t", "", ("a",), ((1,),))
    write_markdown(table, tmp_path / "t.md")
    assert (tmp_path / "t.md").read_text(encoding="utf-8") == "| a |\n| ---: |\n| 1 |\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../t"}, "no name"),
        ({"columns": ("a", "a")}, "names of their own"),
        ({"columns": (), "rows": ()}, "names of their own"),
        ({"rows": ((1,),)}, "row 1: 1 cells, 2 columns"),
        ({"digits": (1,)}, "digits for 1 columns"),
        ({"summary": 2}, "2 summary rows"),
    ],
)
def test_what_does_not_fit_together(change: dict[str, object], message: str) -> None:
    fine: dict[str, object] = {"name": "t", "title": "", "columns": ("a", "b"), "rows": ((1, 2),)}
    Table(**fine)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=message):
        Table(**(fine | change))  # type: ignore[arg-type]
