"""A mixed folder, read by a process that is killed again and again: the end is as if it was not."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from anascope.files import read_json
from tests.robustness.alone import Ended, Limit, Started, alone, command, start
from tests.robustness.mixed_folder import write_mixed_folder

_WHOLE = Limit(memory_mib=1024, seconds=240)
_OF_ITS_RUN = {"seconds", "date"}
"""What a reading says of when it was made and how long it took."""


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("files", "kills"), [(21, 2), pytest.param(200, 5, marks=pytest.mark.slow)]
)
def test_it_ends_as_an_unbroken_reading(files: int, kills: int, tmp_path: Path) -> None:
    """The slow one took 29 s on two cores that did other work as well."""
    write_mixed_folder(tmp_path / "slides", files)
    unbroken = alone(command, words(tmp_path, "unbroken"), limit=_WHOLE)
    assert (unbroken.in_time, unbroken.status) == (True, 1), unbroken.complained
    broken = read_in_pieces(tmp_path, kills, count(tmp_path / "unbroken"))
    assert (broken.in_time, broken.status) == (True, 1), broken.complained
    for table in ("specimens", "fields", "cells"):
        right, found = (tables(tmp_path / name, table) for name in ("unbroken", "broken"))
        for one, other in zip(right, found, strict=True):
            assert len(one) > 0
            pd.testing.assert_frame_equal(one, other, check_exact=True)
    right, found = (reading_of(tmp_path / name) for name in ("unbroken", "broken"))
    assert right["not_read"]
    assert found == right


def read_in_pieces(folder: Path, kills: int, files: int) -> Ended:
    """Kill the reading after a share of the ``files`` that it writes, then let it end."""
    chance = random.Random(18)
    out = folder / "broken"
    for _ in range(kills):
        running = start(command, words(folder, out.name), limit=_WHOLE)
        more = chance.randint(1, files // (kills + 2))
        wait_for_files(out, count(out) + more, running)
        time.sleep(chance.uniform(0, 0.2))
        assert not running.ended(seconds=0).in_time, "it ended before it could be killed"
    return alone(command, words(folder, out.name), limit=_WHOLE)


def wait_for_files(out: Path, wanted: int, running: Started) -> None:
    end = time.monotonic() + _WHOLE.seconds
    while count(out) < wanted:
        assert time.monotonic() < end, "nothing happened"
        assert running.process.exitcode is None, "it ended before it could be killed"
        time.sleep(0.01)


def count(folder: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(folder))


def words(folder: Path, out: str) -> list[str]:
    options = ["--engine", "torch", "--threads", "1", "--pixel-size-um", "0.16", "--no-sheets"]
    return ["read", str(folder / "slides"), *options, "--out", str(folder / out)]


def tables(out: Path, name: str) -> list[pd.DataFrame]:
    """Return a table from both of its files, without what only this run can say."""
    both = [pd.read_csv(out / f"{name}.csv"), pd.read_parquet(out / f"{name}.parquet")]
    return [table.drop(columns=list(_OF_ITS_RUN), errors="ignore") for table in both]


def reading_of(out: Path) -> Any:
    """Return ``reading.json`` without what only this run can say."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(one) for key, one in value.items() if key not in _OF_ITS_RUN}
        return [without(one) for one in value] if isinstance(value, list) else value

    reading = without(read_json(out / "reading.json"))
    reading["not_read"].sort(key=str)  # kept ones come before those of this run
    return reading
