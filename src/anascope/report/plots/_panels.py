"""Small multiples: panels of one kind beside and below each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from contextlib import contextmanager
from textwrap import fill

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from anascope.report.plots._style import PAGE_FONT, PAGE_WIDTH, page

_LETTER = 0.53  # mean width of a letter of the font, in its size
UNDEFINED = "–"
"""Stands where there is no number."""


def require_some(items: Sized, noun: str) -> None:
    """Refuse to draw nothing.

    Raises:
        ValueError: if ``things`` is empty.
    """
    if not len(items):
        raise ValueError(f"nothing to draw; expected at least one {noun}")


def wrapped(text: str, inches: float) -> str:
    """Return ``text`` in lines of about ``inches`` at the size of a page's text.

    Lines end after a comma where they can, so that "Dice, 30 epochs, α 0.6" is not cut between
    α and its value. A word longer than a line stays whole.

    >>> print(wrapped("Dice, 30 epochs, α 0.6", 1.2))
    Dice, 30 epochs,
    α 0.6
    """
    letters = max(int(inches * 72 / (_LETTER * PAGE_FONT)), 1)
    lines: list[str] = []
    for phrase in text.replace(", ", ",\n").split("\n"):
        if lines and len(lines[-1]) + 1 + len(phrase) <= letters:
            lines[-1] += f" {phrase}"
        else:
            lines.append(phrase)
    return "\n".join(fill(line, letters, break_long_words=False) for line in lines)


def number(value: float, digits: int = 3) -> str:
    """Return ``value`` with ``digits`` decimals, or a dash if it is NaN."""
    return UNDEFINED if value != value else f"{value:z.{digits}f}"


def epoch_ticks() -> MaxNLocator:
    """Return what finds ticks for an axis of epochs: few, whole and round."""
    return MaxNLocator(4, integer=True, steps=[1, 2, 5, 10])


def legend_above(figure: Figure, *rows: Sequence[Artist]) -> None:
    """Put a legend above all axes, with these rows of handles."""
    columns = max(len(row) for row in rows)
    empty = Line2D([], [], linestyle="", label=" ")
    # Matplotlib fills a legend column by column.
    handles = [
        row[column] if column < len(row) else empty for column in range(columns) for row in rows
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, handlelength=2.6)


@contextmanager
def small_multiples(
    count: int, columns: int, *, height: float, extra: float = 0.0, share: bool = True
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a page with ``count`` axes in rows of at most ``columns``.

    Args:
        count: Number of panels.
        columns: Panels beside each other, at least 1.
        height: Height of one row with its titles, in inches.
        extra: Height of what stands above or below all, in inches.
        share: Whether the panels have the same axes; then only the outer ones are labelled.

    Yields:
        The figure, and its axes in the order of reading.

    Raises:
        ValueError: if columns is below 1.
    """
    columns = beside(count, columns)
    rows = -(-count // columns)
    tall = rows * height + extra
    with page(rows, columns, height=tall, sharex=share, sharey=share) as (figure, grid):
        for axes in grid[count:]:
            axes.remove()
        for lowest in lowest_of_columns(grid[:count], columns):
            lowest.tick_params(labelbottom=True)
        yield figure, grid[:count]


def beside(count: int, columns: int) -> int:
    """Return how many of ``count`` panels stand beside each other, if at most ``columns`` may.

    Raises:
        ValueError: if columns is below 1.
    """
    if columns < 1:
        raise ValueError(f"columns must be at least 1; found {columns}")
    return min(columns, count)


def lowest_of_columns(grid: Sequence[Axes], columns: int) -> Sequence[Axes]:
    """Return the lowest axes of each column, even where the last row is shorter."""
    return grid[max(len(grid) - columns, 0) :]


def label_outer(grid: Sequence[Axes], columns: int, *, x: str, y: str) -> None:
    """Name the axes of small multiples at the left and below only."""
    for axes in grid[::columns]:
        axes.set_ylabel(y)
    for axes in lowest_of_columns(grid, columns):
        axes.set_xlabel(x)


def panel_inches(columns: int) -> float:
    """Return the width of one of so many panels beside each other, about, in inches."""
    return (PAGE_WIDTH - 0.55) / columns - 0.12
