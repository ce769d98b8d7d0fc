"""Pages of the worklist: in order, each specimen once, and the urgent ones first."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from anascope.desk.store import Database, create_database
from anascope.desk.worklist import (
    Attention,
    Filter,
    Sort,
    State,
    WorklistRow,
    batches,
    progress,
    worklist,
)
from anascope.errors import InputError
from tests.unit.desk.made_up import Clock, made_up_read, put_in
from tests.unit.reading.results.conftest import made_up_decision, made_up_mixture

FOLDER = Path("/images")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A desk with 45 specimens of two folders, which differ in all that is sorted by."""
    patterns = ("homogeneous", "golgi", "coarse speckled")
    read = []
    for number in range(1, 41):
        pattern = patterns[number % 3]
        others = ("numa-like",) if number % 7 == 0 else ()
        decision = made_up_decision(pattern, others=others)
        read.append(
            made_up_read(
                f"S-{number}",
                FOLDER,
                decision,
                evaluable=number % 10 != 0,
                flagged=number % 8 == 0,
                fields=1 + number % 4,
                write=False,
            )
        )
    further = [made_up_read(f"s-{n}", FOLDER, write=False) for n in range(3)]
    further.append(made_up_read("100%_Ä", FOLDER, made_up_mixture(), write=False))
    further.append(made_up_read("Ω/\\", FOLDER, write=False))
    with create_database(tmp_path_factory.mktemp("desk"), clock=Clock()) as database:
        put_in(database, read)
        put_in(database, further, "file:///b")
        yield database


def pages(database: Database, limit: int, **asked: object) -> Iterator[tuple[WorklistRow, ...]]:
    after = None
    while True:
        page = worklist(database, after=after, limit=limit, **asked)  # type: ignore[arg-type]
        yield page.rows
        after = page.after
        if after is None:
            return


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_each_specimen_once(filled: Database, sort: Sort, descending: bool) -> None:
    found = list(pages(filled, 7, sort=sort, descending=descending))
    assert [len(page) for page in found] == [7] * 6 + [3]
    rows = [row for page in found for row in page]
    assert rows == list(worklist(filled, sort=sort, descending=descending, limit=100).rows)
    assert len({row.id for row in rows}) == 45
    if sort is not Sort.NAME:
        values = [getattr(row, _ATTRIBUTE.get(sort, sort.value)) for row in rows]
        keys = [-1 if value is None else value for value in values]
        assert keys == sorted(keys, reverse=descending)


_ATTRIBUTE = {Sort.CHANGED: "changed_at"}


def test_names_sort_as_people_sort_them(filled: Database) -> None:
    names = [row.name for row in worklist(filled, sort=Sort.NAME).rows]
    assert names[:5] == ["100%_Ä", "s-0", "S-1", "s-1", "S-2"]
    assert names[-2:] == ["S-40", "Ω/\\"]


def test_the_urgent_ones_come_first(filled: Database) -> None:
    rows = worklist(filled, limit=100).rows
    order = [row.attention for row in rows]
    assert order == sorted(order)
    assert [order.count(each) for each in Attention] == [0, 5, 4, 4, 32, 0]
    assert [row.name for row in rows[:5]] == ["S-7", "S-14", "S-21", "S-28", "S-35"]
    assert rows[0].pattern == "undecided"
    empty = [row for row in rows if row.attention is Attention.NOT_EVALUABLE]
    assert {(row.pattern, row.intensity, row.probability) for row in empty} == {
        ("not evaluable", "", None)
    }


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Filter(), 45),
        (Filter(state=State.NEW), 45),
        (Filter(state=State.SIGNED), 0),
        (Filter(attention=Attention.FLAGGED), 4),
        (Filter(batch=1), 40),
        (Filter(batch=2), 5),
        (Filter(batch=2**70), 0),
        (Filter(pattern="golgi"), 10),
        (Filter(pattern="homogeneous + golgi"), 1),
        (Filter(pattern="gol\0gi"), 0),
        (Filter(pattern="\ud800"), 0),
        (Filter(intensity="positive"), 41),
        (Filter(search="S-3"), 11),
        (Filter(search=" s-3 ", batch=1), 11),
        (Filter(search="%"), 1),
        (Filter(search="_"), 1),
        (Filter(search="\\"), 1),
        (Filter(search="ä"), 1),
        (Filter(search="' OR 1=1 --"), 0),
        (Filter(search="\ud800"), 0),
        (Filter(search="\0"), 0),
    ],
)
def test_filters(filled: Database, wanted: Filter, count: int) -> None:
    assert len(worklist(filled, wanted, limit=100).rows) == count
    assert progress(filled, wanted).total == count
    assert sum(len(page) for page in pages(filled, 3, wanted=wanted)) == count


def test_what_comes_in_shifts_no_page(on_sqlite: Database) -> None:
    put_in(on_sqlite, [made_up_read(f"S-{n}", FOLDER, write=False) for n in (2, 4, 6)])
    first = worklist(on_sqlite, limit=2)
    put_in(on_sqlite, [made_up_read(f"S-{n}", FOLDER, write=False) for n in (1, 5)])
    second = worklist(on_sqlite, limit=2, after=first.after)
    assert [row.name for row in (*first.rows, *second.rows)] == ["S-2", "S-4", "S-5", "S-6"]


def forged(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "",
        "nonsense",
        "ä",
        forged("name", False, "s", 1),
        forged("attention", True, 4, "s", 1),
        forged("attention", False, 4, "s"),
        forged("attention", False, "4", "s", 1),
        forged("attention", False, 4, "s", True),
        forged("attention", False, 4, "\ud800", 1),
        forged("attention", False, 4, "s", 2**70),
        forged("attention", False, None, "s", 1),
        "[" * 5000,
    ],
)
def test_other_ends_of_pages_are_refused(filled: Database, after: str) -> None:
    with pytest.raises(InputError, match="not the end of a page"):
        worklist(filled, after=after)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_sizes_of_pages(filled: Database, limit: int) -> None:
    with pytest.raises(InputError, match="1 to 500"):
        worklist(filled, limit=limit)


def test_progress(filled: Database) -> None:
    found = progress(filled)
    assert (found.total, found.done, found.by_state[State.NEW]) == (45, 0, 45)
    assert found.by_attention[Attention.UNDECIDED] == 5
    assert {batch.folder for batch in batches(filled)} == {Path("/a"), Path("/b")}


def test_on_a_server_as_on_sqlite(database: Database) -> None:
    names = ["S-10", "s-2", "Ä-1", "B 3", "b 20", "_", "é"]
    put_in(database, [made_up_read(name, FOLDER, write=False) for name in names])
    for sort in Sort:
        rows = [row.name for page in pages(database, 2, sort=sort) for row in page]
        assert rows == ["_", "B 3", "b 20", "s-2", "S-10", "Ä-1", "é"]
    assert [row.name for row in worklist(database, Filter(search="S-")).rows] == ["s-2", "S-10"]
    assert progress(database).total == 7
