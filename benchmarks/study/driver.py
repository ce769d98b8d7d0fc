"""What driving a study costs, apart from training: planning, handing out, collecting, looking.

    python -m benchmarks.study.driver

Runs that do nothing but leave a result are driven by local processes and by Ray, for grids of
several sizes, each in a process of its own so that its memory is its own. Then two runs of the
preset `tiny` are done for real, and what they spend before and after their epochs is read from
the times of their files. Writes results/study-driver.json.

With ``--simulated``, instead, 10,000 runs are driven on 100 workers that are not there: how much
later the last one ends than without a driver. Writes results/study-driver-simulated.json.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cli import main as anascope
from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.files import write_json
from anascope.studies import (
    Job,
    Outcome,
    PlannedRun,
    RunEnded,
    Study,
    StudyFolder,
    new_study,
    open_study,
    run_study,
)
from anascope.synthetic import I3A, Drawing, Population
from anascope.workers import Event, Executor, Processes, RayCluster
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.memory import peak_mib
from benchmarks.study._simulated import Simulated, seconds_of_runs, without_a_driver

FOLDS = 5
PATIENTS = 252  # as many as the published set has: folds are written and hashed as a whole
JOBS = 2
SIZES = (40, 100, 1000, 10_000)
WORKERS, RUNS, SECONDS = 100, 10_000, 15.0
"""Simulated: a run as short as one of 40 that a GPU does in 10 minutes."""
EXECUTORS: dict[str, Callable[[], Executor]] = {
    "local": lambda: Processes(JOBS, threads=1),
    "ray": RayCluster,
}


def small_cohort(path: Path, patients: int, shape: tuple[int, int]) -> Cohort:
    """Return a drawn cohort of one small field a patient."""
    population = Population.like("i3a", patients=patients, fields=1)
    drawing = Drawing(population, replace(I3A, shape=shape), seed=12357)
    return import_cohort(DrawnSource(drawing), path, source_format="synthetic")


def leave_a_result(job: Job) -> Outcome:
    """Do what makes a run count as done, and nothing else."""
    write_json(job.layout.run(job.run.name) / "metrics.json", {})
    return Outcome(job.run.name)


class FirstEnd:
    """Notes when the first run ended."""

    at: float | None = None

    def __call__(self, event: Event) -> None:
        """Note that a run has ended."""
        if isinstance(event, RunEnded):
            self.at = self.at or time.perf_counter()


def simulate(runs: int, workers: int, mean: float) -> dict[str, Any]:
    """Return what driving a grid on workers that are not there adds to its time.

    Args:
        runs: In the grid.
        workers: That do them.
        mean: Seconds that a run takes.
    """
    seconds = seconds_of_runs(runs, mean)
    with tempfile.TemporaryDirectory() as folder:
        cohort = small_cohort(Path(folder) / "cohort", PATIENTS, (64, 64))
        path = Path(folder) / "study"
        planning, study = _timed(lambda: new_study(path, _grid(runs), cohort))
        executor = Simulated(workers, seconds)
        ended = run_study(study, executor, work=leave_a_result)
        driven, computed = executor.now, executor.processor_seconds
        assert len(ended.done) == runs, ended.failed
    alone = without_a_driver(seconds, workers)
    return {
        "plan_seconds": planning,
        "seconds_without_a_driver": alone,
        "seconds_driven": driven,
        "share_of_the_driver": (planning + driven) / alone - 1,
        "processor_seconds": computed,
    }


def measure(runs: int, executor: str) -> dict[str, Any]:
    """Return what a grid of ``runs`` empty runs costs, in seconds and MiB."""
    grid = _grid(runs)
    with tempfile.TemporaryDirectory() as folder:
        cohort = small_cohort(Path(folder) / "cohort", PATIENTS, (64, 64))
        planning, study = _timed(lambda: new_study(Path(folder) / "study", grid, cohort))
        before = peak_mib()
        starting, opened = _timed(EXECUTORS[executor])
        watcher = FirstEnd()
        with opened as workers:
            began = time.perf_counter()
            ended = run_study(study, workers, work=leave_a_result, watcher=watcher)
            ended_at = time.perf_counter()
        assert len(ended.done) == runs, ended.failed
        first = watcher.at or ended_at
        peak = peak_mib()
        again, _ = _timed(lambda: _begin_again(Path(folder) / "study", grid, cohort))
        looking, _ = _timed(lambda: _status(Path(folder) / "study"))
        opening, _ = _timed(lambda: open_study(Path(folder) / "study"))
    return {
        "runs": runs,
        "executor": executor,
        "plan_seconds": planning,
        "open_seconds": opening,
        "start_executor_seconds": starting,
        "first_run_seconds": first - began,
        "other_runs_seconds": ended_at - first,
        "ms_per_run": 1000 * (ended_at - first) / (runs - 1),
        "second_start_seconds": again,
        "status_seconds": looking,
        "peak_memory_mib": peak,
        "memory_of_the_drive_mib": peak - before,
    }


def _grid(runs: int) -> Study:
    seeds = tuple(range(runs // FOLDS))
    return Study(description="Empty runs", preset="tiny", factors={"training.seed": seeds})


def real_runs(epochs: int) -> list[dict[str, float]]:
    """Return what two runs of `tiny`, one after the other in a worker, spend around epochs."""
    grid = Study.model_validate(
        {
            "description": "Two real runs",
            "preset": "tiny",
            "changes": {"training.epochs": epochs},
            "folds": {"only": ["A", "B"]},
        }
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        cohort = small_cohort(Path(folder) / "cohort", 10, (400, 400))
        study = new_study(Path(folder) / "study", grid, cohort)
        began = time.time()
        ended = run_study(study, Processes(1, threads=1), accelerator="cpu")
        assert not ended.failed, ended.failed
        for run in study.runs:
            rows.append(_around(study, run, began, epochs))
            began += sum(rows[-1].values())
    return rows


def _around(study: StudyFolder, run: PlannedRun, began: float, epochs: int) -> dict[str, float]:
    path = study.layout.run(run.name)
    seconds = float(pd.read_csv(path / "history.csv")["seconds"].sum())
    trained, measured = ((path / name).stat().st_mtime for name in ("history.csv", "metrics.json"))
    return {
        "begin_seconds": trained - seconds - began,
        "epochs_seconds": seconds,
        "finish_seconds": measured - trained,
    }


def _begin_again(path: Path, grid: Study, cohort: Cohort) -> None:
    study = new_study(path, grid, cohort)
    run_study(study, Processes(JOBS, threads=1), work=leave_a_result)


def _status(path: Path) -> None:
    sys.argv = ["anascope", "study", "status", str(path), "--json"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        anascope()


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    value = call()
    return time.perf_counter() - began, value


def _in_new_process(runs: int, executor: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.study.driver"]
    command += ["--one", executor, "--runs", str(runs)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure all sizes and write the results."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--runs", type=int, action="append", help="size; may be repeated")
    parser.add_argument("--epochs", type=int, default=2, help="of the two real runs")
    parser.add_argument("--one", choices=EXECUTORS, help=argparse.SUPPRESS)
    parser.add_argument("--simulated", action="store_true", help="on workers that are not there")
    given = parser.parse_args()
    sizes = given.runs or SIZES
    if given.simulated:
        runs = sizes[0] if given.runs else RUNS
        added = simulate(runs, WORKERS, SECONDS)
        settings = {"runs": runs, "workers": WORKERS, "run_seconds": SECONDS, "patients": PATIENTS}
        write_json(given.out / "study-driver-simulated.json", {**environment(**settings), **added})
        computed = added["processor_seconds"] / added["seconds_without_a_driver"]
        print(f"the driver adds {added['share_of_the_driver']:.2%}; it computes for {computed:.2%}")
        return
    if given.one:
        print(json.dumps(measure(sizes[0], given.one)))
        return
    found = []
    for executor in EXECUTORS:
        for runs in sizes:
            found.append(_in_new_process(runs, executor))
            print(
                f"{executor}, {runs} runs: planned in {found[-1]['plan_seconds']:.2f} s, "
                f"{found[-1]['ms_per_run']:.2f} ms a run, "
                f"{found[-1]['peak_memory_mib']:.0f} MiB",
                flush=True,
            )
    around = real_runs(given.epochs)
    settings = {"jobs": JOBS, "patients": PATIENTS, "folds": FOLDS, "epochs": given.epochs}
    write_json(
        given.out / "study-driver.json",
        {**environment(**settings), "grids": found, "real_runs": around},
    )
    for row in around:
        print("; ".join(f"{key}: {value:.2f}" for key, value in row.items()))


if __name__ == "__main__":
    main()
