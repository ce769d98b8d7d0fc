"""Workers that are not there: a study driven as if a hundred machines did its runs."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from anascope.workers import Crew, Executor, ThisProcess


class Simulated(Executor):
    """Runs take no time but on a clock of their own, which the driver's time counts on as well.

    A worker that has ended a run is idle until the driver has handed it the next one, as in life.
    What stands in for a run is done in this process, and not counted.

    Args:
        workers: How many.
        seconds: That runs take, one after the other as they begin.
    """

    def __init__(self, workers: int, seconds: Sequence[float]) -> None:
        super().__init__()
        self._workers = workers
        self._seconds = iter(seconds)
        self._ahead = -time.perf_counter()
        self._computed = -time.process_time()

    @property
    def slots(self) -> int:
        """How many runs are done at the same time."""
        return self._workers

    @property
    def now(self) -> float:
        """Seconds since this was made, with those that passed in no time."""
        return time.perf_counter() + self._ahead

    @property
    def processor_seconds(self) -> float:
        """Seconds that this process has computed since this was made, for the driver alone."""
        return time.process_time() + self._computed

    @contextmanager
    def crew(self, work: Callable[[Any], Any]) -> Iterator[Crew]:
        """Return the workers."""
        with ThisProcess().crew(work) as inner:
            yield _Crew(self, inner)

    def takes(self) -> float:
        """Return how long the next run takes."""
        return next(self._seconds)

    def wait_until(self, moment: float) -> None:
        """Let the clock go on to a moment, if that is not past."""
        self._ahead += max(moment - self.now, 0.0)

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """Let the clock stand while something is done."""
        began, computed = self.now, self.processor_seconds
        yield
        self._ahead -= self.now - began
        self._computed -= self.processor_seconds - computed


class _Crew:
    def __init__(self, clock: Simulated, inner: Crew) -> None:
        self._clock = clock
        self._inner = inner
        self._at_work: list[tuple[float, int, Any]] = []

    def limit(self) -> int:
        return self._clock.slots

    def begin(self, number: int, item: Any) -> None:
        ends = self._clock.now + self._clock.takes()
        heapq.heappush(self._at_work, (ends, number, item))

    def ended(self, seconds: float) -> list[Any]:
        self._clock.wait_until(self._at_work[0][0])
        found: list[Any] = []
        while self._at_work and self._at_work[0][0] <= self._clock.now:
            _, number, item = heapq.heappop(self._at_work)
            with self._clock.uncounted():
                self._inner.begin(number, item)
                found += self._inner.ended(0.0)
        return found


def seconds_of_runs(count: int, mean: float) -> list[float]:
    """Return what runs take: within 30% of the mean, evenly."""
    chance = random.Random(12357)
    return [mean * chance.uniform(0.7, 1.3) for _ in range(count)]


def without_a_driver(seconds: Sequence[float], workers: int) -> float:
    """Return when the last run ends if each begins at once on the first worker that is free."""
    free = [0.0] * workers
    for each in seconds:
        heapq.heappushpop(free, free[0] + each)
    return max(free)
