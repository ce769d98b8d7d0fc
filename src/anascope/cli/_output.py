"""How commands print: tables for people, JSON for programs, progress on standard error."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from anascope.cli._table import laid_out
from anascope.errors import printable
from anascope.files import to_json

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
"""The ``--json`` option that every command with a table takes."""

console = Console()
errors = Console(stderr=True)
LOG = logging.getLogger("anascope.cli")
"""What is told on standard error is kept here, too; ``--log-file`` gives it a file."""


@dataclass
class _Loudness:
    """How much is told on standard error, as the options of the command say."""

    verbose: bool = False
    quiet: bool = False


loudness = _Loudness()


def print_json(value: Any) -> None:
    """Print ``value`` as JSON on standard output."""
    typer.echo(to_json(value))


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    spared: Sequence[str] = (),
) -> None:
    """Print a table as :func:`~anascope.cli._table.laid_out` lays it out.

    Args:
        title: A line above it.
        columns, rows, spared: Headings, values, and columns that a narrow terminal does without.
    """
    console.print(Text(printable(title), style="italic"), soft_wrap=True)
    table = laid_out(columns, rows, console.width, spared=spared)
    console.print(table, crop=False, overflow="ignore", no_wrap=True, highlight=False)


def print_line(text: str) -> None:
    """Print one line, not wrapped, so that it can be searched."""
    console.print(printable(text), soft_wrap=True, markup=False, highlight=False)


def keep(level: int, text: str, **more: Any) -> None:
    """Keep a line in the log file, if there is one.

    Args:
        level: As :mod:`logging` counts it.
        text: The line.
        more: Further keys of the line with their values.
    """
    if LOG.handlers:  # without one, Python would print it
        LOG.log(level, text, extra=more)


def tell(text: str) -> None:
    """Print one line on standard error, of what goes on, unless the command is to be quiet."""
    keep(logging.INFO, text)
    if not loudness.quiet:
        tell_all(text)


def tell_all(text: str) -> None:
    """Print one line on standard error, and keep it nowhere."""
    errors.print(printable(text), soft_wrap=True, markup=False, highlight=False)


def warn(text: str) -> None:
    """Print one line on standard error, to be heeded."""
    keep(logging.WARNING, text)
    errors.print(printable(text), soft_wrap=True, markup=False, highlight=False, style="yellow")


@contextmanager
def progress(
    title: str, total: int | None, *, unit: str | None = None, stays: bool = False
) -> Iterator[Progress]:
    """Show a progress bar on standard error while the body runs; task 0 is the bar.

    Nothing is shown if the command is to be quiet.

    Its description and its field ``note``, which stands in a line below, may be changed.

    Args:
        title: Stands before the bar.
        total: When it is full; None if nobody knows.
        unit: What is counted; if given, it is named, with how many a second are done.
        stays: Whether it stays to be seen in the end.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        *([] if unit is None else [_Speed(unit)]),
        TimeRemainingColumn(),
    )
    with _Noted(*columns, console=errors, transient=not stays, disable=loudness.quiet) as bar:
        bar.add_task(title, total=total, note="")
        yield bar


class _Noted(Progress):
    """Bars with a note in a line below."""

    def get_renderables(self) -> Iterable[RenderableType]:
        """Yield the bars, and what is noted."""
        yield self.make_tasks_table(self.tasks)
        for task in self.tasks:
            if task.fields["note"]:
                yield Text(task.fields["note"], overflow="ellipsis", no_wrap=True)


class _Speed(ProgressColumn):
    """What is counted, and how many are done in a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """Return the unit, with the speed where one is known."""
        speed = task.finished_speed or task.speed
        return Text(self._unit if speed is None else f"{self._unit}, {speed:.2f}/s")
