"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anascope.errors import InputError
from anascope.files import (
    new_folder,
    read_json,
    replacing,
    replacing_folder,
    restore_folders,
    sha256_of,
    to_json,
    write_json,
    write_text,
)
from tests.refusals import refused


def _fill_and_fail(path: Path) -> None:
    with new_folder(path) as folder:
        (folder / "half").write_text("written")
        raise ZeroDivisionError


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_text(path, "one")
    write_text(path, "two")
    assert path.read_text() == "two"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_others_may_read_what_the_umask_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "x")
        with new_folder(tmp_path / "folder") as folder:
            write_text(folder / "b.txt", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o750


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_files_that_other_threads_make_meanwhile_keep_to_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    umask = os.umask
    before = umask(0o077)

    def slow(mask: int) -> int:  # so that the other thread has its turn in between
        was = umask(mask)
        time.sleep(0.001)
        return was

    monkeypatch.setattr(os, "umask", slow)

    def write() -> None:
        for number in range(100):
            write_text(tmp_path / "ours" / f"{number % 7}.txt", "x")
            with new_folder(tmp_path / "ours" / f"folder-{number}"):
                pass
        ended.set()

    writer = threading.Thread(target=write)
    modes = set()
    try:
        writer.start()
        while not ended.is_set():
            secret = tmp_path / "secret.txt"
            secret.write_text("x")
            modes.add(stat.S_IMODE(secret.stat().st_mode))
            secret.unlink()
    finally:
        writer.join()
        umask(before)
    assert modes == {0o600}


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is synced and renamed, by the name that it has then."""
    steps: list[tuple[str, str]] = []
    sync, rename = os.fsync, Path.replace

    def synced(handle: int) -> None:
        steps.append(("sync", Path(f"/proc/self/fd/{handle}").readlink().name))
        sync(handle)

    def renamed(path: Path, target: Path) -> Path:
        steps.append(("rename", f"{path.name} {target.name}"))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    return steps


linux = pytest.mark.skipif(sys.platform != "linux", reason="names of open files from /proc")


@linux
def test_a_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, order: list[tuple[str, str]]
) -> None:
    write_text(tmp_path / "folder" / "a.txt", "x")
    (first, half), (second, names), last = order
    assert (first, second, last) == ("sync", "rename", ("sync", "folder"))
    assert names == f"{half} a.txt"


@linux
@pytest.mark.parametrize("writing", [new_folder, replacing_folder])
def test_a_folder_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, order: list[tuple[str, str]], writing: Callable[[Path], Any]
) -> None:
    """And each of its files is synced once."""
    with writing(tmp_path / "whole") as folder:
        write_text(folder / "below" / "a.txt", "x")
        (folder / "b.txt").write_text("x")
    del order[0]  # "a.txt" takes its name
    assert sorted(order[:4]) == sorted(
        ("sync", name) for name in ("a.txt", "b.txt", "below", folder.name)
    )
    assert order[4:] == [("rename", f"{folder.name} whole"), ("sync", tmp_path.name)]


def _written(path: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in path.iterdir()}


OLD = {"a": "old", "b": "old", "only-old": "old"}
NEW = {"a": "new", "b": "new"}


def _write(path: Path, content: dict[str, str]) -> None:
    with replacing_folder(path) as folder:
        for name, text in content.items():
            (folder / name).write_text(text)


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder"
    for content in (OLD, NEW):
        _write(path, content)
        assert _written(path) == content
        assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    _write(path, OLD)

    def fail() -> None:
        with replacing_folder(path) as folder:
            (folder / "a").write_text("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _written(path) == OLD
    assert list(tmp_path.iterdir()) == [path]


# Ends the process, as a kill does, when it is about to touch the disk for the nth time.
KILLED = """
import os, sys
from pathlib import Path
from anascope.files import replacing_folder

path, left = Path(sys.argv[1]), int(sys.argv[2])

def count(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.unlink"):
        left -= 1
        if not left:
            os._exit(9)

sys.addaudithook(count)
with replacing_folder(path) as folder:
    for name in "ab":
        (folder / name).write_text("new")
"""


def test_a_kill_leaves_the_old_folder_or_the_new_one(tmp_path: Path) -> None:
    seen = []
    for step in range(1, 100):
        path = tmp_path / str(step) / "folder"
        _write(path, OLD)
        arguments = [sys.executable, "-c", KILLED, str(path), str(step)]
        status = subprocess.run(arguments, check=False).returncode
        aside = not path.exists()
        restore_folders(path.parent)
        assert _written(path) in (OLD, NEW)
        seen.append((aside, _written(path) == NEW))
        _write(path, NEW)  # what was left is no hindrance
        assert _written(path) == NEW
        assert list(path.parent.iterdir()) == [path]
        if status == 0:
            break
    else:
        pytest.fail("it never came to an end")
    # Before the exchange, in the middle of it, and after it.
    assert set(seen) == {(False, False), (True, False), (False, True)}


def test_only_what_is_missing_is_put_back(tmp_path: Path) -> None:
    for name in ("there", ".there.old", ".gone.old"):
        _write(tmp_path / name, {"which": name})
    restore_folders(tmp_path)
    assert _written(tmp_path / "there") == {"which": "there"}
    assert _written(tmp_path / "gone") == {"which": ".gone.old"}


def test_a_folder_appears_when_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder"
    with new_folder(path) as folder:
        (folder / "a").touch()
        assert not path.exists()
    assert [file.name for file in path.iterdir()] == ["a"]
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_no_folder_and_none_above(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _fill_and_fail(tmp_path / "deep" / "er" / "folder")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken_and_on_failure_left(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(ZeroDivisionError):
        _fill_and_fail(path)
    assert list(tmp_path.rglob("*")) == [path]
    with new_folder(path) as folder:
        (folder / "a").touch()
    assert [file.name for file in path.iterdir()] == ["a"]


def test_the_current_folder_may_be_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    with new_folder(Path()) as folder:
        (folder / "a").touch()
    assert [file.name for file in path.iterdir()] == ["a"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_exists_is_not_written_over(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "there"
    (path if kind == "file" else path / "precious").parent.mkdir(exist_ok=True)
    (path if kind == "file" else path / "precious").touch()
    with (
        pytest.raises(InputError, match="exists already; expected a new or an empty folder"),
        new_folder(path),
    ):
        pass


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        refused(tmp_path / "file", "cannot be written (a file is there ...)", "a folder, ..."),
        new_folder(tmp_path / "file" / "folder"),
    ):
        pass


def test_json_has_no_nan(tmp_path: Path) -> None:
    value = {"a": float("nan"), "b": [1.5, float("inf")], "c": (None, "ü"), "d": {"e": 1}}
    write_json(tmp_path / "a.json", value)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {
        "a": None,
        "b": [1.5, None],
        "c": [None, "ü"],
        "d": {"e": 1},
    }
    assert "ü" in to_json("ü")


def test_bytes_that_are_no_text_are_the_same_after_json(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 \xc3\xbc")
    write_json(tmp_path / "a.json", {name: [name]})
    assert read_json(tmp_path / "a.json") == {name: [name]}


def test_json_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file; expected a JSON file"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_bytes(b"{\xff")
    with pytest.raises(InputError, match="not JSON"):
        read_json(tmp_path / "a.json")


def test_hashes_are_of_the_bytes_in_a_row() -> None:
    assert sha256_of(b"ab", b"c") == sha256_of(b"abc")
    assert sha256_of().startswith("e3b0c442")


def test_json_larger_than_ours_can_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.touch()
    os.truncate(path, 2 * 10**9)
    with refused(path, "2,000,000,000 bytes", "at most 100,000,000"):
        read_json(path)
