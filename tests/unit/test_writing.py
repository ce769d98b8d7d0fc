"""What the system says when something cannot be written, in words and with the place."""

from __future__ import annotations

import errno
import pickle
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from anascope.errors import WriteError
from anascope.files import new_folder, replacing, replacing_folder, write_text
from anascope.writing import in_words, write_error, writing
from tests.refusals import refused

WRITERS: list[Callable[[Path], AbstractContextManager[Path]]] = [
    replacing,
    new_folder,
    replacing_folder,
]
FULL = OSError(errno.ENOSPC, "No space left on device")


def fail(error: OSError) -> None:
    raise error


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ENOSPC", "the disk is full"),
        ("EDQUOT", "the disk quota is used up"),
        ("EROFS", "the disk is read-only"),
        ("EACCES", "no permission"),
        ("ENODEV", "there is no such device"),
        ("EMFILE", "too many files are open"),
        ("EIO", "the disk reports an input/output error"),
        ("EDOM", "an odd thing"),  # as the system says it
    ],
)
def test_reasons_are_words(tmp_path: Path, name: str, message: str) -> None:
    found = f"cannot be written ({message})"
    with refused(tmp_path / "a", found, "..."), writing(tmp_path / "a"):
        fail(OSError(getattr(errno, name), "an odd thing"))


@pytest.mark.parametrize("writer", WRITERS)
def test_what_no_disk_takes_names_the_place_and_leaves_nothing(
    tmp_path: Path, writer: Callable[[Path], AbstractContextManager[Path]]
) -> None:
    path = tmp_path / "below" / "a"
    with refused(path, "cannot be written (the disk is full)", "room on the disk"), writer(path):
        fail(FULL)
    assert list(tmp_path.rglob("*")) in ([], [path.parent])


def test_a_file_in_a_folder_that_is_filled_is_named_as_it_will_be(tmp_path: Path) -> None:
    path = tmp_path / "whole"
    with (
        refused(path / "b" / "c", "cannot be written (...)", "room on the disk"),
        new_folder(path) as folder,
        replacing(folder / "b" / "c"),
    ):
        fail(FULL)
    with refused(path, "cannot be written (no permission)", "..."), new_folder(path) as folder:
        fail(PermissionError(errno.EACCES, "Permission denied", str(folder / "c")))


def test_what_is_said_of_a_file_that_is_read_meanwhile_passes(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_folder(tmp_path / "new"):
        (tmp_path / "image").read_bytes()
    with pytest.raises(BrokenPipeError), new_folder(tmp_path / "new"):
        fail(BrokenPipeError(errno.EPIPE, "Broken pipe"))


def test_a_file_in_place_of_a_folder_is_the_one_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file" / "a", tmp_path / "file" / "b" / "c"):
        with refused(tmp_path / "file", "cannot be written (a file is there ...)", "..."):
            write_text(path, "x")
    with refused(tmp_path, "cannot be written (a folder has that name)", "..."):
        write_text(tmp_path, "x")
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_it_crosses_processes(tmp_path: Path) -> None:
    error = pickle.loads(pickle.dumps(write_error(tmp_path, FULL)))
    assert isinstance(error, WriteError)
    assert error.where == str(tmp_path)


def test_an_error_without_a_number_keeps_its_words() -> None:
    assert in_words(OSError("20 requested and 10 written"))[0] == "20 requested and 10 written"
