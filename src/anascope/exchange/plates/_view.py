"""A plate as it is looked at: 8 rows of 12 wells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from anascope.csv_text import marked
from anascope.exchange._positive import is_positive
from anascope.exchange.plates._layout import COLUMNS, ROWS, Control, Layout, Well
from anascope.reading import NOT_EVALUABLE, SpecimenReading
from anascope.titre import dilution_text

_EMPTY = "."
_NOT_READ = "not read"
_NARROWEST = 5  # letters of a well in a terminal, with the blank after it


@dataclass(frozen=True, slots=True)
class WellView:
    """One well, and what was read of it.

    Attributes:
        well: Its entry in the layout.
        pattern: The pattern of its specimen, ``not evaluable`` or ``not read``.
        intensity: The level, or None.
        flagged: How many of its fields are flagged.
        as_control: For a control, whether it has the expected result; None for other wells, and if
            that cannot be decided.
    """

    well: Well
    pattern: str
    intensity: str | None
    flagged: int
    as_control: bool | None

    @property
    def text(self) -> str:
        """The well in a few words: specimen, dilution, pattern, intensity, warnings."""
        dilution = self.well.dilution
        words = [self.well.specimen, "" if dilution is None else dilution_text(dilution)]
        words += [self.pattern, self.intensity or ""]
        if self.well.control is not None:
            words.append(f"{self.well.control.value} control")
            if self.as_control is False:
                words.append("not the expected result")
        if self.flagged:
            words.append("flagged")
        return ", ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class PlateView:
    """A plate.

    Attributes:
        rows: 8 rows of 12 wells, A1 first; None where the layout names none.
        failed: Names of the controls with an unexpected result.
        not_in_layout: Specimens that were read and have no well.
    """

    rows: tuple[tuple[WellView | None, ...], ...]
    failed: tuple[str, ...]
    not_in_layout: tuple[str, ...]


def plate_view(layout: Layout, readings: Iterable[SpecimenReading]) -> PlateView:
    """Return a plate with what was read of its wells.

    Args:
        layout: Which specimen is where.
        readings: What was read.
    """
    own = {well.specimen for well in layout.wells}
    by_name: dict[str, SpecimenReading] = {}
    others = []
    for reading in readings:
        if reading.specimen in own:
            by_name[reading.specimen] = reading
        else:
            others.append(reading.specimen)
    rows = tuple(
        tuple(_view(layout.get(f"{row}{column}"), by_name) for column in COLUMNS) for row in ROWS
    )
    wells = [view for view in chain.from_iterable(rows) if view is not None]
    failed = tuple(view.well.name for view in wells if view.as_control is False)
    return PlateView(rows, failed, tuple(others))


def to_csv(view: PlateView) -> str:
    """Return a plate as CSV: a column a column of the plate, no text of it a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["", *COLUMNS])
    for name, row in zip(ROWS, view.rows, strict=True):
        writer.writerow([name, *("" if well is None else marked(well.text) for well in row)])
    return file.getvalue()


def to_text(view: PlateView, width: int = 170) -> str:
    """Return a plate for a terminal: the shortened pattern of each well, and warnings.

    A ``!`` marks wells that are flagged, and controls with an unexpected result.

    Args:
        view: The plate.
        width: Letters of a line; a plate has 62 at least.
    """
    room = max((width - 2) // len(COLUMNS), _NARROWEST)
    lines = ["  " + "".join(f"{column:<{room}}" for column in COLUMNS).rstrip()]
    for name, row in zip(ROWS, view.rows, strict=True):
        cells = (_short(well, room - 1) for well in row)
        lines.append(f"{name} " + "".join(f"{cell:<{room}}" for cell in cells).rstrip())
    return "\n".join(lines) + "\n"


def _short(view: WellView | None, room: int) -> str:
    if view is None:
        return _EMPTY
    sign = "!" if view.flagged or view.as_control is False else ""
    room -= len(sign)
    return (view.pattern if len(view.pattern) <= room else view.pattern[: room - 1] + "…") + sign


def _view(well: Well | None, by_name: Mapping[str, SpecimenReading]) -> WellView | None:
    if well is None:
        return None
    reading = by_name.get(well.specimen)
    if reading is None:
        return WellView(well, _NOT_READ, None, 0, None)
    decision = reading.decision
    if decision is None:
        return WellView(well, NOT_EVALUABLE, None, reading.flagged, None)
    shows, _ = is_positive(decision)
    as_control = None
    if well.control is not None and shows is not None:
        as_control = shows == (well.control is Control.POSITIVE)
    pattern = decision.pattern or "no answer"
    return WellView(well, pattern, decision.intensity, reading.flagged, as_control)
