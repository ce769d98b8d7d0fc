"""Tables and numbers as the documentation writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from anascope.files import read_json
from benchmarks.arguments import RESULTS


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, all columns but the first set to the right."""
    ruler = ["---", *("---:" for _ in columns[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, ruler, *rows)) + "\n"


def with_interval(value: dict[str, float]) -> str:
    """Return a mean with its interval: ``0.924 [0.908, 0.939]``."""
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def if_measured(table: Callable[[dict[str, Any]], str], name: str, command: str) -> str:
    """Return a table of a result, or how to measure it where there is none yet."""
    path = RESULTS / f"{name}.json"
    return table(read_json(path)) if path.is_file() else f"Not measured yet: `{command}`.\n"
