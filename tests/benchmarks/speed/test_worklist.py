"""The benchmark of the worklist on a small desk, and that indices serve what it asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from anascope.desk.store import create_database, open_database
from anascope.desk.worklist import Filter, Sort, State, progress, worklist
from benchmarks.speed.worklist import fill, measure

COUNT = 1200


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    with create_database(folder) as database:
        fill(database, COUNT, brought_in=100)
    return folder


@pytest.fixture
def asked() -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked, with its values."""
    found: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: object) -> None:
        found.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def test_it_is_filled_as_a_desk_is(place: Path) -> None:
    with open_database(place) as database:
        found = progress(database)
        assert found.total == COUNT
        assert {state for state, count in found.by_state.items() if count} == set(State)
        names = [row.name for row in worklist(database, sort=Sort.NAME, limit=500).rows]
    assert names[0] == "A0"
    assert names.index("Plate 2 A3") < names.index("Plate 2 A10") < names.index("Plate 3 A0")


def test_everything_is_asked(place: Path) -> None:
    found = measure(place, 1)
    assert len(found) > 40
    assert all(0 < one["seconds"] < 10 for one in found.values())


@pytest.mark.parametrize("sort", [Sort.ATTENTION, Sort.NAME])
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(state=State.NEW),
        Filter(pattern="nothing"),
        Filter(intensity="positive", batch=1),
        Filter(search="nothing"),
        Filter(search="b1", state=State.SIGNED, pattern="golgi"),
    ],
)
def test_no_row_is_looked_at_that_is_not_shown(
    place: Path, asked: list[tuple[str, Any]], sort: Sort, wanted: Filter
) -> None:
    """An index holds all that is filtered and sorted by: hundreds of thousands are no matter."""
    with open_database(place) as database:
        asked.clear()
        worklist(database, wanted, sort=sort)
        statement, values = next(one for one in asked if "ORDER BY" in one[0])
        file = database.shown
    raw = sqlite3.connect(file)
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    raw.close()
    assert "COVERING INDEX" in plan[0], plan
    if wanted.state is None:
        assert len(plan) == 1, plan  # nothing is sorted
