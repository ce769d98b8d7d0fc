"""The reader beside a desk, and the desk itself, killed for real: nothing is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anascope.desk.audit import verify
from anascope.desk.store import create_database, open_database
from anascope.desk.watch import Beside
from anascope.desk.worklist import count_unread, worklist
from anascope.folder_lock import LOCK, Holder, is_held
from anascope.settings import read_file
from tests.started import HEARING
from tests.unit.desk.watch.conftest import Write

COUNT = 6


def until(true: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} seconds"
        time.sleep(0.02)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    create_database(tmp_path / "desk").close()
    (tmp_path / "images").mkdir()
    return tmp_path / "desk"


def reader_of(desk: Path) -> int | None:
    """Return the process that watches at this moment."""
    lock = desk / "results" / LOCK
    try:
        return (
            read_file(Holder, lock.with_name(f"{LOCK}.holder")).process if is_held(lock) else None
        )
    except Exception:  # it is not written yet, or not any more
        return None


def specimens(desk: Path) -> list[str]:
    with open_database(desk) as database:
        return sorted(row.name for row in worklist(database).rows)


def fields_kept(desk: Path) -> set[Path]:
    return set((desk / "results").glob("*/specimens/*/*/field.json"))


def check(desk: Path, expected: list[str]) -> None:
    with open_database(desk) as database:
        rows = worklist(database).rows
        assert sorted(row.name for row in rows) == expected
        assert {row.version for row in rows} == {1}  # none came twice, none was read as another
        assert verify(database).broken is None
        assert count_unread(database) == 0


def test_the_reader_is_killed_again_and_again(desk: Path, tmp_path: Path, write: Write) -> None:
    names = [f"S-{number}" for number in range(COUNT)]
    for number, name in enumerate(names):
        write(tmp_path / "images" / name / "a.tif", number % 4)
        write(tmp_path / "images" / name / "b.tif", (number + 1) % 4)
    options = ["--every=0.1", "--settle=0.2"]
    command = [*HEARING, "desk", "watch", "--beside", *options, str(desk)]
    messages: list[str] = []
    with Beside([*command, str(tmp_path / "images")], say=messages.append, pauses=[0.1]) as beside:
        for kept in (1, 5, 9):  # while it reads the first, then in the middle, then later
            until(lambda kept=kept: len(fields_kept(desk)) >= kept)  # type: ignore[misc]
            process = beside.process
            assert process is not None
            os.kill(process, signal.SIGKILL)
            until(lambda process=process: beside.process != process)  # type: ignore[misc]
        until(lambda: len(specimens(desk)) == COUNT)
        last = beside.process
        assert reader_of(desk) == last
    assert beside.starts == 4
    assert len(messages) == 3
    assert all("killed by SIGKILL" in line for line in messages)
    assert not beside.runs
    assert reader_of(desk) is None
    check(desk, names)


@contextmanager
def served(desk: Path, images: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a desk that watches, and give the process and its address."""
    command = [
        *HEARING,
        "desk",
        "serve",
        str(desk),
        "--port=0",
        f"--watch={images}",
        "--settle=0.2",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, process.stderr.read()
        yield process, found[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def page(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        text: str = answer.read().decode()
        return text


def test_the_desk_is_killed(desk: Path, tmp_path: Path, write: Write) -> None:
    images = tmp_path / "images"
    write(images / "S-1.tif", 0)
    with served(desk, images) as (process, address):
        assert "are read as they arrive" in page(address)
        until(lambda: "S-1" in page(address))
        assert reader_of(desk) not in (None, process.pid)
        write(images / "S-2.tif", 1)
        process.kill()
        process.wait()
    # The reader hears that the desk is gone, and ends by itself.
    until(lambda: reader_of(desk) is None)
    write(images / "S-3.tif", 2)
    with served(desk, images) as (process, address):
        until(lambda: specimens(desk) == ["S-1", "S-2", "S-3"])
        for name in ("S-1", "S-2", "S-3"):
            assert name in page(address)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert reader_of(desk) is None
    check(desk, ["S-1", "S-2", "S-3"])


def test_a_folder_that_is_not_there(desk: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for command in (
        ["serve", str(desk), "--port=0", f"--watch={gone}"],
        ["watch", str(desk), str(gone)],
    ):
        done = subprocess.run([*HEARING, "desk", *command], capture_output=True, text=True)
        expected = f"anascope: {gone}: no such folder; expected the folder in which images arrive\n"
        assert (done.returncode, done.stderr) == (1, expected)


def test_options_without_a_folder(desk: Path) -> None:
    done = subprocess.run(
        [*HEARING, "desk", "serve", str(desk), "--model=s"], capture_output=True, text=True
    )
    line = "anascope: --watch: none, beside options for new images; expected --watch FOLDER\n"
    assert (done.returncode, done.stderr) == (1, line)
