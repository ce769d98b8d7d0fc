"""Tables and numbers as the documentation writes them."""

from __future__ import annotations

from collections.abc import Sequence


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, all columns but the first set to the right."""
    ruler = ["---", *("---:" for _ in columns[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, ruler, *rows)) + "\n"


def with_interval(value: dict[str, float]) -> str:
    """Return a mean with its interval: ``0.924 [0.908, 0.939]``."""
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"
