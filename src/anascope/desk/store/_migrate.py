"""Brings a database to the form that this version of anascope knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from anascope.errors import InputError

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Apply the migrations that a database lacks, within its transaction: all of them or none."""
    scripts = ScriptDirectory(str(_SCRIPTS))

    def missing(revision: Any, context: Any) -> Any:
        return scripts._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), scripts, fn=missing, destination_rev="head") as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def check_form(connection: Connection, shown: str) -> None:
    """Check that a database has the form that this version knows.

    Raises:
        InputError: if it holds no desk, one of an earlier form, or one of a later version.
    """
    scripts = ScriptDirectory(str(_SCRIPTS))
    found = MigrationContext.configure(connection).get_current_revision()
    if found == scripts.get_current_head():
        return
    if found is None:
        raise InputError(shown, "no desk", "one that was made: anascope desk init")
    if any(found == known.revision for known in scripts.walk_revisions()):
        expected = "to be brought to that of this version: anascope desk init"
        raise InputError(shown, f"a desk of an earlier form ('{found}')", expected)
    raise InputError(shown, f"a desk of a later form ('{found}')", "a later version of anascope")
