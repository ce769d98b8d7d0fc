"""A desk on SQLite and one on PostgreSQL, with a clock that tests turn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from anascope.desk.accounts import Role, User, _passwords, add_account, operator
from anascope.desk.store import Database, create_database
from tests.postgresql import Server, postgresql_server
from tests.unit.desk.made_up import Clock

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at once: being slow on purpose would take most of the time of these tests."""
    cheap = PasswordHasher.from_parameters(CHEAPEST)
    monkeypatch.setattr(_passwords, "_hasher", lambda: cheap)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, with a desk for others to be made like."""
    with postgresql_server() as started:
        create_database(started.make("empty")).close()
        yield started


@pytest.fixture
def on_server(server: Server) -> Iterator[str]:
    """The URL of a desk on a PostgreSQL server."""
    name = f"desk{next(_numbers)}"
    yield server.make(name, like="empty")
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a desk's database."""
    if request.param == "sqlite":
        return str(tmp_path / "desk")
    url: str = request.getfixturevalue("on_server")
    return url


@pytest.fixture
def database(place: str, clock: Clock) -> Iterator[Database]:
    with create_database(place, clock=clock) as made:
        yield made


@pytest.fixture
def on_sqlite(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    """For what does not depend on the kind of database, and takes long."""
    with create_database(tmp_path / "sqlite", clock=clock) as made:
        yield made


@pytest.fixture
def people(database: Database) -> dict[str, User]:
    """Accounts of each role: ann and bob read, sue is a senior, kim an administrator."""
    return _with_people(database)


@pytest.fixture
def people_on_sqlite(on_sqlite: Database) -> dict[str, User]:
    return _with_people(on_sqlite)


def _with_people(database: Database) -> dict[str, User]:
    roles = {"kim": Role.ADMINISTRATOR, "ann": Role.READER, "bob": Role.READER, "sue": Role.SENIOR}
    for name, role in roles.items():
        add_account(database, name, f"correct horse {name}", role, by=operator("root"))
    return {name: User(name, role) for name, role in roles.items()}
