"""How commands print: tables for people, JSON for programs, progress on standard error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from anascope.errors import printable
from anascope.files import to_json

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
"""The ``--json`` option that every command with a table takes."""

console = Console()
errors = Console(stderr=True)


def print_json(value: Any) -> None:
    """Print ``value`` as JSON on standard output."""
    typer.echo(to_json(value))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; numbers are set to the right, None and NaN as a dash."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float | None) for row in rows)
        table.add_column(column, justify="right" if numeric and rows else "left")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console.print(table)


def print_line(text: str) -> None:
    """Print one line, not wrapped, so that it can be searched."""
    console.print(printable(text), soft_wrap=True, markup=False, highlight=False)


def warn(text: str) -> None:
    """Print one line on standard error."""
    errors.print(printable(text), soft_wrap=True, markup=False, highlight=False, style="yellow")


@contextmanager
def progress(title: str, total: int | None, *, unit: str | None = None) -> Iterator[Progress]:
    """Show a progress bar on standard error while the body runs; task 0 is the bar.

    Args:
        title: Stands before the bar.
        total: When it is full; None if nobody knows.
        unit: What is counted; if given, how many a second are done is shown.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *([] if unit is None else [_Speed(unit)]),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        bar.add_task(title, total=total)
        yield bar


class _Speed(ProgressColumn):
    """How many are done in a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.2f} {self._unit}/s")


def _cell(value: Any) -> Text:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Text("–")
    # As Text, because rich would take what stands in brackets in a plain string for its markup.
    return Text(f"{value:z.3f}" if isinstance(value, float) else printable(str(value)))
