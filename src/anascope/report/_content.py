"""A document as plain data, numbered and formatted: what both templates lay out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from anascope.errors import InputError
from anascope.report._document import (
    Block,
    Code,
    Document,
    FigureBlock,
    Finding,
    Paragraph,
    Section,
    TableBlock,
)
from anascope.report._format import formatted
from anascope.report._inline import plain, showable, spans
from anascope.report._table import Table

VERDICTS = {"clear": "clear", "open": "open", "none": "no verdict"}
_LONG = 30  # rows from which a table scrolls by itself in a page
_WIDE = 105  # characters in a line of upright paper, in the type that tables are printed in
_GAP = 2.5  # characters that the room between two columns takes

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class _Content:
    """Turns blocks into data; counts tables and figures as it goes."""

    source: Callable[[FigureBlock], str]
    tables: int = 0
    figures: int = 0

    def section(self, section: Section, number: str) -> dict[str, Any]:
        return {
            "number": number,
            "title": _line(section.title),
            "anchor": section.slug,
            "blocks": self.blocks(section.blocks),
            "sections": [
                self.section(subsection, f"{number}.{index}")
                for index, subsection in enumerate(section.sections, start=1)
            ],
        }

    def blocks(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [self.block(block) for block in blocks]

    def block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "text": _spans(block.text)}
        if isinstance(block, Finding):
            return {
                "kind": "finding",
                "verdict": block.verdict,
                "word": VERDICTS[block.verdict],
                "headline": _spans(block.headline),
                "detail": _spans(block.detail),
            }
        if isinstance(block, TableBlock):
            self.tables += 1
            return {"kind": "table", "number": self.tables, **_table(block.table)}
        if isinstance(block, FigureBlock):
            self.figures += 1
            return {
                "kind": "figure",
                "number": self.figures,
                "anchor": f"figure:{block.name}",
                "source": self.source(block),
                "caption": _spans(block.caption),
                "alt": _line(block.alt) or plain(block.caption) or block.name,
            }
        if isinstance(block, Code):
            return {"kind": "code", "text": showable(block.text).expandtabs(4).strip("\n")}
        return {
            "kind": "details",
            "summary": _spans(block.summary),
            "blocks": self.blocks(block.blocks),
        }


def content(document: Document, source: Callable[[FigureBlock], str]) -> dict[str, Any]:
    """Return a document as plain data: strings, numbers, lists and dictionaries.

    Args:
        document: What to lay out.
        source: Says under which address the template finds a figure.
    """
    builder = _Content(source)
    return {
        "title": _line(document.title),
        "subtitle": _line(document.subtitle),
        "date": document.date.isoformat() if document.date else "",
        "facts": [{"name": _line(name), "value": _spans(value)} for name, value in document.facts],
        "sections": [
            builder.section(section, str(index))
            for index, section in enumerate(document.sections, start=1)
        ],
        "footer": _spans(document.footer),
    }


def picture(figure: FigureBlock) -> bytes:
    """Return the bytes of a figure's file.

    Raises:
        InputError: if the file is missing, or is not what its place says.
    """
    path = figure.picture
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path, error.strerror or "cannot be read", "a picture to show") from None
    if figure.svg is None and not data.startswith(_PNG):
        raise InputError(path, "not a PNG", "a PNG picture")
    if figure.svg is not None and b"<svg" not in data:
        raise InputError(path, "not an SVG", "an SVG picture")
    return data


def _table(table: Table) -> dict[str, Any]:
    numeric = [table.is_numeric(column) for column in range(len(table.columns))]
    first_summary = len(table.rows) - table.summary
    return {
        "anchor": f"table:{table.name}",
        "title": _line(table.title),
        "note": _spans(table.note),
        "long": len(table.rows) >= _LONG,
        "wide": _is_wide(table),
        "columns": [
            {"title": _line(name), "numeric": right}
            for name, right in zip(table.columns, numeric, strict=True)
        ],
        "rows": [
            {
                "summary": index >= first_summary,
                "first_summary": index == first_summary > 0,
                "cells": [
                    formatted(cell, table.digits_of(column))._asdict()
                    for column, cell in enumerate(row)
                ],
            }
            for index, row in enumerate(table.rows)
        ],
    }


def _is_wide(table: Table) -> bool:
    """Guess whether a page is printed across for a table; Typst measures, a browser cannot."""
    width = 0.0
    for column, name in enumerate(table.columns):
        cells = [str(formatted(cell, table.digits_of(column))) for cell in table.cells(column)]
        if not table.is_numeric(column):
            cells = [text[:30] for text in cells]
        width += _GAP + max(map(len, (*cells, *name.split())), default=0)
    return width > _WIDE


def _spans(markup: str) -> list[dict[str, str]]:
    return [asdict(span) for span in spans(markup)]


def _line(text: str) -> str:
    return " ".join(showable(text).split())
