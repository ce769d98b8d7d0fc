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


def with_interval(value: dict[str, float], key: str = "mean") -> str:
    """Return a measure with its interval: ``0.924 [0.908, 0.939]``."""
    return f"{value[key]:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def intervals_of(result: dict[str, Any], units: str = "patients") -> str:
    """Return how a result's intervals were made; older ones say so in their file."""
    if result.get("intervals") == "percentile":
        return (
            f"95% intervals by percentile bootstrap over {units} (made before the present way, "
            f"and too narrow where {units} are few)"
        )
    return f"95% intervals over {units}"


Table = Callable[[], str]


def measured_by(name: str, command: str) -> Callable[[Callable[[dict[str, Any]], str]], Table]:
    """Make a table of a result file, which says how to measure it where there is none yet.

    Args:
        name: Of the file, without ``.json``.
        command: The benchmark's module and arguments.
    """

    def of_result(table: Callable[[dict[str, Any]], str]) -> Table:
        def of_file() -> str:
            path = RESULTS / f"{name}.json"
            if not path.is_file():
                return f"Not measured yet: `python -m benchmarks.{command}`.\n"
            return table(read_json(path))

        return of_file

    return of_result
