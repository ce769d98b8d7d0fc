"""Tables and numbers as the documentation writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from anascope.files import read_json
from benchmarks.arguments import RESULTS

TABLES: dict[str, Callable[[], str]] = {}
"""What writes each table of the pages, by the table's name."""

Written = str | tuple[Sequence[str], Sequence[Sequence[str]], str]
"""A table as it is written; or its columns, its rows and what is said of it."""


Table = TypeVar("Table", bound=Callable[..., Written])


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, all columns but the first set to the right."""
    ruler = ["---", *("---:" for _ in columns[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, ruler, *rows)) + "\n"


def with_interval(value: dict[str, float], key: str = "mean") -> str:
    """Return a measure with its interval: ``0.924 [0.908, 0.939]``."""
    return f"{value[key]:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def intervals_of(result: dict[str, Any], units: str = "patients") -> str:
    """Return how a result's intervals were made; older ones say so in their file."""
    if result.get("intervals") == "percentile":
        return (
            f"95% intervals by percentile bootstrap over {units} (an earlier method, too narrow "
            f"if there are few {units})"
        )
    return f"95% intervals over {units}"


def measured(name: str, command: str, *files: str) -> Callable[[Table], Table]:
    """Enter a function of results in :data:`TABLES`.

    It gets what those result files hold that are there. Where there is none yet, the table says
    how to measure it. Of columns, rows and a note a table is made that names its command.

    Args:
        name: Of the table.
        command: The benchmark's module and arguments.
        files: Names of result files without ``.json``, or patterns of names; if not given, the
            table's own name.
    """

    def enter(table: Table) -> Table:
        def of_files() -> str:
            paths = [p for file in files or (name,) for p in sorted(RESULTS.glob(f"{file}.json"))]
            if not paths:
                return f"Not measured yet: `python -m benchmarks.{command}`.\n"
            results: list[dict[str, Any]] = [read_json(path) for path in paths]
            written = table(*results)
            if isinstance(written, str):
                return written
            columns, rows, note = written
            made_by = f"Made by `{results[0]['command']}`."
            return f"{markdown(columns, rows)}\n{f'{note} {made_by}'.strip()}\n"

        TABLES[name] = of_files
        return table

    return enter
