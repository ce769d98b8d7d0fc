"""A PostgreSQL server for tests, where the machine has one; tests are skipped where it has none."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)


class Server:
    """A server that is reached through a socket alone.

    Attributes:
        folder: Where the socket is, and all else of it.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        self.folder = folder
        self._program = program
        self._user = _user()
        if self._user is not None:
            shutil.chown(folder, self._user)
        form = ["--auth=trust", "--username=desk", "--encoding=UTF8", "--no-sync"]
        made = subprocess.run(
            [str(program.with_name("initdb")), "-D", str(folder / "data"), *form],
            user=self._user,
            capture_output=True,
            text=True,
            cwd=folder,
        )
        if made.returncode:
            pytest.skip(f"PostgreSQL does not start here: {made.stderr.strip()}")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = (f"unix_socket_directories={self.folder}", "listen_addresses=", "fsync=off")
        command = [str(self._program), "-D", str(self.folder / "data")]
        command += [word for one in settings for word in ("-c", one)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=self._user, stdout=log, stderr=log, cwd=self.folder
            )
        ready = [str(self._program.with_name("pg_isready")), "-q", "-h", str(self.folder)]
        end = time.monotonic() + 60
        while subprocess.run(ready).returncode:
            if self._process.poll() is not None or time.monotonic() > end:
                log_text = (self.folder / "log").read_text(errors="replace").strip()
                pytest.skip(f"PostgreSQL does not start here: {log_text[-300:]}")
            time.sleep(0.05)

    def crash(self) -> None:
        """End it at once, as a crash does: connections break, and nothing is put in order."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(60)

    def make(self, name: str, *, like: str = "template1") -> str:
        """Make a database that is like another one, as empty ones are, and return its URL."""
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return f"postgresql://desk@/{name}?host={self.folder}"

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._do(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _do(self, statement: str) -> None:
        import psycopg

        there = f"host={self.folder} user=desk dbname=postgres"
        with psycopg.connect(there, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """Give a server that runs meanwhile."""
    found = shutil.which("postgres")
    program = Path(found).resolve() if found else next(iter(_DEBIAN), None)
    if program is None:
        pytest.skip("no PostgreSQL here (Debian's package 'postgresql')")
    pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        server = Server(program, folder)
        yield server
        server.crash()  # at once: nothing of it is kept
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    """Return whose the server is to be: it does not run as root."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
