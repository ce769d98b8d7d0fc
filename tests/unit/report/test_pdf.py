"""The PDF: what Typst lays out is what the document says, and nothing in a text is a command."""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typst

from anascope.documents import typst_folder
from anascope.errors import InputError
from anascope.metrics import Interval
from anascope.report import (
    Cell,
    Document,
    FigureBlock,
    Section,
    Table,
    TableBlock,
    to_typst,
    write_pdf,
)


def laid_out(document: Document, selector: str) -> list[Any]:
    """Return the elements of one kind that Typst lays out."""
    with typst_folder(to_typst(document)) as main:
        found: list[Any] = json.loads(
            typst.query(main, selector, root=main.parent, ignore_system_fonts=True)
        )
        return found


def text_of(element: Any) -> str:
    """Return the text of an element; what is not text is nothing."""
    return "".join(_texts(element))


def _texts(element: Any) -> Iterator[str]:
    if isinstance(element, list):
        for item in element:
            yield from _texts(item)
    elif isinstance(element, dict):
        if element.get("func") == "space":
            yield " "
        if isinstance(element.get("text"), str):
            yield element["text"]
        for key in ("body", "child", "children", "caption"):
            yield from _texts(element.get(key))


def pages(path: Path) -> list[tuple[int, int]]:
    """Return width and height of every page in points."""
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", path.read_bytes())
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def with_table(table: Table) -> Document:
    return Document("t", sections=(Section("A", (TableBlock(table),)),))


def test_a_pdf_on_a4(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.pdf"
    write_pdf(document, path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert set(pages(path)) == {(595, 842)}
    assert list(path.parent.iterdir()) == [path]
    # Fonts are in the file: every font is named with its subset's mark.
    fonts = re.findall(rb"/FontName ?/([^/\s]+)", data)
    assert fonts
    assert all(re.fullmatch(rb"[A-Z]{6}\+.*", font) for font in fonts)


def test_what_is_laid_out(document: Document) -> None:
    headings = [(item["level"], text_of(item)) for item in laid_out(document, "heading")]
    assert headings == [
        (1, "Contents"),
        (1, "What was found"),
        (1, "Results"),
        (2, "Curves"),
        (2, "Cells"),
        (3, "Fold A"),
    ]
    table, first, second = (text_of(item) for item in laid_out(document, "figure"))
    assert "small0.823 [0.787,\u00a00.856]952752paper–3.00×10⁻⁵all0.500−0.250" in table
    assert "By bootstrap." in table
    assert "Table 1. Dice by fold" in table
    assert "Figure 1. From history.csv." in first
    assert "Figure 2. Cells found." in second


def test_hostile_text_stays_text(hostile_document: Document, hostile: str) -> None:
    headings = [text_of(item) for item in laid_out(hostile_document, "heading")]
    assert headings == ["Contents", hostile, hostile, hostile]
    paragraphs = [text_of(item) for item in laid_out(hostile_document, "par")]
    assert hostile in paragraphs
    (table,) = laid_out(hostile_document, "figure")
    assert text_of(table).count(hostile) == 4  # title, head, cell, note
    # In a finding, and in a block.
    codes = [item["text"] for item in laid_out(hostile_document, "raw")]
    assert codes.count(hostile) == 2
    # A command would have made formulas, references or links.
    assert laid_out(hostile_document, "math.equation") == []
    assert laid_out(hostile_document, "ref") == []


def test_the_same_document_gives_the_same_bytes(document: Document, tmp_path: Path) -> None:
    write_pdf(document, tmp_path / "a.pdf")
    time.sleep(1.1)  # the clock of a PDF counts seconds
    write_pdf(document, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_the_date_is_that_of_the_document(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_pdf(document, path)
    assert b"CreationDate" not in path.read_bytes()
    write_pdf(replace(document, date=datetime.date(2026, 3, 1)), path)
    assert b"/CreationDate(D:20260301" in path.read_bytes().replace(
        b"CreationDate (", b"CreationDate("
    )


def test_a_long_table_goes_over_pages_with_its_head(tmp_path: Path) -> None:
    rows: tuple[tuple[Cell, ...], ...] = tuple((f"f{number}", 0.5) for number in range(150))
    document = with_table(Table("t", "", ("field", "Dice"), rows))
    write_pdf(document, tmp_path / "a.pdf")
    assert len(pages(tmp_path / "a.pdf")) >= 3
    (figure,) = laid_out(document, "figure")
    assert '"repeat": true' in json.dumps(figure)


@pytest.mark.parametrize(
    ("columns", "across"), [(3, False), (12, True), (30, True)], ids=["3", "12", "30"]
)
def test_a_wide_table_goes_across(tmp_path: Path, columns: int, across: bool) -> None:
    heads = tuple(f"metric {number}" for number in range(columns))
    rows = tuple((Interval(0.5, 0.4, 0.6),) * columns for _ in range(4))
    document = with_table(Table("t", "", heads, rows))
    write_pdf(document, tmp_path / "a.pdf")
    assert ((842, 595) in pages(tmp_path / "a.pdf")) is across
    (figure,) = laid_out(document, "figure")
    (widths,) = re.findall(r'"columns": (\[[^\]]*\])', json.dumps(figure))
    points = sum(float(width) for width in re.findall(r"([\d.]+)pt", widths))
    room = (297 if across else 210) - 42
    assert points / 72 * 25.4 <= room + 0.1


def test_a_picture_that_typst_cannot_draw(tmp_path: Path) -> None:
    png = tmp_path / "a.png"
    png.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    document = Document("t", sections=(Section("A", (FigureBlock("a", png=png),)),))
    with pytest.raises(InputError, match="expected pictures that Typst draws"):
        write_pdf(document, tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_an_empty_document(tmp_path: Path) -> None:
    write_pdf(Document("Only a title"), tmp_path / "a.pdf")
    assert len(pages(tmp_path / "a.pdf")) == 1
