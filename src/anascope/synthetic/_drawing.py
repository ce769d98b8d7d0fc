"""Draw the fields of a population, in several processes and in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np

from anascope.errors import InputError
from anascope.synthetic._field import DrawnField, draw_field
from anascope.synthetic._microscopes import Microscopes
from anascope.synthetic._population import PlannedField, Population
from anascope.synthetic._specimen import draw_specimen
from anascope.synthetic._titres import Titres
from anascope.synthetic.optics import Microscope
from anascope.synthetic.stains import Ranges
from anascope.workers import Executor, WorkerDied, local

_SMALLEST = 16  # pixels a side
_BITS = (8, 12, 16)
_MICROSCOPE = 1  # the random stream in which a specimen's microscope is drawn


@dataclass(frozen=True)
class Drawing:
    """Everything that determines the drawn fields.

    The same drawing gives the same pixels, in any number of processes, and adding patients or
    fields leaves the others unchanged.

    Attributes:
        population: The patients.
        microscope: One microscope for all patients, or a range from which one is drawn for each.
        seed: Seed of the random numbers; not negative.
        stains: Ranges of the values of stains, by pattern, that differ from those of the package.
        titres: How bright the further patterns of mixed sera are.

    Raises:
        InputError: if fields would be smaller than 16×16 pixels, the depth is not 8, 12 or 16 bits,
            JPEG is requested with more than 8 bits, the seed is negative, or no microscope of the
            range is left.
    """

    population: Population
    microscope: Microscope | Microscopes
    seed: int = 0
    stains: Mapping[str, Ranges] = field(default_factory=dict)
    titres: Titres = field(default_factory=Titres)

    def __post_init__(self) -> None:
        """Check the seed, and what may have been changed of the microscope."""
        if self.seed < 0:
            raise InputError("seed", str(self.seed), "0 or more")
        microscope = self.microscope_of(0)
        height, width = microscope.shape
        if min(height, width) < _SMALLEST:
            smallest = f"at least {_SMALLEST}x{_SMALLEST} pixels"
            raise InputError("shape", f"{height}x{width}", smallest)
        if microscope.bits not in _BITS:
            raise InputError("bits", str(microscope.bits), "8, 12 or 16")
        if microscope.jpeg_quality and microscope.bits != 8:
            found = f"{microscope.jpeg_quality} with {microscope.bits} bits"
            raise InputError("jpeg_quality", found, "8 bits, or 0: JPEG has no others")

    def microscope_of(self, patient: int) -> Microscope:
        """Return the microscope of a patient's specimen.

        Args:
            patient: Its number among the patients, from 0.
        """
        if isinstance(self.microscope, Microscope):
            return self.microscope
        return self.microscope.draw(np.random.default_rng([self.seed, patient, 0, _MICROSCOPE]))

    def field(self, planned: PlannedField) -> DrawnField:
        """Draw one field, from random streams of its own and of its specimen."""
        specimen = draw_specimen(
            np.random.default_rng([self.seed, planned.patient, 0]),
            planned.patterns,
            planned.intensity,
            self.microscope_of(planned.patient),
            self.stains,
            self.titres,
        )
        rng = np.random.default_rng([self.seed, planned.patient, planned.number + 1])
        return draw_field(rng, specimen, exposures=planned.number)

    def fields(self, jobs: int = 1) -> Iterator[tuple[PlannedField, DrawnField]]:
        """Yield the population's fields in order; a few at a time are in memory.

        Args:
            jobs: Number of processes that draw; 1 means this one.

        Raises:
            InputError: if there are no jobs, or a process ended early: it was killed, or a script
                starts them outside ``if __name__ == "__main__":``.
        """
        return self._drawn(local(jobs, retries=0))

    def _drawn(self, executor: Executor) -> Iterator[tuple[PlannedField, DrawnField]]:
        planned = self.population.fields()
        with closing(executor.map(self.field, planned, in_order=True)) as results:
            for result in results:
                if isinstance(result.error, WorkerDied):
                    raise InputError(
                        "jobs",
                        "a process that draws ended early",
                        "enough memory for all of them (fewer need less) and, in a script, "
                        '`if __name__ == "__main__":` around the call',
                    )
                yield result.item, result.get()
