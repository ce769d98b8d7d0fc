"""A document refuses what no writer could lay out."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.report import Details, Document, FigureBlock, Section, Table, TableBlock


def test_an_anchor_comes_from_the_title() -> None:
    assert Section("What was found, at α = 1?").slug == "what-was-found-at-1"
    assert Section("α").slug == "section"
    assert Section("α", anchor="alpha").slug == "alpha"


def test_two_sections_with_one_place() -> None:
    with pytest.raises(ValueError, match="section a stands twice"):
        Document("t", sections=(Section("A"), Section("B", sections=(Section("a"),))))


def test_two_tables_with_one_name() -> None:
    block = TableBlock(Table("t", "", ("a",), ()))
    with pytest.raises(ValueError, match="table t stands twice"):
        Document("t", sections=(Section("A", (block, Details("more", (block,)))),))


def test_a_section_a_table_and_a_figure_may_share_a_name() -> None:
    blocks = (TableBlock(Table("a", "", ("a",), ())), FigureBlock("a", png=Path("a.png")))
    assert Document("t", sections=(Section("A", blocks),)).sections[0].slug == "a"


def test_sections_nested_twice() -> None:
    inner = Section("A", sections=(Section("B", sections=(Section("C"),)),))
    with pytest.raises(ValueError, match="'A': sections are nested twice"):
        Document("t", sections=(inner,))


def test_an_anchor_that_is_none() -> None:
    with pytest.raises(ValueError, match="no name"):
        Document("t", sections=(Section("A", anchor='"><b>'),))


def test_a_figure_needs_a_picture() -> None:
    with pytest.raises(ValueError, match="no picture"):
        FigureBlock("a")
    assert FigureBlock("a", Path("a.svg"), Path("a.png")).picture == Path("a.svg")
