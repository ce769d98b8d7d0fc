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


@contextmanager
def postgresql_server() -> Iterator[Path]:
    """Start a server that is reached through a socket alone, and give the socket's folder."""
    found = shutil.which("postgres")
    program = Path(found).resolve() if found else next(iter(_DEBIAN), None)
    if program is None:
        pytest.skip("no PostgreSQL here (Debian's package 'postgresql')")
    pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    user = _user()
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        initdb = [
            program.with_name("initdb"),
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "desk",
            "-E",
            "UTF8",
        ]
        made = subprocess.run(
            [*initdb, "--no-sync"], user=user, capture_output=True, text=True, cwd=folder
        )
        if made.returncode:
            pytest.skip(f"PostgreSQL does not start here: {made.stderr.strip()}")
        settings = [f"unix_socket_directories={folder}", "listen_addresses=", "fsync=off"]
        command = [
            str(program),
            "-D",
            str(data),
            *(word for one in settings for word in ("-c", one)),
        ]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, user=user, stdout=log, stderr=log, cwd=folder)
        try:
            _wait(process, folder, program)
            yield folder
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(socket: Path, name: str, *, like: str = "template1") -> str:
    """Make a database that is like another one, as empty ones are, and return its URL."""
    _do(socket, f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return f"postgresql://desk@/{name}?host={socket}"


def drop_database(socket: Path, name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    _do(socket, f'DROP DATABASE "{name}" WITH (FORCE)')


def _do(socket: Path, statement: str) -> None:
    import psycopg

    there = f"host={socket} user=desk dbname=postgres"
    with psycopg.connect(there, autocommit=True) as connection:
        connection.execute(statement.encode())


def _user() -> str | None:
    """Return whose the server is to be: it does not run as root."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _wait(process: subprocess.Popen[bytes], folder: Path, program: Path) -> None:
    ready = [str(program.with_name("pg_isready")), "-q", "-h", str(folder)]
    end = time.monotonic() + 60
    while subprocess.run(ready).returncode:
        if process.poll() is not None or time.monotonic() > end:
            log = (folder / "log").read_text(errors="replace").strip()
            pytest.skip(f"PostgreSQL does not start here: {log[-300:]}")
        time.sleep(0.05)
