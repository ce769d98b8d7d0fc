"""How long the stages of a reading take."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Stopwatch:
    """Adds up the time of stages; each is measured by one thread at a time.

    Attributes:
        seconds: By stage, in the order in which they were first met.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure how long the body takes."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add({name: time.perf_counter() - started})

    def add(self, seconds: Mapping[str, float]) -> None:
        """Add what others have measured, by stage."""
        for stage, took in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + took
