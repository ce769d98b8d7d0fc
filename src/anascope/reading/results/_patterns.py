"""Which pattern a cell is drawn in."""

from __future__ import annotations

from anascope.reading import CellReading, FieldReading


def shown_pattern(field: FieldReading, cell: CellReading | None) -> str:
    """Return the cell's own pattern, or what the field is called where a cell has none."""
    if cell is None or cell.pattern is None:
        return field.decision.pattern
    return cell.pattern
