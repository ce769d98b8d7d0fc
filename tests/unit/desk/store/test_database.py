"""The database of a desk: its form, its place, and what it says when it cannot work."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from anascope.desk.store import (
    Database,
    SettingRow,
    _database,
    create_database,
    open_database,
    shown_place,
)
from anascope.errors import WriteError
from tests.postgresql import Server
from tests.refusals import refused


def file_of(database: Database) -> Path:
    return Path(database.shown)


def is_on_server(database: Database) -> bool:
    return database.shown.startswith("postgresql")


def test_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    with database.reading() as session:
        options = {"compare_type": True}
        found = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(found, SQLModel.metadata) == []


def test_made_again_it_stays_and_is_opened(place: str, database: Database) -> None:
    with database.writing() as session:
        session.add(SettingRow(key="a", value="b"))
    create_database(place).close()
    with open_database(place) as again, again.reading() as session:
        assert session.get_one(SettingRow, "a").value == "b"


def test_nothing_is_kept_of_what_failed(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            session.add(SettingRow(key="a", value="b"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert session.get(SettingRow, "a") is None


@pytest.mark.parametrize(
    ("revision", "found", "expected"),
    [
        ("9999", "a desk of a later form ('9999')", "a later version of anascope"),
        (
            "0001",
            "a desk of an earlier form ('0001')",
            "to be brought to that of this version: anascope desk init",
        ),
        (None, "no desk", "one that was made: anascope desk init"),
    ],
)
def test_other_forms_are_refused(
    place: str, database: Database, revision: str | None, found: str, expected: str
) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM alembic_version"))
        if revision:
            session.execute(text(f"INSERT INTO alembic_version VALUES ('{revision}')"))
    with refused(database.shown, found, expected):
        open_database(place)


def test_no_desk(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite"
    with refused(file, "no such file", "a desk: anascope desk init"):
        open_database(tmp_path)
    assert not file.exists()


def test_its_owner_alone_may_read_it(tmp_path: Path) -> None:
    with create_database(tmp_path / "desk") as database:
        assert stat.S_IMODE(file_of(database).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("place", "shown", "found"),
    [
        ("mysql://ann:secret@host/desk", "mysql://ann:***@host/desk", "...of the kind 'mysql'"),
        ("postgresql://ann:secret@host:port/desk", "postgresql://...", "not a URL..."),
        ("sqlite:///desk", "sqlite:///desk", "...of the kind 'sqlite'"),
    ],
)
def test_other_places_are_refused_without_the_password(place: str, shown: str, found: str) -> None:
    assert shown_place(place) == shown
    expected = "a folder, or a URL such as postgresql://NAME@HOST/DATABASE"
    with refused(shown, found, expected):
        open_database(place)


def test_a_server_that_does_not_answer() -> None:
    pytest.importorskip("psycopg")
    with refused(
        "postgresql://ann:***@127.0.0.1:1/desk",
        "cannot be reached (...)",
        "a PostgreSQL server that answers",
    ):
        open_database("postgresql://ann:secret@127.0.0.1:1/desk")


def test_a_database_that_the_server_does_not_know(server: Server) -> None:
    place = f"postgresql://desk@/nothing?host={server.folder}"
    found = 'cannot be reached (...database "nothing" does not exist)'
    with refused(shown_place(place), found, "a PostgreSQL server that answers"):
        open_database(place)


def test_locked(on_sqlite: Database) -> None:
    with on_sqlite.writing() as session:
        session.execute(text("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(on_sqlite.shown, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    expected = "it to be free: try again in a moment"
    with refused(on_sqlite.shown, "locked by another program", expected), on_sqlite.writing():
        pass
    other.close()
    with on_sqlite.writing() as session:  # and it goes on
        session.add(SettingRow(key="a", value="b"))


def test_locked_on_a_server(on_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_database, "_WAIT", 1)  # seconds
    with open_database(on_server) as one, open_database(on_server) as other, one.writing():
        expected = "it to be free: try again in a moment"
        with refused(other.shown, "locked by another program", expected), other.writing():
            pass


def test_disk_full(on_sqlite: Database) -> None:
    def fill() -> None:
        with on_sqlite.writing() as session:
            session.execute(text("PRAGMA max_page_count = 1"))
            session.add(SettingRow(key="a", value="b" * 1_000_000))

    with pytest.raises(WriteError) as caught:
        fill()
    message = "cannot be written (the disk is full); expected room on the disk"
    assert str(caught.value) == f"{on_sqlite.shown}: {message}"
    with on_sqlite.reading() as session:
        assert session.get(SettingRow, "a") is None


@pytest.mark.parametrize("damage", [b"no database at all", None])
def test_damaged(tmp_path: Path, damage: bytes | None) -> None:
    with create_database(tmp_path) as database:
        file = file_of(database)
    content = file.read_bytes()
    file.write_bytes(damage * 500 if damage else content[:4096] + b"\xff" * (len(content) - 4096))
    expected = "the database as it was written: bring back a copy"
    with refused(file, "damaged...", expected) if damage else refused(file, "damaged", expected):
        open_database(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission(tmp_path: Path) -> None:
    with create_database(tmp_path) as database:
        file_of(database).chmod(0o400)
    with pytest.raises(WriteError), open_database(tmp_path) as again, again.writing() as session:
        session.add(SettingRow(key="a", value="b"))


@pytest.mark.parametrize("table", ["trail", "reading", "result", "signature"])
def test_rows_are_only_added(database: Database, table: str) -> None:
    row = {
        "trail": "(seq, at, who, what, subject, before, after, software, model, images, previous, "
        "hash) VALUES (1, '', '', '', '', '', '', '', '', '', '', '')",
        "reading": "(specimen_id, number, content, essence_sha256, seq) VALUES (1, 1, '', '', 1)",
        "result": "(specimen_id, number, reading_number, content, seq) VALUES (1, 1, 1, '', 1)",
        "signature": "(specimen_id, result_number, place, content, seq) VALUES (1, 1, 1, '', 1)",
    }[table]
    with database.writing() as session:
        session.execute(text("INSERT INTO batch VALUES (1, 'a', '')"))
        values = "1, 1, '', '', '', 'new', 0, '', '', NULL, 0, 0, 0, 1, 1, 0, 0, 0, ''"
        session.execute(text(f"INSERT INTO specimen VALUES ({values})"))
        session.execute(text(f"INSERT INTO {table} {row}"))
    actions = ["UPDATE {} SET seq = seq", "DELETE FROM {}"]
    if is_on_server(database):  # SQLite does not know it
        actions.append("TRUNCATE {}")
    for action in actions:
        refusal = pytest.raises(DBAPIError, match="never changed or removed")
        with refusal, database.writing() as session:
            session.execute(text(action.format(table)))


@pytest.mark.parametrize("seq", [1, 3, 0])
def test_the_trail_goes_on_where_it_ends(database: Database, seq: int) -> None:
    columns = "seq, at, who, what, subject, before, after, software, model, images, previous, hash"
    values = ", ".join(["''"] * 11)
    insert = f"INTO trail ({columns}) VALUES ({{}}, {values})"
    with database.writing() as session:
        session.execute(text(f"INSERT {insert.format(1)}"))
    way = "INSERT" if is_on_server(database) else "INSERT OR REPLACE"
    with pytest.raises(DBAPIError, match="goes on where it ends"), database.writing() as session:
        session.execute(text(f"{way} {insert.format(seq)}"))
