"""Public sets and plain tables as sources of a cohort: one file a layout.

A source says what lies in files of others and what is wrong with them (:class:`Finding`); it writes
nothing. What is made of cohorts is in :mod:`anascope.cohorts.composed`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from anascope.cohorts.sources._base import (
    CELL_COLUMNS,
    MEASURED_COLUMNS,
    Source,
    SourceField,
)
from anascope.cohorts.sources._drawn import DrawnSource
from anascope.cohorts.sources._findings import FieldError, Finding, Kind, Severity
from anascope.cohorts.sources._i3a_fields import I3aFieldsSource
from anascope.cohorts.sources._i3a_task1 import I3aTask1Source
from anascope.cohorts.sources._i3a_task2 import I3aTask2Source
from anascope.cohorts.sources._mivia import MiviaSource
from anascope.cohorts.sources._recovered import (
    GAP,
    MEASURES,
    CellTraits,
    recover_specimens,
    shared_pixels,
    traits_of,
)
from anascope.cohorts.sources._table import TableSource
from anascope.errors import InputError, did_you_mean

SOURCES: dict[str, Callable[[Path], Source]] = {
    "mivia": MiviaSource,
    "i3a-task1": I3aTask1Source,
    "i3a-task2": I3aTask2Source,
    "i3a-fields": I3aFieldsSource,
    "table": TableSource,
}


def open_source(path: str | Path, format_name: str) -> Source:
    """Return the source in ``path``, read as the layout ``format_name``.

    Raises:
        InputError: if the layout is unknown or ``path`` does not hold it.
    """
    path = Path(path)
    if format_name not in SOURCES:
        raise InputError("format_name", f"'{format_name}'", did_you_mean(format_name, SOURCES))
    if not path.exists():
        raise InputError(path, "no such file or folder", f"a cohort in the {format_name} layout")
    return SOURCES[format_name](path)


__all__ = [
    "CELL_COLUMNS",
    "GAP",
    "MEASURED_COLUMNS",
    "MEASURES",
    "SOURCES",
    "CellTraits",
    "DrawnSource",
    "FieldError",
    "Finding",
    "I3aTask1Source",
    "Kind",
    "Severity",
    "Source",
    "SourceField",
    "open_source",
    "recover_specimens",
    "shared_pixels",
    "traits_of",
]
