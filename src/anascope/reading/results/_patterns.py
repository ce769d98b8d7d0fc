"""Which pattern a cell is drawn in, and the codes of patterns."""

from __future__ import annotations

from anascope.reading import UNDECIDED, CellReading, FieldReading
from anascope.words import pattern_named


def shown_pattern(field: FieldReading, cell: CellReading | None) -> str | None:
    """Return the cell's own pattern, or what the field is called where a cell has none.

    None of a field that is not evaluable, and of a model that tells no pattern.
    """
    if cell is None or cell.pattern is None:
        return None if field.decision is None else field.decision.pattern
    return cell.pattern


def codes_of(pattern: str | None) -> tuple[str, ...]:
    """Return the ICAP codes of what a field is called: none of undecided, and none of nothing.

    Raises:
        InputError: if the vocabulary does not know the pattern.

    >>> codes_of("golgi"), codes_of("undecided")
    (('AC-22',), ())
    """
    return () if pattern is None or pattern == UNDECIDED else pattern_named(pattern).codes
