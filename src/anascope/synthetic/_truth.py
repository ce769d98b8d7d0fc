"""What is known of the cells of a drawn field, one row a cell."""

from __future__ import annotations

from anascope.records import CellRecord
from anascope.synthetic._field import DrawnCell, DrawnField
from anascope.synthetic._population import PlannedField
from anascope.synthetic.cells import Phase
from anascope.words import pattern_named


def cells_of(planned: PlannedField, drawn: DrawnField) -> list[CellRecord]:
    """Return what is known of each cell of a drawn field.

    Boxes include both ends; ``cell`` is its number in the instances, ``pattern`` the leaf that was
    drawn where the field's own label may be a family. Centre and area are in pixels, brightness in
    grey levels of 8 bits over the background.
    """
    return [
        CellRecord(
            field=planned.name,
            cell=str(cell.number),
            kind="cell" if cell.phase is Phase.INTERPHASE else "mitotic_cell",
            pattern=cell.patterns[0],
            intensity=planned.intensity,
            min_y=cell.min_y,
            min_x=cell.min_x,
            max_y=cell.max_y,
            max_x=cell.max_x,
            centre_y=round(cell.y, 2),
            centre_x=round(cell.x, 2),
            area=cell.area,
            phase=str(cell.phase),
            chromatin=chromatin_of(cell),
            brightness=round(cell.brightness, 2),
            other_patterns="+".join(cell.patterns[1:]) or None,
        )
        for cell in drawn.cells
    ]


def chromatin_of(cell: DrawnCell) -> str | None:
    """Return whether the chromatin of a dividing cell is ``stained`` or ``unstained``.

    None in interphase, and where no pattern of the serum stains it but one leaves it open.
    """
    if cell.phase is Phase.INTERPHASE:
        return None
    stains = [pattern_named(leaf).stains_chromatin for leaf in cell.patterns]
    if True in stains:
        return "stained"
    return None if None in stains else "unstained"
