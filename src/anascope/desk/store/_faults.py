"""What a database says when it cannot do its work, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from anascope.errors import InputError, WriteError, one_line

_SOON = "it to be free: try again in a moment"
_ROOM = "room on the disk"
_ALLOWED = "a place that may be written to"
_WHOLE = "the database as it was written: bring back a copy"
_SERVER = "a PostgreSQL server that answers"

# By the beginning of SQLite's name of an error: whether it is one of writing, what was found, and
# what is needed.
_SQLITE: tuple[tuple[str, bool, str, str], ...] = (
    ("SQLITE_BUSY", False, "locked by another program", _SOON),
    ("SQLITE_LOCKED", False, "locked by another program", _SOON),
    ("SQLITE_FULL", True, "cannot be written (the disk is full)", _ROOM),
    ("SQLITE_READONLY", True, "cannot be written (no permission)", _ALLOWED),
    ("SQLITE_PERM", True, "cannot be written (no permission)", _ALLOWED),
    ("SQLITE_CANTOPEN", True, "cannot be opened", "a file that may be read and written"),
    (
        "SQLITE_IOERR",
        True,
        "cannot be written (the disk reports an error)",
        "a disk without errors",
    ),
    ("SQLITE_CORRUPT", False, "damaged", _WHOLE),
    ("SQLITE_NOTADB", False, "damaged, or no database", _WHOLE),
)

# By the beginning of PostgreSQL's SQLSTATE; the longer come first.
_POSTGRESQL: tuple[tuple[str, bool, str, str], ...] = (
    ("55P03", False, "locked by another program", _SOON),
    ("40", False, "locked by another program", _SOON),
    ("53100", True, "cannot be written (the disk of the server is full)", _ROOM),
    ("53300", False, "has too many users at once", _SOON),
    ("53", False, "the server is short of memory or room", "a server with room"),
    ("25006", True, "cannot be written (the server only lets it be read)", _ALLOWED),
    ("42501", True, "cannot be written (no permission)", "a user of the server who may"),
    ("28", False, "the server refuses this user or password", "a user whom it knows"),
    ("3D000", False, "there is no such database on the server", "one that was made (createdb)"),
    ("57P", False, "the server is ending, or beginning", _SERVER),
    ("08", False, "the connection to the server was lost", _SERVER),
    ("XX", False, "damaged, as its server says", _WHOLE),
)


class DatabaseFault(InputError):
    """The database cannot do its work now, whatever it was asked."""


@contextmanager
def telling_faults(shown: str) -> Iterator[None]:
    """Say in one line what the database reports while the body works on it.

    Args:
        shown: What to call the database.

    Raises:
        WriteError: if it cannot be written.
        DatabaseFault: if it is locked, damaged, or cannot be reached.
    """
    try:
        yield
    except DBAPIError as error:
        fault = _in_words(error)
        if fault is None:  # a defect of ours
            raise
        kind, found, expected = fault
        raise kind(shown, found, expected) from error


def _in_words(error: DBAPIError) -> tuple[type[InputError], str, str] | None:
    original = error.orig
    sqlite, state = getattr(original, "sqlite_errorname", None), getattr(original, "sqlstate", None)
    known, name = (_SQLITE, sqlite) if sqlite else (_POSTGRESQL, state)
    for beginning, of_writing, found, expected in known:
        if name and name.startswith(beginning):
            return WriteError if of_writing else DatabaseFault, found, expected
    if name is None and type(original).__module__.startswith("psycopg"):
        lines = str(original).strip().splitlines() or [""]
        return DatabaseFault, f"cannot be reached ({one_line(lines[0])})", _SERVER
    return None
