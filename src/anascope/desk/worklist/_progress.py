"""How far the work has come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from anascope.desk.store import BatchRow, Database, SpecimenRow
from anascope.desk.worklist._query import Filter
from anascope.desk.worklist._reading import path_of
from anascope.desk.worklist._state import Attention, State


@dataclass(frozen=True, slots=True)
class Batch:
    """A folder of results.

    Attributes:
        id: Its number.
        folder: Where it is.
        imported_at: When the last import of it began that has ended, UTC; empty if none has.
    """

    id: int
    folder: Path
    imported_at: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many specimens there are.

    Attributes:
        by_state: Of each state.
        by_attention: Of each reason to look at them.
    """

    by_state: dict[State, int]
    by_attention: dict[Attention, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    @property
    def done(self) -> int:
        """Those that are signed or rejected."""
        return self.by_state[State.SIGNED] + self.by_state[State.REJECTED]


def batches(database: Database) -> list[Batch]:
    """Return the folders of results that the desk has, the last brought in first."""
    query = select(BatchRow).order_by(col(BatchRow.imported_at).desc(), col(BatchRow.id).desc())
    with database.reading() as session:
        return [
            Batch(row.id or 0, path_of(row.folder), row.imported_at)
            for row in session.execute(query).scalars()
        ]


def progress(database: Database, wanted: Filter | None = None) -> Progress:
    """Return how many specimens of a kind there are.

    Args:
        database: The desk's.
        wanted: Which specimens, such as those of a batch; all if None.
    """
    conditions = (wanted or Filter()).conditions()
    columns = col(SpecimenRow.state), col(SpecimenRow.attention)
    by_state, by_attention = dict.fromkeys(State, 0), dict.fromkeys(Attention, 0)
    with database.reading() as session:
        query = select(*columns, func.count()).where(*conditions).group_by(*columns)
        for state, attention, count in session.execute(query):
            by_state[State(state)] += count
            by_attention[Attention(attention)] += count
    return Progress(by_state, by_attention)
