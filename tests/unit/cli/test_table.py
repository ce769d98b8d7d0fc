"""Tables on a terminal keep whole words, whatever its width."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console

from anascope.cli import _output
from anascope.cli._output import print_table

COLUMNS = ["specimen", "flagged", "pattern", "probability", "intensity", "cells"]
ROWS: list[list[Any]] = [
    ["serum-01", 0, "cytoplasmic fibrillar filamentous (AC-16)", "0.98", "intermediate", 55],
    ["serum-02", 3, "undecided: homogeneous, fine speckled, … and 2 more", "0.4", "positive", 7],
]


def printed(
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    rows: Sequence[Sequence[Any]] = ROWS,
    columns: Sequence[str] = COLUMNS,
    spared: Sequence[str] = (),
) -> str:
    file = io.StringIO()
    monkeypatch.setattr(_output, "console", Console(file=file, width=width))
    print_table("Title", columns, rows, spared=spared)
    return file.getvalue()


def words(rows: Sequence[Sequence[Any]], columns: Sequence[str] = COLUMNS) -> set[str]:
    return {word for cells in (columns, *rows) for cell in cells for word in str(cell).split()}


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 200])
def test_words_stay_whole_and_lines_short(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    output = printed(monkeypatch, width)
    assert max(map(len, output.splitlines())) <= width
    found = set(output.replace("│", " ").replace("┃", " ").replace(": ", " ").split())
    missing = {word.rstrip(":") for word in words(ROWS)} - {word.rstrip(":") for word in found}
    # In paragraphs the first column is the heading, and needs none.
    assert missing <= {"specimen"}


def test_what_is_spared_goes_first_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no room" not in printed(monkeypatch, 80, spared=["cells", "intensity"])
    output = printed(monkeypatch, 72, spared=["cells", "intensity"])
    assert output.splitlines()[-1] == "no room here for: cells"
    assert "55" not in output
    output = printed(monkeypatch, 64, spared=["cells", "intensity"])
    assert output.splitlines()[-1] == "no room here for: intensity, cells"
    assert "┃" in output


def test_a_word_without_room_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "a_name_without_a_blank_" * 8
    output = printed(monkeypatch, 80, [[name, name, 3]], ["specimen", "pattern", "cells"])
    assert output.splitlines()[0] == "Title"
    assert name in output.splitlines()[1]
    assert any(name in line for line in output.splitlines()[2:])
    assert "  cells: 3" in output.splitlines()


def test_a_title_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(_output, "console", Console(file=file, width=80))
    title = "/a/folder/of/some/length" * 8
    print_table(title, ["a"], [[1]])
    assert file.getvalue().splitlines()[0] == title


def test_numbers_are_set_to_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Any]] = [["a", 1, 0.5], ["b", None, math.nan], ["c", 100, 1.25]]
    lines = printed(monkeypatch, 80, rows, ["name", "count", "share"]).splitlines()
    assert [line for line in lines if line.startswith("│")] == [
        "│ a    │     1 │ 0.500 │",
        "│ b    │     – │     – │",
        "│ c    │   100 │ 1.250 │",
    ]


def test_no_row_is_a_table_with_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "┃ pattern ┃" in printed(monkeypatch, 80, [], ["pattern", "cells"])
