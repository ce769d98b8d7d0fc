"""Which pattern a cell is drawn in, and the codes of patterns."""

from __future__ import annotations

from anascope.decisions import AND
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

    Of two patterns those of both, each in the order of its numbers.

    Raises:
        InputError: if the vocabulary does not know the pattern.

    >>> codes_of("golgi"), codes_of("undecided"), codes_of("homogeneous + centromere")
    (('AC-22',), (), ('AC-1', 'AC-3'))
    """
    if pattern is None or pattern == UNDECIDED:
        return ()
    return tuple(code for name in pattern.split(AND) for code in pattern_named(name).codes)
