"""Workers that are not there take as long as they say, and the driver's time counts."""

from __future__ import annotations

import time

import pytest

from benchmarks.study._simulated import Simulated, seconds_of_runs, without_a_driver


def test_without_a_driver_each_begins_on_the_first_free_worker() -> None:
    assert without_a_driver([3.0, 1.0, 1.0, 2.0], workers=2) == 4.0
    assert without_a_driver([1.0], workers=5) == 1.0


def test_runs_take_what_they_should() -> None:
    seconds = seconds_of_runs(1000, 15.0)
    assert sum(seconds) / 1000 == pytest.approx(15.0, rel=0.03)
    assert 10.5 <= min(seconds) <= max(seconds) <= 19.5


def test_the_driver_counts_and_what_stands_for_a_run_does_not() -> None:
    executor = Simulated(2, [100.0, 200.0, 150.0])

    def work(item: int) -> int:
        time.sleep(0.05)  # of a run: not counted
        return 2 * item

    done = []
    for result in executor.map(work, range(3)):
        done.append(result.get())
        time.sleep(0.02)  # of the driver: counted
    assert done == [0, 2, 4]
    assert 250.04 < executor.now < 251.0
