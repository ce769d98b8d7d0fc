"""What a report is made of."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anascope.report._table import Table, check_name

Verdict = Literal["clear", "open", "none"]


@dataclass(frozen=True)
class Paragraph:
    """Running text; may hold ``code`` and **bold**."""

    text: str


@dataclass(frozen=True)
class Finding:
    """A conclusion that was computed.

    Attributes:
        headline: What follows from the figures, in a sentence; may hold ``code`` and **bold**.
        detail: The figures from which it follows; may hold ``code`` and **bold**.
        verdict: ``clear`` if the data decide it, ``open`` if they leave it open, ``none`` if
            nothing was decided.
    """

    headline: str
    detail: str = ""
    verdict: Verdict = "none"


@dataclass(frozen=True)
class TableBlock:
    """A table in its place."""

    table: Table


@dataclass(frozen=True)
class FigureBlock:
    """A picture with its caption.

    Attributes:
        name: Names its place in the report: letters, digits, ``.``, ``_``, ``-``.
        svg: The picture as SVG; it is taken where there is one.
        png: The picture as PNG.
        caption: Stands below; may hold ``code`` and **bold**.
        alt: What the picture shows, for readers who cannot see it; plain text.

    Raises:
        ValueError: if ``name`` is no name, or there is no picture.
    """

    name: str
    svg: Path | None = None
    png: Path | None = None
    caption: str = ""
    alt: str = ""

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.svg is None and self.png is None:
            raise ValueError(f"figure {self.name} has no picture")

    @property
    def picture(self) -> Path:
        """The file that is shown."""
        shown = self.svg or self.png
        assert shown is not None
        return shown


@dataclass(frozen=True)
class Code:
    """Lines shown as they are: a command, a file."""

    text: str


@dataclass(frozen=True)
class Details:
    """What few readers need: folded in HTML, open in print and in PDF.

    Attributes:
        summary: What is inside, in a line; may hold ``code`` and **bold**.
        blocks: What is inside.
    """

    summary: str
    blocks: tuple[Block, ...]


Block = Paragraph | Finding | TableBlock | FigureBlock | Code | Details


@dataclass(frozen=True)
class Section:
    """A section, with sections in it or not.

    Attributes:
        title: Plain text.
        blocks: What stands in it, before its sections.
        anchor: Its place in the page; made from the title if empty.
        sections: Sections in it, which have none of their own.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    anchor: str = ""
    sections: tuple[Section, ...] = ()

    @property
    def slug(self) -> str:
        """The anchor, or what the title gives as one."""
        return self.anchor or re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") or "section"


@dataclass(frozen=True)
class Document:
    """A report.

    Attributes:
        title: Plain text.
        subtitle: Plain text.
        facts: Names with values, which may hold ``code`` and **bold**: what was run, on what.
        sections: Sections, nested at most once.
        footer: Stands at the end; may hold ``code`` and **bold**.
        date: Shown below the title, and the date of the PDF. No other date goes into a file, so
            that one document always gives the same bytes.

    Raises:
        ValueError: if sections are nested twice, or two things have one name or place.
    """

    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    footer: str = ""
    date: datetime.date | None = None

    def __post_init__(self) -> None:
        counts: Counter[str] = Counter()
        for section in self.sections:
            for nested in (section, *section.sections):
                check_name(nested.slug)
                counts[f"section {nested.slug}"] += 1
                for block in _flat(nested.blocks):
                    if isinstance(block, TableBlock):
                        counts[f"table {block.table.name}"] += 1
                    elif isinstance(block, FigureBlock):
                        counts[f"figure {block.name}"] += 1
            if any(nested.sections for nested in section.sections):
                raise ValueError(f"section '{section.title}': sections are nested twice")
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise ValueError(f"{twice[0]} stands twice in the report")


def _flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Details):
            yield from _flat(block.blocks)
