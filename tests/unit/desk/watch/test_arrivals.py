"""Which specimens of a watched folder can be read: those that have not changed for a while."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from anascope.desk.watch import Arrivals, Look
from anascope.errors import InputError


@dataclass
class Seconds:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def arrivals(tmp_path: Path, seconds: Seconds) -> Arrivals:
    return Arrivals(tmp_path, settle=10, clock=seconds)


def put(path: Path, content: bytes = b"image") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def names(look: Look) -> dict[str, list[str]]:
    return {
        one.files[0].specimen: [file.path.name for file in one.files]
        for one in look.arrivals.values()
    }


def test_nothing_has_arrived(arrivals: Arrivals, seconds: Seconds) -> None:
    for _ in range(2):
        assert arrivals.look() == Look({}, 0, (), frozenset())
        seconds.now += 60


def test_each_file_and_each_folder_is_a_specimen(
    arrivals: Arrivals, seconds: Seconds, tmp_path: Path
) -> None:
    put(tmp_path / "S-1.tif")
    put(tmp_path / "S-2" / "a.tif")
    put(tmp_path / "S-2" / "b.tif")
    put(tmp_path / ".hidden.tif")
    put(tmp_path / "notes.txt")
    first = arrivals.look()
    assert (first.arrivals, first.waiting) == ({}, 2)
    seconds.now += 10
    found = arrivals.look()
    assert names(found) == {"S-1": ["S-1.tif"], "S-2": ["a.tif", "b.tif"]}
    assert (found.waiting, len(found.keys)) == (0, 2)


def test_a_file_that_is_still_written_is_waited_for(
    arrivals: Arrivals, seconds: Seconds, tmp_path: Path
) -> None:
    put(tmp_path / "S-1.tif", b"1")
    for count in range(5):
        assert names(arrivals.look()) == {}
        seconds.now += 9
        put(tmp_path / "S-1.tif", b"1" * (count + 2))
    assert names(arrivals.look()) == {}
    seconds.now += 9.9
    assert names(arrivals.look()) == {}
    seconds.now += 0.1
    assert names(arrivals.look()) == {"S-1": ["S-1.tif"]}


def test_the_time_of_writing_counts_where_the_size_is_the_same(
    arrivals: Arrivals, seconds: Seconds, tmp_path: Path
) -> None:
    # Some programs give a file its whole size first, and fill it then.
    put(tmp_path / "S-1.tif")
    arrivals.look()
    os.utime(tmp_path / "S-1.tif", ns=(1, 1))
    seconds.now += 10
    assert names(arrivals.look()) == {}
    seconds.now += 10
    (found,) = arrivals.look().arrivals.values()
    os.utime(tmp_path / "S-1.tif", ns=(2, 2))
    arrivals.look()
    seconds.now += 10
    (again,) = arrivals.look().arrivals.values()
    assert found.key == again.key
    assert found.signature != again.signature


def test_a_specimen_waits_for_all_of_its_fields(
    arrivals: Arrivals, seconds: Seconds, tmp_path: Path
) -> None:
    put(tmp_path / "S-1" / "a.tif")
    put(tmp_path / "S-2" / "a.tif")
    arrivals.look()
    seconds.now += 8
    put(tmp_path / "S-1" / "b.tif")
    arrivals.look()
    seconds.now += 8
    assert names(arrivals.look()) == {"S-2": ["a.tif"]}
    seconds.now += 8
    assert names(arrivals.look()) == {"S-2": ["a.tif"], "S-1": ["a.tif", "b.tif"]}


def test_a_rule_and_files_that_do_not_fit_it(tmp_path: Path, seconds: Seconds) -> None:
    arrivals = Arrivals(tmp_path, specimen="pattern:^(S-[0-9]+)_", settle=10, clock=seconds)
    for name in ("S-1_a.tif", "S-1_b.tif", "other.tif"):
        put(tmp_path / name)
    assert arrivals.look().not_read == ()
    seconds.now += 10
    found = arrivals.look()
    assert names(found) == {"S-1": ["S-1_a.tif", "S-1_b.tif"]}
    (refused,) = found.not_read
    assert refused.source == str(tmp_path / "other.tif")
    assert refused.reason.startswith("no specimen in its name")


def test_a_folder_that_is_away(arrivals: Arrivals, tmp_path: Path) -> None:
    tmp_path.rmdir()
    with pytest.raises(InputError, match="no such folder; expected the folder that is watched"):
        arrivals.look()
    tmp_path.mkdir()
    assert arrivals.look().arrivals == {}


def test_what_anascope_has_written_is_no_image(
    arrivals: Arrivals, seconds: Seconds, tmp_path: Path
) -> None:
    put(tmp_path / "results" / "specimens" / "specimens.json", b'{"format": "anascope-specimens"}')
    put(tmp_path / "results" / "specimens" / "S-1" / "overlay.jpg")
    arrivals.look()
    seconds.now += 10
    assert arrivals.look().keys == frozenset()
