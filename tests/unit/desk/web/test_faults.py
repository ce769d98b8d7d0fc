"""A server that is killed, and a database that fails while the desk is served."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import httpx2
import pytest
from sqlalchemy import text

from anascope.desk.audit import verify
from anascope.desk.review import view
from anascope.desk.store import Database, create_database, open_database
from anascope.desk.web import Serving
from anascope.desk.worklist import State, worklist
from tests.postgresql import Server
from tests.unit.desk.made_up import made_up_read, put_in
from tests.unit.desk.web.pages import Browser, browser

COUNT = 60
WHOLE = {"verdict": "patterns", "pattern": ["golgi", "", "", ""], "action": "sign"}


@contextmanager
def serving(place: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give ``anascope desk serve`` as a process of its own, and the address of its pages."""
    command = [sys.executable, "-m", "anascope", "desk", "serve", place, "--port", "0"]
    process = subprocess.Popen(command, stdout=PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None, line
        yield process, found[0]
    finally:
        process.kill()
        process.stdout.close()
        process.wait(60)


def sign(client: httpx2.Client, number: int) -> int:
    """Sign a specimen as a browser does, and return the status of the answer."""
    page = client.get(f"/specimens/{number}", headers={"Accept": "text/html"}).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    values = {key: hidden[key] for key in ("form_token", "seen")} | WHOLE
    return client.post(f"/specimens/{number}/result", data=values).status_code


@pytest.mark.parametrize("count", [1, 5])
def test_a_server_that_is_killed_loses_no_signature(place: str, tmp_path: Path, count: int) -> None:
    with create_database(place) as database:
        put_in(database, [made_up_read(f"S-{n}", tmp_path, fields=1) for n in range(COUNT)])
    signed: list[int] = []
    enough = threading.Event()

    def work(address: str) -> None:
        with httpx2.Client(base_url=address) as client:
            try:
                for number in range(1, COUNT + 1):
                    if sign(client, number) == 303:
                        signed.append(number)
                    if len(signed) == count:
                        enough.set()
            except httpx2.HTTPError:  # the server is gone
                pass

    with serving(place) as (process, address):
        reader = threading.Thread(target=work, args=(address,))
        reader.start()
        assert enough.wait(120)
        process.kill()
        reader.join(60)
        assert process.wait(60) == -signal.SIGKILL
    assert count <= len(signed) < COUNT
    with open_database(place) as database:
        rows = worklist(database, limit=COUNT).rows
        kept = {row.id for row in rows if row.state is State.SIGNED}
        # One may have been kept, and the server killed before it answered.
        assert set(signed) <= kept
        assert len(kept - set(signed)) <= 1
        assert {row.state for row in rows} == {State.SIGNED, State.NEW}
        assert verify(database).broken is None
        left = next(row.id for row in rows if row.state is State.NEW)
    with serving(place) as (_, address), httpx2.Client(base_url=address) as client:
        assert sign(client, left) == 303


def test_a_database_that_crashes_and_comes_back(
    server: Server, on_server: str, tmp_path: Path
) -> None:
    with create_database(on_server) as database:
        put_in(database, [made_up_read("S-1", tmp_path)])
        reader = browser(Serving(database))
        reader.send("/specimens/1/result", "/specimens/1", **WHOLE)
        server.crash()
        try:
            for path in ("/", "/specimens/1", "/trail"):
                refused = reader.get(path, Accept="text/plain")
                assert (refused.status_code, refused.text.count("\n")) == (503, 1)
                assert refused.text.startswith("postgresql://desk@")
            assert reader.get("/").status_code == 503
        finally:
            server.start()
        assert "golgi" in reader.get("/").text
        assert view(database, 1).state is State.SIGNED
        assert verify(database).broken is None


def refused_form(reader: Browser, comment: str = "Seen twice, and typed with care.") -> str:
    """Send a result that cannot be written, and return the line that says why."""
    refused = reader.send("/specimens/1/result", "/specimens/1", **WHOLE, comment=comment)
    assert refused.status_code == 503
    assert comment in refused.text  # nothing typed is lost
    (line,) = re.findall(r'role="alert">([^<]*)', refused.text)
    return str(line)


def test_a_locked_database_is_told_in_a_line(local: Browser, database: Database) -> None:
    with database.writing() as session:  # of the connection that is used again
        session.execute(text("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(database.shown, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert "locked by another program; expected it to be free" in refused_form(local)
        assert local.get("/").status_code == 200  # whoever reads goes on
    finally:
        other.close()
    assert view(database, 1).state is State.NEW
    assert local.send("/specimens/1/result", "/specimens/1", **WHOLE).status_code == 200
    assert view(database, 1).state is State.SIGNED


def test_a_full_disk_is_told_in_a_line(local: Browser, database: Database) -> None:
    with database.writing() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    assert "cannot be written (the disk is full)" in refused_form(local, "x" * 4000)
    assert view(database, 1).state is State.NEW
    assert verify(database).broken is None
    assert local.get("/").status_code == 200
