"""Tables as files of their own: CSV for programs, Markdown for readers."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import SupportsIndex

from anascope.csv_text import marked
from anascope.files import write_text
from anascope.metrics import Interval
from anascope.report._format import formatted
from anascope.report._inline import Span, showable, spans
from anascope.report._table import Cell, Table, is_missing

# Underscores inside a word are no markup, and names are full of them.
_MARKDOWN = re.compile(r"[\\`*<\[|]|(?<!\w)_|_(?!\w)")


def write_csv(table: Table, path: str | Path) -> None:
    """Write a table as CSV with full precision, whole or not at all.

    A column with intervals becomes three: ``x``, ``x low`` and ``x high``. What is missing is
    empty. Text is no formula (:func:`~anascope.csv_text.marked`).
    """
    path = Path(path)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    wide = [table.has_intervals(column) for column in range(len(table.columns))]
    writer.writerow(
        marked(head)
        for name, three in zip(table.columns, wide, strict=True)
        for head in ((name, f"{name} low", f"{name} high") if three else (name,))
    )
    for row in table.rows:
        writer.writerow(
            field
            for cell, three in zip(row, wide, strict=True)
            for field in (_three(cell) if three else (_field(cell),))
        )
    # A name of a file may hold bytes that are no text at all.
    write_text(path, text.getvalue().encode("utf-8", "backslashreplace").decode())


def to_markdown(table: Table) -> str:
    """Return a table as Markdown, its title above and its note below.

    >>> table = Table("dice", "Dice", ("fold", "Dice"), (("A", 0.8031), ("B", None)))
    >>> print(to_markdown(table), end="")
    **Dice**
    <BLANKLINE>
    | fold | Dice |
    | --- | ---: |
    | A | 0.803 |
    | B | – |
    """
    columns = range(len(table.columns))
    lines = [
        [_escaped(" ".join(showable(name).split())) for name in table.columns],
        ["---:" if table.is_numeric(column) else "---" for column in columns],
    ]
    first_summary = len(table.rows) - table.summary
    for index, row in enumerate(table.rows):
        cells = [_markdown(cell, table.digits_of(column)) for column, cell in enumerate(row)]
        if index >= first_summary and cells[0]:
            cells[0] = f"**{cells[0]}**"
        lines.append(cells)
    blocks = [
        f"**{_escaped(showable(table.title).strip())}**" if table.title.strip() else "",
        "\n".join(f"| {' | '.join(cells)} |" for cells in lines),
        "".join(_span(span) for span in spans(table.note)).strip(),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def write_markdown(table: Table, path: str | Path) -> None:
    """Write a table as Markdown, whole or not at all."""
    path = Path(path)
    write_text(path, to_markdown(table))


def _field(cell: Cell) -> str | int | float:
    if cell is None or isinstance(cell, Interval) or is_missing(cell):
        return ""
    # Numbers of NumPy would be written as they print, which need not be what they are.
    if isinstance(cell, str | bool):
        return marked(str(cell))
    return int(cell) if isinstance(cell, SupportsIndex) else float(cell)


def _three(cell: Cell) -> tuple[str | int | float, ...]:
    if isinstance(cell, Interval):
        return _field(cell.estimate), _field(cell.low), _field(cell.high)
    return _field(cell), "", ""


def _markdown(cell: Cell, digits: int) -> str:
    text = str(formatted(cell, digits))
    # The brackets of intervals are ours and start no link.
    return _escaped(text) if isinstance(cell, str) else text


def _span(span: Span) -> str:
    if span.kind == "code":
        fence = "`" * (1 + max((len(run) for run in re.findall("`+", span.text)), default=0))
        return f"{fence} {span.text} {fence}" if "`" in span.text else f"`{span.text}`"
    return f"**{_escaped(span.text)}**" if span.kind == "strong" else _escaped(span.text)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", text)
