"""A disk that fails, or a kill, at any change: the next start ends as an unbroken one does."""

from __future__ import annotations

import json
import random
import resource
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from anascope.errors import WriteError
from tests.robustness.faults import DENIED, DISK_FULL, Faults, faulty
from tests.robustness.write_work import (
    Work,
    import_set,
    killed_at,
    prepare,
    read,
    study,
    train,
)

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="names of open files from /proc"),
    pytest.mark.timeout(120),
]

TIMES = ("seconds", "patches_per_second")
"""How columns and keys begin that differ from one run to the next."""

OF_ONE_START = {"checkpoints", "tensorboard"}
"""Folders whose files hold times among other things."""


class Unbroken:
    """What work writes when nothing goes wrong, made once."""

    def __init__(self, given: Path, made: Path) -> None:
        self.given = given
        self._made = made
        self._changes: dict[str, int] = {}

    def changes(self, work: Work) -> int:
        """How often the work changes its folder."""
        if work.__name__ not in self._changes:
            with faulty(Faults(self._made / work.__name__)) as counted:
                work(self.given, self._made / work.__name__)
            self._changes[work.__name__] = counted.count
        return self._changes[work.__name__]

    def compare(self, work: Work, out: Path) -> None:
        """Require that the work has left the same in ``out``, file by file."""
        self.changes(work)
        assert contents(out) == contents(self._made / work.__name__)

    def points(self, work: Work, count: int) -> list[int]:
        """Return so many of the changes, drawn with a fixed seed."""
        return random.Random(20).sample(range(1, self.changes(work) + 1), count)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unbroken]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    given = tmp_path_factory.mktemp("given")
    prepare(given)
    yield Unbroken(given, tmp_path_factory.mktemp("unbroken"))
    torch.set_num_threads(threads)


def fail_and_go_on(unbroken: Unbroken, work: Work, point: int, fault: int, out: Path) -> None:
    """Have a change of ``out`` fail; then do the work again, and compare."""
    # All but what is only cleared up, or need not be synced, ends the work.
    with suppress(WriteError), faulty(Faults(out, point, fault)):
        work(unbroken.given, out)
    work(unbroken.given, out)
    unbroken.compare(work, out)


def kill_and_go_on(unbroken: Unbroken, work: Work, point: int, out: Path) -> None:
    """End a process at a change of ``out``; then do the work again, and compare."""
    assert killed_at(point, work, unbroken.given, out)
    work(unbroken.given, out)
    unbroken.compare(work, out)


def test_a_reading_goes_on_after_an_error_of_the_disk(unbroken: Unbroken, tmp_path: Path) -> None:
    for number, point in enumerate(unbroken.points(read, 3)):
        fault = (DISK_FULL, DENIED)[number % 2]
        fail_and_go_on(unbroken, read, point, fault, tmp_path / str(point))


def test_a_reading_goes_on_after_a_kill(unbroken: Unbroken, tmp_path: Path) -> None:
    for point in unbroken.points(read, 2):
        kill_and_go_on(unbroken, read, point, tmp_path / str(point))


@pytest.mark.parametrize("most", [0, 2_000])
def test_a_reading_goes_on_where_files_could_not_grow(
    unbroken: Unbroken, tmp_path: Path, most: int
) -> None:
    """The system itself refuses to write on, in the middle of a file, whoever writes it."""
    with pytest.raises(WriteError) as caught, no_file_over(most):
        read(unbroken.given, tmp_path / "out")
    assert caught.value.found == "cannot be written (the file is larger than is allowed here)"
    read(unbroken.given, tmp_path / "out")
    unbroken.compare(read, tmp_path / "out")


def test_an_import_leaves_all_or_nothing(unbroken: Unbroken, tmp_path: Path) -> None:
    for number, point in enumerate(unbroken.points(import_set, 3)):
        out = tmp_path / str(point)
        fail_and_go_on(unbroken, import_set, point, (DISK_FULL, DENIED)[number % 2], out)
    (point,) = unbroken.points(import_set, 1)
    kill_and_go_on(unbroken, import_set, point, tmp_path / "killed")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("work", [read, import_set])
def test_every_change_may_fail(unbroken: Unbroken, tmp_path: Path, work: Work) -> None:
    """Takes 20 minutes for a reading on 2 cores, 2 for an import."""
    for point in range(1, unbroken.changes(work) + 1):
        out = tmp_path / "out"
        fail_and_go_on(unbroken, work, point, (DISK_FULL, DENIED)[point % 2], out)
        shutil.rmtree(out)
        kill_and_go_on(unbroken, work, point, out)
        shutil.rmtree(out)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("work", [train, study])
def test_a_training_goes_on(unbroken: Unbroken, tmp_path: Path, work: Work) -> None:
    """Took 6 minutes for a study on 2 cores that others used as well, 4 for a training."""
    for number, point in enumerate(unbroken.points(work, 12)):
        out = tmp_path / str(point)
        if number % 3 == 2:
            kill_and_go_on(unbroken, work, point, out)
        else:
            fail_and_go_on(unbroken, work, point, (DISK_FULL, DENIED)[number % 3], out)


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Have the system refuse to write files of this process over so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def contents(folder: Path) -> dict[str, Any]:
    """Return what is in a folder, by path: bytes, or what files with times hold beside those."""
    return {
        path.relative_to(folder).as_posix(): _content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.endswith((".lock", ".lock.holder"))  # which may stay, held by nobody
        and not OF_ONE_START.intersection(path.parts)
    }


def _content(path: Path) -> Any:
    if path.suffix == ".json":
        return _without_times(json.loads(path.read_text(encoding="utf-8")))
    if path.suffix in (".csv", ".parquet"):
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        timed = [column for column in table.columns if str(column).startswith(TIMES)]
        return table.drop(columns=timed).to_json()
    return path.read_bytes()


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_times(v) for k, v in value.items() if not k.startswith(TIMES)}
    return [_without_times(item) for item in value] if isinstance(value, list) else value
