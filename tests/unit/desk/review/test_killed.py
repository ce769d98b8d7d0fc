"""A process that is killed while it signs: what it told of is there, nothing by half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from anascope.desk.accounts import LOCAL
from anascope.desk.audit import verify
from anascope.desk.review import Finding, Verdict, sign, view
from anascope.desk.store import create_database, open_database
from anascope.desk.worklist import State, worklist
from tests.unit.desk.made_up import made_up_read, put_in

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
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill(process: subprocess.Popen[str]) -> str:
    """Kill a process at once, and return what it had told and nobody has read."""
    os.kill(process.pid, signal.SIGKILL)
    assert process.stdout is not None
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(30) == -signal.SIGKILL
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


@pytest.mark.parametrize("told", [1, 6])
def test_killed_at_any_moment(place: str, tmp_path: Path, told: int) -> None:
    count = 200
    prepare(place, tmp_path, count)
    process = started(SIGNS, place, count)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(told)]
    lines += kill(process).splitlines()
    signed = {int(line) for line in lines}
    assert told <= len(signed) < count
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
        assert verify(database).entries == count + 2 * len(kept)
        left = next(row.id for row in rows if row.state is State.NEW)
        assert sign(database, left, seen=1, by=LOCAL, finding=FINDING).state is State.SIGNED
