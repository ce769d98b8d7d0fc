"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from anascope.errors import InputError
from anascope.files import (
    new_folder,
    read_json,
    replacing,
    sha256_of,
    to_json,
    write_json,
    write_text,
)


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
        pytest.raises(InputError, match=r"cannot be made .*; expected a place that may be"),
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


def test_json_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file; expected a JSON file"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_bytes(b"{\xff")
    with pytest.raises(InputError, match="not JSON"):
        read_json(tmp_path / "a.json")


def test_hashes_are_of_the_bytes_in_a_row() -> None:
    assert sha256_of(b"ab", b"c") == sha256_of(b"abc")
    assert sha256_of().startswith("e3b0c442")
