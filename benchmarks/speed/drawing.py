"""Fields drawn a second, and the memory that drawing takes.

    python -m benchmarks.speed.drawing

Draws fields of 1388×1040 pixels with the labels of I3A and of MIVIA in their proportions, with 1
and with 2 processes, and follows the peak memory of a process over 150 fields. The largest of the
first fields decide it (how many cells are drawn is a matter of chance); then it must not grow.
Writes results/synthesis-speed.json.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from anascope.files import write_json
from anascope.synthetic import Drawing, Population, laboratory_named
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.memory import peak_mib

SHAPE = (1040, 1388)
SETS = ("i3a", "mivia")
JOBS = (1, 2)
SEED = 12357
_FLAT = 1.05  # memory may grow by so much between the first and the last look


def drawing_like(name: str, count: int, shape: tuple[int, int]) -> Drawing:
    """Return ``count`` fields with the labels of a set, each of a patient of its own."""
    population = Population.like(name, patients=count, fields=1)
    return Drawing(population, replace(laboratory_named(name).microscope, shape=shape), SEED)


def speed(drawing: Drawing, jobs: int) -> dict[str, float]:
    """Return fields a second, the start of processes left out: from the second field on."""
    fields = drawing.fields(jobs)
    for _ in range(jobs):
        next(fields)
    started = time.perf_counter()
    count = sum(1 for _ in fields)
    seconds = time.perf_counter() - started
    return {"fields": count, "seconds": seconds, "fields_per_second": count / seconds}


def peaks(drawing: Drawing, looks: Sequence[int]) -> dict[str, float]:
    """Return the peak memory of this process after so many fields, in MiB."""
    found = {}
    for place, _ in enumerate(drawing.fields(), start=1):
        if place in looks:
            found[str(place)] = peak_mib()
    return found


def peaks_of_a_process(name: str, looks: Sequence[int], shape: tuple[int, int]) -> dict[str, Any]:
    """Return :func:`peaks` as a new process has them, for this one's peak never falls."""
    asked = [sys.executable, "-m", "benchmarks.speed.drawing", "--memory", name]
    asked += ["--looks", *map(str, looks), "--shape", *map(str, shape)]
    printed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    found = {look: float(mib) for look, mib in (line.split() for line in printed.splitlines())}
    first, last = (found[str(look)] for look in (min(looks), max(looks)))
    return {"peak_mib_after_fields": found, "flat": last <= _FLAT * first}


def main() -> None:
    """Measure and write; with ``--memory``, print the peaks of this process alone."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--fields", type=int, default=60, help="to draw for each speed")
    parser.add_argument("--looks", type=int, nargs="+", default=[50, 150], help="at the memory")
    parser.add_argument("--shape", type=int, nargs=2, default=SHAPE, help="height and width")
    parser.add_argument("--memory", choices=SETS, help="print the peaks of this process")
    given = parser.parse_args()
    shape = (given.shape[0], given.shape[1])

    if given.memory:
        drawing = drawing_like(given.memory, max(given.looks), shape)
        for look, mib in peaks(drawing, given.looks).items():
            print(look, mib)
        return
    found: dict[str, Any] = {}
    for name in SETS:
        drawing = drawing_like(name, given.fields, shape)
        by_jobs = {str(jobs): speed(drawing, jobs) for jobs in JOBS}
        found[name] = {"jobs": by_jobs, **peaks_of_a_process(name, given.looks, shape)}
        per_second = {jobs: round(row["fields_per_second"], 2) for jobs, row in by_jobs.items()}
        print(f"{name}: fields a second by processes {per_second}, {found[name]}", flush=True)
    write_json(
        given.out / "synthesis-speed.json",
        {
            **environment(fields=given.fields, looks=given.looks, shape=shape, seed=SEED),
            "sets": found,
        },
    )


if __name__ == "__main__":
    main()
