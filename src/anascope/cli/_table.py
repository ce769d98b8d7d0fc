"""Tables for people, as wide as their terminal and with no word cut in two."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from textwrap import TextWrapper
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from anascope.errors import printable

_BETWEEN = 3  # characters between two columns: a line, and a blank on either side
_OUTER = 4  # before the first column and after the last


def laid_out(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    width: int,
    *,
    spared: Sequence[str] = (),
) -> RenderableType:
    """Return a table that keeps whole words; numbers are set to the right, None and NaN as a dash.

    Where a line has no room for the longest word of every column, columns are left out and named
    below the table. Where that is not enough, each row is a paragraph with a line for each value.

    Args:
        columns: Their headings.
        rows: Their values, a sequence for each row.
        width: Characters of a line.
        spared: Columns that may be left out, in the order in which they go.
    """
    texts = [[_cell(value) for value in row] for row in rows]
    shown = list(range(len(columns)))
    going = [columns.index(column) for column in spared]
    while (widths := _widths(columns, texts, shown, width)) is None and going:
        shown.remove(going.pop(0))
    if widths is None:
        return Group(*_paragraphs(columns, texts, width))
    table = Table(header_style="bold")
    for index, room in zip(shown, widths, strict=True):
        numeric = all(isinstance(row[index], int | float | None) for row in rows)
        right = numeric and bool(rows)
        table.add_column(columns[index], justify="right" if right else "left", width=room)
    for row in texts:
        table.add_row(*(row[index] for index in shown))
    gone = [column for index, column in enumerate(columns) if index not in shown]
    if not gone:
        return table
    return Group(table, Text(f"no room here for: {', '.join(gone)}"))


def _widths(
    columns: Sequence[str], texts: Sequence[Sequence[Text]], shown: Sequence[int], width: int
) -> list[int] | None:
    """Return how wide each column is, or None where there is no room for its longest word."""
    needs, wishes = [], []
    for index in shown:
        cells = [columns[index], *(row[index].plain for row in texts)]
        needs.append(max(cell_len(word) for cell in cells for word in [*cell.split(), ""]))
        wishes.append(max(map(cell_len, cells)))
    room = width - _OUTER - _BETWEEN * (len(shown) - 1) - sum(needs)
    if room < 0:
        return None
    # Those that want least get it first, so that only what is longest takes several lines.
    widths = dict(enumerate(needs))
    for column in sorted(widths, key=lambda column: wishes[column] - needs[column]):
        more = min(wishes[column] - needs[column], room)
        widths[column] += more
        room -= more
    return list(widths.values())


def _paragraphs(
    columns: Sequence[str], texts: Sequence[Sequence[Text]], width: int
) -> Iterator[Text]:
    # A word that is longer than a line stays whole, for the terminal to break.
    wrapper = TextWrapper(
        width,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    for row in texts:
        yield Text(row[0].plain, style="bold")
        for column, value in zip(columns[1:], row[1:], strict=True):
            yield from map(Text, wrapper.wrap(f"{column}: {value.plain}"))


def _cell(value: Any) -> Text:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Text("–")
    # As Text, because rich would take what stands in brackets in a plain string for its markup.
    return Text(f"{value:z.3f}" if isinstance(value, float) else printable(str(value)))
