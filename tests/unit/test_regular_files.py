"""Files of users are read whole, or refused without waiting for them and without filling memory."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from anascope.regular_files import read_regular, regular_size
from tests.refusals import refused

pytestmark = pytest.mark.timeout(20)


def test_what_is_regular_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    (tmp_path / "link").symlink_to(path)
    for each in (path, tmp_path / "link"):
        assert read_regular(each, "a", "a table", most=5) == b"12345"
        assert regular_size(each, "a", "a table") == 5
    with refused("a", "5 bytes", "at most 4"):
        read_regular(path, "a", "a table", most=4)


def test_pipes_sockets_devices_and_folders_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # the path of a socket may not be long
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("socket")
    for path in (tmp_path / "pipe", tmp_path / "socket", Path("/dev/zero"), Path("/dev/null")):
        with refused("a", "a pipe, socket or device", "a table"):
            read_regular(path, "a", "a table", most=100)
    with refused("a", "a folder", "a table"):
        read_regular(tmp_path, "a", "a table", most=100)


def test_a_file_that_says_that_it_is_empty_is_bounded_too() -> None:
    """Files of the system have a size of 0 and content nevertheless."""
    path = Path("/proc/self/maps")
    if not path.exists():
        pytest.skip("no /proc here")
    with refused("a", "101 bytes", "at most 100"):
        read_regular(path, "a", "a table", most=100)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("none", "no such file"),
        ("file/below", "no such file"),
        ("lost", "a broken link"),
        ("loop", "a link that leads back to itself"),
        ("n" * 300, "a name that is too long"),
        ("a\0b", "a name that no file can have"),
    ],
)
def test_why_not(tmp_path: Path, name: str, found: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "lost").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")
    with refused("a", found, "a table"):
        read_regular(tmp_path / name, "a", "a table", most=100)
