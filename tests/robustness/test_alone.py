"""The limits of the corpus bite: what takes too much is caught, and stops no test."""

from __future__ import annotations

import signal
import sys
import time

import numpy as np
import pytest

from tests.robustness.alone import Limit, alone

LITTLE = Limit(memory_mib=200, seconds=20)


def allocate(mib: int) -> None:
    sys.stdout.write(f"{np.ones(mib * 2**20, np.uint8).size}")


def test_what_fits_into_the_memory_goes_through() -> None:
    ended = alone(allocate, 100, limit=LITTLE)
    assert (ended.status, ended.printed, ended.complained) == (0, f"{100 * 2**20}", "")


def test_more_memory_than_the_limit_is_caught() -> None:
    ended = alone(allocate, 300, limit=LITTLE)
    assert ended.in_time
    assert ended.status > 0
    assert "MemoryError" in ended.complained


def never_end(seconds: float) -> None:
    time.sleep(seconds)


def test_what_goes_on_for_too_long_is_ended() -> None:
    began = time.monotonic()
    ended = alone(never_end, 60, limit=Limit(seconds=0.5))
    assert not ended.in_time
    assert time.monotonic() - began < 30


def read_line() -> None:
    sys.stdout.write(sys.stdin.readline())
    sys.stderr.write("complained")
    sys.exit(3)


def test_it_reads_and_prints() -> None:
    ended = alone(read_line, standard_input=b"a line\nanother\n")
    assert (ended.status, ended.printed, ended.complained) == (3, "a line\n", "complained")


def break_down(number: int) -> None:
    signal.raise_signal(number)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_process_that_breaks_down_is_told_from_one_that_refuses(number: signal.Signals) -> None:
    assert alone(break_down, int(number)).status == -number
