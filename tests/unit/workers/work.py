"""What workers do in these tests; imports little, for each process imports it anew."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from anascope.errors import InputError


def square(number: int) -> int:
    return number * number


def process_and_threads(_: int) -> tuple[int, str]:
    return os.getpid(), os.environ["OMP_NUM_THREADS"]


def fail_at_two(number: int) -> int:
    if number == 2:
        raise InputError("two.tif", "an odd file", "an even one")
    return number


class Picky(Exception):
    """Can be pickled, and not be built from that."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def raise_picky(number: int) -> object:
    if number == 1:
        raise Picky("no", "way")
    return (lambda: number) if number == 2 else number


@dataclass(frozen=True)
class Loading:
    """Loads something for its first item, and notes that."""

    folder: Path

    def __call__(self, number: int) -> int:
        time.sleep(0.05)
        return self._loaded + number

    @cached_property
    def _loaded(self) -> int:
        with (self.folder / str(os.getpid())).open("a") as file:
            file.write("x")
        return 100


@dataclass(frozen=True)
class Dying:
    """Kills its process at some items, so many times each; notes every attempt."""

    folder: Path
    times: tuple[int, ...]

    def __call__(self, number: int) -> int:
        attempts = self.folder / str(number)
        with attempts.open("a") as file:
            file.write("x")
        if attempts.stat().st_size <= self.times[number]:
            os.kill(os.getpid(), signal.SIGKILL)
        return number


@dataclass(frozen=True)
class Staying:
    """Says which process it is, and goes on for longer than any test."""

    folder: Path

    def __call__(self, number: int) -> None:
        (self.folder / str(os.getpid())).touch()
        time.sleep(600)


def slow_first(number: int) -> int:
    time.sleep(0.5 if number == 0 else 0)
    return number
