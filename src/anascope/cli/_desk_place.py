"""Which desk a command is about, and who runs it."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from anascope.extras import is_installed, not_installed

if TYPE_CHECKING:
    from anascope.desk.accounts import User
    from anascope.desk.store import Database

Desk = Annotated[str, typer.Argument(help="Folder of the desk, or URL of its PostgreSQL database.")]

_NEEDED = ("sqlmodel", "alembic", "argon2", "fastapi", "uvicorn", "python_multipart", "authlib")


def needs_extra() -> None:
    """Check that all is installed that a desk needs.

    Raises:
        InputError: if it is not.
    """
    for name in _NEEDED:
        if not is_installed(name):
            raise not_installed(name, "desk")


def opened(desk: str) -> Database:
    """Open a desk's database."""
    needs_extra()
    from anascope.desk.store import open_database

    return open_database(desk)


def this_operator() -> User:
    """Return who runs the command, as the system calls them."""
    from anascope.desk.accounts import operator

    try:
        return operator(getpass.getuser())
    except (KeyError, OSError):  # a number without a name, as in some containers
        return operator("unnamed")
