"""A process that is killed while it signs: what it told of is there, nothing by half."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from anascope.desk.accounts import LOCAL
from anascope.desk.audit import verify
from anascope.desk.review import Finding, Verdict, sign, view
from anascope.desk.store import create_database, open_database
from anascope.desk.worklist import State, worklist
from tests.postgresql import Server
from tests.unit.desk.made_up import made_up_read, put_in

COUNT = 200
FINDING = Finding(Verdict.PATTERNS, ("golgi",))

# Signs one after the other, and tells of each that is signed.
SIGNS = """
import sys
from anascope.desk.accounts import LOCAL
from anascope.desk.review import Finding, Verdict, sign
from anascope.desk.store import open_database

database = open_database(sys.argv[1])
for number in range(1, int(sys.argv[2]) + 1):
    sign(database, number, seen=1, by=LOCAL, finding=Finding(Verdict.PATTERNS, ("golgi",)))
    print(number, flush=True)
"""

# Tells that the signature is in the database, and waits there, before it is kept.
STOPS = """
import sys, time
from anascope.desk.review import _write

row_says = _write.view_of

def wait(session, row):
    session.flush()
    print("signed", row.state, flush=True)
    time.sleep(600)
    return row_says(session, row)

_write.view_of = wait
"""


def started(code: str, place: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, place, str(count)]
    return subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True)


def rest_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return what a process has told that nobody has read, on both ways, once it has ended."""
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as output, process.stderr as errors:
        rest = output.read(), errors.read()
    process.wait(60)
    return rest


def kill(process: subprocess.Popen[str]) -> str:
    """Kill a process at once, and return what it had told and nobody has read."""
    process.kill()
    rest, _ = rest_of(process)
    assert process.returncode == -signal.SIGKILL
    return rest


def prepare(place: str, images: Path, count: int) -> None:
    with create_database(place) as database:
        put_in(database, [made_up_read(f"S-{n}", images, fields=1) for n in range(count)])


def test_killed_before_it_is_kept(place: str, tmp_path: Path) -> None:
    prepare(place, tmp_path, 1)
    process = started(STOPS + SIGNS, place, 1)
    assert process.stdout is not None
    assert process.stdout.readline() == "signed signed\n"
    kill(process)
    with open_database(place) as database:
        found = view(database, 1)
        assert (found.state, found.results, found.version) == (State.NEW, (), 1)
        assert verify(database).broken is None
        # And another one is not held up by the one that was killed.
        assert sign(database, 1, seen=1, by=LOCAL, finding=FINDING).state is State.SIGNED


@pytest.mark.parametrize("count", [1, 6])
def test_killed_at_any_moment(place: str, tmp_path: Path, count: int) -> None:
    prepare(place, tmp_path, COUNT)
    process = started(SIGNS, place, COUNT)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(count)]
    lines += kill(process).splitlines()
    check(place, {int(line) for line in lines})


def test_a_server_that_crashes(server: Server, on_server: str, tmp_path: Path) -> None:
    prepare(on_server, tmp_path, COUNT)
    process = started(SIGNS, on_server, COUNT)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    server.crash()
    rest, errors = rest_of(process)
    assert process.returncode == 1
    assert errors.splitlines()[-1].startswith(
        "anascope.desk.store._faults.DatabaseFault: postgresql://"
    )
    server.start()
    check(on_server, {int(line) for line in [*lines, *rest.splitlines()]})


def check(place: str, signed: set[int]) -> None:
    """Check that what was told as signed is so, and that the desk can be worked at."""
    assert 0 < len(signed) < COUNT
    with open_database(place) as database:
        rows = worklist(database, limit=500).rows
        kept = {row.id for row in rows if row.state is State.SIGNED}
        # One may have been kept, and the process killed before it told of it.
        assert signed <= kept
        assert len(kept - signed) <= 1
        assert {row.state for row in rows} == {State.SIGNED, State.NEW}
        for number in kept:
            (result,) = view(database, number).results
            assert [one.by for one in result.signatures] == ["local"]
        assert verify(database).broken is None
        assert verify(database).entries == COUNT + 2 * len(kept)
        left = next(row.id for row in rows if row.state is State.NEW)
        assert sign(database, left, seen=1, by=LOCAL, finding=FINDING).state is State.SIGNED
