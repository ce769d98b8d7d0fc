"""Which specimen is in which well."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from anascope.errors import InputError, did_you_mean
from anascope.tables import TableRow, read_table, refuse_second
from anascope.titre import dilution_from

ROWS = "ABCDEFGH"
COLUMNS = tuple(range(1, 13))

_WELL = re.compile(r"([A-Ha-h])\s*0?([1-9]|1[0-2])")
_REQUIRED = ("well", "specimen")
_OPTIONAL = ("serum", "dilution", "control")


class Control(StrEnum):
    """The expected result of a control."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Well:
    """One well.

    Attributes:
        name: Its row and column, ``A1`` to ``H12``.
        specimen: Name of its specimen in the results.
        serum: Name of its serum; as ``specimen`` if the layout does not state it.
        dilution: 80 for 1:80, or None.
        control: Its expected result, or None for a patient's serum.
    """

    name: str
    specimen: str
    serum: str
    dilution: float | None = None
    control: Control | None = None


class Layout:
    """The wells of one plate.

    Args:
        wells: Each well at most once.

    Attributes:
        wells: In the order of rows, then columns.
    """

    def __init__(self, wells: Iterable[Well]) -> None:
        self._by_name = {well.name: well for well in wells}
        order = [f"{row}{column}" for row in ROWS for column in COLUMNS]
        self.wells = tuple(self._by_name[name] for name in order if name in self._by_name)

    def __getitem__(self, name: str) -> Well:
        """Return a well by its name."""
        return self._by_name[name]

    def get(self, name: str) -> Well | None:
        """Return a well by its name, or None if the layout does not name it."""
        return self._by_name.get(name)

    def sera(self) -> dict[str, tuple[Well, ...]]:
        """Return the wells of each serum of a patient that has a dilution, from the lowest on."""
        found: dict[str, list[Well]] = defaultdict(list)
        for well in self.wells:
            if well.control is None and well.dilution is not None:
                found[well.serum].append(well)
        return {
            serum: tuple(sorted(wells, key=lambda well: well.dilution or 0))
            for serum, wells in found.items()
        }


def read_layout(path: str | Path) -> Layout:
    """Return the layout in a table: CSV, Excel or Parquet (:mod:`anascope.tables`).

    Columns ``well`` and ``specimen``, and, where known, ``serum`` (patients' sera at several
    dilutions have one name), ``dilution`` (``1:80`` or ``80``) and ``control`` (``positive``,
    ``negative``, or nothing). Rows without a specimen are empty wells.

    Raises:
        InputError: for the first row that is wrong: a layout that is read in part would give a
            serum another end point.
    """
    first_wells: dict[str, str] = {}
    first_specimens: dict[str, str] = {}
    wells = []
    for row in read_table(Path(path), _REQUIRED, _OPTIONAL):
        if isinstance(row, InputError):
            raise row
        name = _well_name(row)
        refuse_second(first_wells, name, row.where, f"well {name}", "each well once")
        well = _well(name, row)
        if well is None:
            continue
        found = f"specimen {well.specimen}"
        refuse_second(first_specimens, well.specimen, row.where, found, "a well for each specimen")
        wells.append(well)
    if not wells:
        raise InputError(path, "no well with a specimen", "a row for each specimen")
    return Layout(wells)


def _well_name(row: TableRow) -> str:
    text = row["well"] or ""
    found = _WELL.fullmatch(text)
    if found is None:
        raise InputError(row.where, f"well '{text}'", "A1 to H12")
    return f"{found[1].upper()}{int(found[2])}"


def _well(name: str, row: TableRow) -> Well | None:
    specimen, serum, dilution, control = (row[key] for key in ("specimen", *_OPTIONAL))
    if specimen is None:
        given = [key for key in _OPTIONAL if row[key] is not None]
        if given:
            raise InputError(row.where, f"{given[0]} without a specimen", "a specimen as well")
        return None
    return Well(
        name,
        specimen,
        serum or specimen,
        None if dilution is None else dilution_from(dilution, row.where),
        None if control is None else _control(control, row.where),
    )


def _control(text: str, where: str) -> Control:
    try:
        return Control(text.lower())
    except ValueError:
        expected = did_you_mean(text, [kind.value for kind in Control])
        raise InputError(where, f"control '{text}'", expected) from None
