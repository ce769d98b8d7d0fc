"""One process at a time writes a folder, and the others are told which."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anascope.folder_lock import LOCK, LockHeld, folder_lock, is_held

HOLD = """
import sys, time
from pathlib import Path
from anascope.folder_lock import folder_lock
with folder_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def other_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the lock until its standard input ends."""
    arguments = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_process_is_told_who_holds_it(tmp_path: Path) -> None:
    with other_process(tmp_path / "new") as process:
        assert is_held(tmp_path / "new" / LOCK)
        with pytest.raises(LockHeld) as caught, folder_lock(tmp_path / "new"):
            pass
    holder = f"process {process.pid} of {getpass.getuser()} on {socket.gethostname()}, since 20"
    assert caught.value.where == str(tmp_path / "new")
    assert caught.value.found.startswith(f"in use by {holder}")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not is_held(tmp_path / LOCK)
        with folder_lock(tmp_path), pytest.raises(LockHeld) as caught, folder_lock(tmp_path):
            pass
    assert f"process {os.getpid()} " in caught.value.found


def test_whoever_waits_gets_it_and_is_told_for_whom(tmp_path: Path) -> None:
    holders: list[str] = []
    with other_process(tmp_path) as process:
        assert process.stdin is not None
        end = threading.Timer(1.0, process.stdin.close)
        end.start()
        with folder_lock(tmp_path, wait=True, waiting=holders.append):
            assert is_held(tmp_path / LOCK)
        end.join()
        assert len(holders) == 1
        assert holders[0].startswith(f"process {process.pid} of ")


def test_waiting_comes_to_an_end(tmp_path: Path) -> None:
    with other_process(tmp_path):
        began = time.monotonic()
        with pytest.raises(LockHeld), folder_lock(tmp_path, wait=0.2):
            pass
        assert time.monotonic() - began < 10


def test_only_hidden_files_are_left_and_looking_leaves_none(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none" / LOCK)
    assert list(tmp_path.iterdir()) == []
    with folder_lock(tmp_path):
        assert all(path.name.startswith(".") for path in tmp_path.iterdir())
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]
