"""Which pattern a cell is drawn in, and the codes of patterns."""

from __future__ import annotations

from anascope.reading import UNDECIDED, CellReading, FieldReading
from anascope.words import pattern_named


def shown_pattern(field: FieldReading, cell: CellReading | None) -> str:
    """Return the cell's own pattern, or what the field is called where a cell has none."""
    if cell is None or cell.pattern is None:
        return field.decision.pattern
    return cell.pattern


def codes_of(pattern: str) -> tuple[str, ...]:
    """Return the ICAP codes of what a field is called: those of the pattern, none of undecided.

    Raises:
        InputError: if the vocabulary does not know the pattern.

    >>> codes_of("golgi"), codes_of("undecided")
    (('AC-22',), ())
    """
    return () if pattern == UNDECIDED else pattern_named(pattern).codes
