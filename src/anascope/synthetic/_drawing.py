"""Draw the fields of a population, in several processes and in order."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from anascope.errors import InputError
from anascope.synthetic._field import DrawnField, draw_field
from anascope.synthetic._population import PlannedField, Population
from anascope.synthetic._specimen import draw_specimen
from anascope.synthetic.optics import Microscope
from anascope.synthetic.stains import Ranges

_SMALLEST = 16  # pixels a side
_WAITING = 2  # fields that are ready or begun for each process


@dataclass(frozen=True)
class Drawing:
    """All that decides what is drawn. The same one gives the same pixels, in any number of
    processes, and one of more patients or fields leaves the others as they are.

    Attributes:
        population: Who.
        microscope: What they are seen through.
        seed: Where chance starts; not negative.
        stains: Ranges of the values of stains, by pattern, where they are not the shipped ones.

    Raises:
        InputError: if fields would be smaller than 16×16 pixels, the depth is not 8 or 16 bits, or
            the seed is negative.
    """

    population: Population
    microscope: Microscope
    seed: int = 0
    stains: Mapping[str, Ranges] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the seed, and what may have been changed of the microscope."""
        height, width = self.microscope.shape
        if min(height, width) < _SMALLEST:
            smallest = f"at least {_SMALLEST}x{_SMALLEST} pixels"
            raise InputError("shape", f"{height}x{width}", smallest)
        if self.microscope.bits not in (8, 16):
            raise InputError("bits", str(self.microscope.bits), "8 or 16")
        if self.seed < 0:
            raise InputError("seed", str(self.seed), "0 or more")

    def field(self, planned: PlannedField) -> DrawnField:
        """Draw one field, from random streams of its own and of its specimen."""
        specimen = draw_specimen(
            np.random.default_rng([self.seed, planned.patient, 0]),
            planned.patterns,
            planned.intensity,
            self.microscope,
            self.stains,
        )
        rng = np.random.default_rng([self.seed, planned.patient, planned.number + 1])
        return draw_field(rng, specimen, exposures=planned.number)

    def fields(self, jobs: int = 1) -> Iterator[tuple[PlannedField, DrawnField]]:
        """Yield the population's fields in order; a few at a time are in memory.

        Args:
            jobs: How many processes draw; with 1 it is this one.

        Raises:
            InputError: if there are no jobs, or a process ended early: it was killed, or a script
                starts them outside ``if __name__ == "__main__":``.
        """
        if jobs < 1:
            raise InputError("jobs", str(jobs), "at least 1")
        if jobs == 1:
            return ((planned, self.field(planned)) for planned in self.population.fields())
        return self._in_processes(jobs)

    def _in_processes(self, jobs: int) -> Iterator[tuple[PlannedField, DrawnField]]:
        # A process that is forked would inherit threads of whatever was imported.
        pool = ProcessPoolExecutor(
            jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts
        )
        drawing = replace(self, population=Population(self.population.labels[:1], 1))
        planned = self.population.fields()
        begun: deque[tuple[PlannedField, Future[DrawnField]]] = deque()
        try:
            while True:
                for each in islice(planned, _WAITING * jobs - len(begun)):
                    begun.append((each, pool.submit(drawing.field, each)))
                if not begun:
                    return
                first, future = begun.popleft()
                yield first, future.result()
        except BrokenProcessPool:
            # Why it ended is not known here: killed, or refused to start by a script without guard.
            raise InputError(
                "jobs",
                "a process that draws ended early",
                "enough memory for all of them (fewer need less) and, in a script, "
                '`if __name__ == "__main__":` around the call',
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts() -> None:
    """Leave it to the process that started this one to end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
