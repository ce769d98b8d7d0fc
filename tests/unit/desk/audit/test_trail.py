"""The trail: entries that are added, shown, and proved whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from sqlite3 import Connection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anascope import __version__
from anascope.desk.audit import BEGINNING, Change, Noted, What, append, history, verify
from anascope.desk.store import Database, create_database
from anascope.errors import InputError
from anascope.files import sha256_of

AT = "2026-03-01T12:00:00.000000Z"
COLUMNS = (
    "seq",
    "at",
    "who",
    "what",
    "subject",
    "before",
    "after",
    "software",
    "model",
    "images",
    "previous",
    "hash",
)


def fill(database: Database, count: int = 4) -> list[int]:
    changes = [
        Change(
            What.ROLE,
            f"account a{number % 2}",
            "reader",
            "senior – ä",
            "m" * 64,
            (sha256_of(bytes([number])), "b" * 64),
        )
        for number in range(count)
    ]
    with database.writing() as session:
        return append(session, changes, who="änn", at=AT)


def test_entries_follow_each_other(database: Database) -> None:
    assert fill(database, 2) == [1, 2]
    assert fill(database, 3) == [3, 4, 5]
    with database.reading() as session:
        last, *_, first = history(session)
        own = history(session, "account a1")
        assert [entry.seq for entry in own] == [4, 2]
        assert [entry.seq for entry in history(session, before=3, limit=1)] == [2]
    assert (first.seq, last.seq) == (1, 5)
    assert (first.who, first.at, first.what) == ("änn", AT, "role changed")
    assert (first.before, first.after) == ("reader", "senior – ä")
    assert first.software == f"anascope {__version__}"
    assert first.images == (sha256_of(b"\0"), "b" * 64)
    check = verify(database)
    assert (check.entries, check.broken) == (5, None)
    assert check.end == Noted(5, last.hash)


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert verify(database).end == Noted(0, BEGINNING)


def test_nothing_is_written_of_what_failed(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            append(session, [Change(What.ROLE, "account a")], who="a", at=AT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert verify(database).entries == 0


def test_what_was_noted_is_looked_for(database: Database) -> None:
    fill(database)
    noted = verify(database).end
    fill(database)
    assert verify(database, noted=Noted.from_text(f" {noted}\n")).broken is None
    other = Noted(noted.seq, "f" * 64)
    message = f"the trail does not hold entry {other}, which was noted"
    assert verify(database, noted=other).broken == message


@pytest.mark.parametrize("text", ["", "5", "5:abc", "-1:" + "0" * 64, "x" * 1000])
def test_other_notes_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="NUMBER:HASH"):
        Noted.from_text(text)


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Connection]]:
    """A trail, and the hands of somebody who can write to its file."""
    with create_database(tmp_path_factory.mktemp("trail")) as made:
        fill(made, 5)
        raw = sqlite3.connect(made.shown, isolation_level=None)
        for trigger in ("trail_no_update", "trail_no_delete", "trail_in_order"):
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute("CREATE TABLE whole AS SELECT * FROM trail")
        yield made, raw
        raw.close()


def broken_by(
    trail: tuple[Database, Connection], *statements: tuple[str, tuple[object, ...]]
) -> str:
    """Return what is said once the statements have changed the trail, and undo them."""
    database, raw = trail
    for statement, values in statements:
        raw.execute(statement, values)
    try:
        return verify(database).broken or ""
    finally:
        raw.execute("DELETE FROM trail")
        raw.execute("INSERT INTO trail SELECT * FROM whole")


@settings(max_examples=40)
@given(st.data())
def test_every_byte_counts(trail: tuple[Database, Connection], data: st.DataObject) -> None:
    """Any byte of any value of any entry, changed into any other one, is found there."""
    seq = data.draw(st.integers(1, 5))
    column = data.draw(st.sampled_from(COLUMNS[1:]))
    read = f"SELECT CAST({column} AS BLOB) FROM trail WHERE seq = ?"
    (value,) = trail[1].execute(read, (seq,)).fetchone()
    place = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != value[place]))
    changed = value[:place] + bytes([other]) + value[place + 1 :]
    message = broken_by(
        trail,
        (f"UPDATE trail SET {column} = CAST(? AS TEXT) WHERE seq = ?", (changed, seq)),
    )
    assert message.startswith(f"entry {seq}"), message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM trail WHERE seq = 3", "entry 3: is missing; entry 4 follows 2"),
        ("DELETE FROM trail WHERE seq = 1", "entry 1: is missing; entry 2 follows the beginning"),
        ("UPDATE trail SET seq = 9 WHERE seq = 5", "entry 5: is missing; entry 9 follows 4"),
        ("UPDATE trail SET seq = 0 WHERE seq = 1", "entry 1: is missing; entry 0 follows the beg"),
        ("UPDATE trail SET who = CAST(who AS BLOB) WHERE seq = 2", "entry 2"),
        (
            "INSERT INTO trail SELECT 6, at, who, what, subject, before, after, software, model, "
            "images, previous, hash FROM trail WHERE seq = 5",
            "entry 6",
        ),
    ],
)
def test_other_changes_are_found(
    trail: tuple[Database, Connection], statement: str, message: str
) -> None:
    assert broken_by(trail, (statement, ())).startswith(message)


@pytest.mark.parametrize("images", ["", "5", "{", "null"])
def test_an_entry_that_is_damaged_is_named_in_a_line(
    trail: tuple[Database, Connection], images: str
) -> None:
    database, raw = trail
    change = "UPDATE trail SET images = ? WHERE seq = 3"
    (whole,) = raw.execute("SELECT images FROM trail WHERE seq = 3").fetchone()
    raw.execute(change, (images,))
    try:
        with database.reading() as session, pytest.raises(InputError, match=r"^entry 3 of the "):
            history(session)
    finally:
        raw.execute(change, (whole,))


def test_entries_that_change_places_are_found(trail: tuple[Database, Connection]) -> None:
    message = broken_by(
        trail,
        ("UPDATE trail SET seq = 99 WHERE seq = 2", ()),
        ("UPDATE trail SET seq = 2 WHERE seq = 3", ()),
        ("UPDATE trail SET seq = 3 WHERE seq = 99", ()),
    )
    assert message.startswith("entry 2")


def test_the_trail_itself_was_whole(trail: tuple[Database, Connection]) -> None:
    assert broken_by(trail) == ""
