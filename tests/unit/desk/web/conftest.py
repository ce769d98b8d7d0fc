"""A desk whose results lie in a folder, copied for each test, and browsers of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from anascope.desk.accounts import User
from anascope.desk.store import Database, create_database, open_database
from anascope.desk.web import Serving
from tests.unit.desk.made_up import Clock
from tests.unit.desk.web.pages import Browser, bring_in, browser, results_in


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with images, results and a desk that has them."""
    root = tmp_path_factory.mktemp("web")
    with create_database(root / "desk", clock=Clock()) as database:
        bring_in(database, results_in(root, "S-1", "S-2", "S-10", hostile=True))
    return root


@pytest.fixture
def database(prepared: Path, tmp_path: Path, clock: Clock) -> Iterator[Database]:
    shutil.copytree(prepared / "desk", tmp_path / "desk")
    with open_database(tmp_path / "desk", clock=clock) as opened:
        yield opened


@pytest.fixture
def desk(database: Database) -> Serving:
    return Serving(database)


@pytest.fixture
def local(desk: Serving) -> Browser:
    """The local user of a desk without accounts."""
    return browser(desk)


@pytest.fixture
def ann(desk: Serving, people: dict[str, User]) -> Browser:
    """A reader who has logged in."""
    return logged_in(desk, "ann")


@pytest.fixture
def bob(desk: Serving, people: dict[str, User]) -> Browser:
    """Another one."""
    return logged_in(desk, "bob")


def logged_in(desk: Serving, name: str) -> Browser:
    """Return a browser in which somebody has logged in."""
    made = browser(desk)
    assert made.log_in(name).url.path == "/"
    return made
