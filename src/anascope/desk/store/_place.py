"""Where a desk's database is: a folder, or a server by its URL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from anascope.errors import InputError

FILE = "desk.sqlite"
"""Name of the SQLite file in the desk's folder."""

_POSTGRESQL = {"postgresql", "postgres"}
_EXAMPLE = "a folder, or a URL such as postgresql://NAME@HOST/DATABASE"


@dataclass(frozen=True, slots=True)
class Place:
    """A place for a database.

    Attributes:
        url: What SQLAlchemy opens.
        file: The SQLite file, or None where a server has it.
        shown: What messages say: without a password.
    """

    url: URL
    file: Path | None
    shown: str


def place_of(place: str | Path) -> Place:
    """Return the place that a folder or a URL names.

    Raises:
        InputError: if it is a URL of something else than PostgreSQL.
    """
    if isinstance(place, Path) or "://" not in place:
        file = Path(place).absolute() / FILE
        return Place(URL.create("sqlite+pysqlite", database=str(file)), file, str(file))
    shown = shown_place(place)
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise InputError(shown, "not a URL of a database", _EXAMPLE) from None
    if url.drivername not in _POSTGRESQL:
        raise InputError(shown, f"a database of the kind '{url.drivername}'", _EXAMPLE)
    return Place(url.set(drivername="postgresql+psycopg"), None, shown)


def shown_place(place: str | Path) -> str:
    """Return a place as messages may show it: a password in a URL becomes ``***``."""
    text = str(place)
    try:
        return make_url(text).render_as_string(hide_password=True) if "://" in text else text
    except (ArgumentError, ValueError):
        return f"{text.partition('://')[0]}://..."
