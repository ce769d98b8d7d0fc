"""Which specimens are wanted, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, false, func
from sqlmodel import col

from anascope.desk.store import SpecimenRow, is_storable
from anascope.desk.worklist._state import Attention, State


class Sort(StrEnum):
    """What a worklist is sorted by; specimens that are alike in it stand by their names."""

    ATTENTION = "attention"
    NAME = "name"
    STATE = "state"
    PATTERN = "pattern"
    INTENSITY = "intensity"
    PROBABILITY = "probability"
    CELLS = "cells"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which specimens are wanted; None is for any.

    Attributes:
        state: What has become of them.
        attention: Why they are to be looked at.
        batch: Number of the folder of results that they are from.
        pattern: What stands for the pattern on the worklist.
        intensity: The level that stands there.
        search: What is in the name somewhere, whatever the case.
    """

    state: State | None = None
    attention: Attention | None = None
    batch: int | None = None
    pattern: str | None = None
    intensity: str | None = None
    search: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a row must fulfil."""
        wanted: list[tuple[Any, Any]] = [
            (SpecimenRow.state, None if self.state is None else self.state.value),
            (SpecimenRow.attention, None if self.attention is None else int(self.attention)),
            # As a sum: the index of names within a batch lacks what else is filtered by.
            (col(SpecimenRow.batch_id) + 0, self.batch),
            (SpecimenRow.pattern, self.pattern),
            (SpecimenRow.intensity, self.intensity),
        ]
        text = self.search.strip().casefold()
        if not all(map(is_storable, (*(value for _, value in wanted), text))):
            return [false()]  # nothing can be called so
        found = [column == value for column, value in wanted if value is not None]
        if text:
            found.append(col(SpecimenRow.name_folded).contains(text, autoescape=True))
        return found


def keys_of(sort: Sort) -> list[Any]:
    """Return what rows are sorted by: the last makes each row's place the only one."""
    first: dict[Sort, list[Any]] = {
        Sort.ATTENTION: [col(SpecimenRow.attention)],
        Sort.NAME: [],
        Sort.STATE: [col(SpecimenRow.state)],
        Sort.PATTERN: [col(SpecimenRow.pattern)],
        Sort.INTENSITY: [col(SpecimenRow.intensity)],
        # Those without one come before all others.
        Sort.PROBABILITY: [func.coalesce(col(SpecimenRow.probability), -1.0)],
        Sort.CELLS: [col(SpecimenRow.cells)],
        Sort.CHANGED: [col(SpecimenRow.changed_at)],
    }
    return [*first[sort], col(SpecimenRow.name_key), col(SpecimenRow.id)]
