"""The database: opened, read in one transaction, changed in one transaction."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlmodel import Session

from anascope.desk.store._clock import utc_now
from anascope.desk.store._faults import telling_faults
from anascope.desk.store._migrate import check_form, migrate
from anascope.desk.store._place import Place, place_of
from anascope.errors import InputError
from anascope.extras import not_installed
from anascope.writing import writing

_WAIT = 10  # seconds for a lock, or for a server to answer
_READERS = 20  # connections that are kept; twice as many may be open
_WRITES = "anascope_writes"
_LOCK = 0x616E61  # number of the lock that whoever writes to PostgreSQL holds

_PRAGMAS = (
    f"busy_timeout = {1000 * _WAIT}",  # before all that may have to wait
    "journal_mode = WAL",  # readers go on while one writes
    "synchronous = FULL",  # what was told as written outlives a power cut
    "foreign_keys = ON",
    "recursive_triggers = ON",  # else REPLACE removes rows that a trigger protects
)


class Database:
    """A desk's database; made by :func:`create_database` and :func:`open_database`.

    Several threads may use one, and several processes one each.

    Attributes:
        shown: What messages call it: the file, or the URL without its password.
        clock: Tells the time; tests have their own.
    """

    def __init__(self, place: Place, *, clock: Callable[[], datetime.datetime] = utc_now) -> None:
        self.shown = place.shown
        self.clock = clock
        self._engine = _engine(place)
        server = place.file is None  # SQLite shows one moment by itself
        self._one_moment = {"isolation_level": "REPEATABLE READ"} if server else {}

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees the database as it is at this moment, and changes nothing.

        Raises:
            DatabaseFault: if the database is locked, damaged, or cannot be reached.
        """
        engine = self._engine.execution_options(**self._one_moment)
        with telling_faults(self.shown), Session(engine, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are all kept at the end, or, if the body raises, none.

        No other session writes meanwhile, so that what is read in it stays so until its end.

        Raises:
            DatabaseFault: if the database stays locked for ten seconds, is damaged, or cannot be
                reached.
            WriteError: if it cannot be written.
        """
        engine = self._engine.execution_options(**{_WRITES: True})
        with telling_faults(self.shown), Session(engine) as session, session.begin():
            _take_lock(session.connection())
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def create_database(
    place: str | Path, *, clock: Callable[[], datetime.datetime] = utc_now
) -> Database:
    """Make a desk's database, or bring one that is there to the form of this version.

    Args:
        place: A folder, which gets a SQLite file, or the URL of a database on a PostgreSQL server
            (``postgresql://NAME@HOST/DATABASE``).
        clock: Tells the time.

    Raises:
        InputError: if the place is none, or the server cannot be reached.
        WriteError: if it cannot be written.
    """
    where = place_of(place)
    if where.file is not None:
        _make_private(where.file)
    database = Database(where, clock=clock)
    try:
        with database.writing() as session:
            migrate(session.connection())
    except BaseException:
        database.close()
        raise
    return database


def open_database(
    place: str | Path, *, clock: Callable[[], datetime.datetime] = utc_now
) -> Database:
    """Open a desk's database.

    Args:
        place, clock: As for :func:`create_database`.

    Raises:
        InputError: if there is none, it is of another form, damaged, or cannot be reached.
    """
    where = place_of(place)
    if where.file is not None and not where.file.is_file():
        raise InputError(where.shown, "no such file", "a desk: anascope desk init")
    database = Database(where, clock=clock)
    try:
        with database.reading() as session:
            check_form(session.connection(), database.shown)
    except BaseException:
        database.close()
        raise
    return database


def _make_private(file: Path) -> None:
    """Make an empty file that its owner alone may read: it is about patients."""
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _engine(place: Place) -> Engine:
    if place.file is None:
        options = f"-c lock_timeout={1000 * _WAIT}"
        arguments = {"connect_timeout": _WAIT, "options": options}
        return _or_why_not(place, pool_pre_ping=True, connect_args=arguments)
    engine = _or_why_not(place)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _or_why_not(place: Place, **settings: Any) -> Engine:
    try:
        return create_engine(place.url, pool_size=_READERS, max_overflow=_READERS, **settings)
    except ModuleNotFoundError:
        raise not_installed("psycopg", place.shown) from None


def _set_up(connection: Any, record: object) -> None:
    connection.isolation_level = None  # Python begins no transactions of its own
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # Whoever is going to write says so at once. One that had only read could not go on once
    # another has written.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _take_lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
