"""Runs of the published grid on MIVIA, as many as time allows, and what all of them take."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from anascope.cohorts import Cohort
from anascope.cohorts.folds import read_folds
from anascope.environment import torch_device
from anascope.files import read_json, write_json
from anascope.models import load_model
from anascope.studies import (
    Job,
    Outcome,
    PlannedRun,
    StudyFolder,
    do_jobs,
    load_study,
    new_study,
)
from anascope.training import fit, new_run, open_run
from anascope.training.evaluation import evaluate
from anascope.workers import Event, ThisProcess
from benchmarks.speed._rates import Scale

_TIMES = "times.json"  # beside a run's metrics: what it took, and whether in one piece


def published_runs(
    cohort: Path,
    work: Path,
    accelerator: str,
    scale: Scale,
    most: int,
    deadline: float,
    keep: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Do runs of the grid until the next one would not end in time; return what all take.

    A run that was killed goes on where it was. Runs are those of a study, but for their pictures
    and for the calibration of a model that nobody will use; a run's weights are removed when it
    has been measured.

    Args:
        cohort: MIVIA, imported.
        work: Keeps the study.
        accelerator: Where.
        scale: How much is measured.
        most: Runs that are done at one start.
        deadline: Of ``time.monotonic``.
        keep: Is given what is known after every run.
    """
    opened = Cohort.open(cohort)
    changes = {"sampling.patches": 2, "training.batch_size": 2} if scale.changes else {}
    grid = load_study("paper", preset="paper", changes={**dict(scale.changes), **changes})
    study = new_study(work / "published-grid", grid, opened)
    found = _so_far(study)

    def jobs() -> Iterator[Job]:
        waiting = [run for run in study.runs if _times(study, run) is None]
        for run in waiting[:most]:
            if time.monotonic() + _expected(study, run) > deadline:
                return
            yield Job(study.layout, run, cohort.absolute(), accelerator)

    work_on = partial(_train_and_measure, deadline)
    for outcome in do_jobs(ThisProcess(), jobs(), work=work_on):
        found = _so_far(study) | ({"ended": outcome.failure} if outcome.failure else {})
        keep(found)
        if outcome.failure is not None:
            break
    return found


class _OutOfTime(Exception):
    """The next step would be after the deadline."""


def _train_and_measure(deadline: float, job: Job) -> Outcome:
    """Train a run and measure its test patients, as a study does."""

    def watch(event: Event) -> None:
        if time.monotonic() > deadline:
            raise _OutOfTime

    cohort = Cohort.open(job.cohort)
    path = job.layout.run(job.run.name)
    again = path.exists()
    began = time.monotonic()
    if again:
        run = open_run(path, cohort=job.cohort)
    else:
        plan = read_folds(job.layout.folds)
        run = new_run(path, preset=job.run.preset, cohort=cohort, plan=plan, fold=job.run.fold)
    try:
        fit(run, accelerator=job.accelerator, watcher=watch)
    except _OutOfTime:
        return Outcome(job.run.name, "out of time; goes on at the next start")
    trained = time.monotonic()
    tested = run.fold.records(cohort.fields, "test")
    device = torch_device(job.accelerator)
    result = evaluate(load_model(run.model), cohort, tested, device=device, keep_masks=0)
    write_json(run.metrics, result.metrics)
    for folder in (run.checkpoints, run.model):
        shutil.rmtree(folder, ignore_errors=True)
    ended = time.monotonic()
    times = {
        "seconds": ended - began,
        "training_seconds": trained - began,
        "measuring_seconds": ended - trained,
        "epochs": job.run.preset.training.epochs,
        "in_one_piece": not again,
    }
    write_json(path / _TIMES, times)
    return Outcome(job.run.name)


def _times(study: StudyFolder, run: PlannedRun) -> dict[str, Any] | None:
    path = study.layout.run(run.name) / _TIMES
    if not path.is_file():
        return None
    times: dict[str, Any] = read_json(path)
    return times


def _whole(study: StudyFolder) -> list[dict[str, Any]]:
    found = [_times(study, run) for run in study.runs]
    return [times for times in found if times is not None and times["in_one_piece"]]


def _expected(study: StudyFolder, run: PlannedRun) -> float:
    """Return the seconds that a run will take, by those that are done; 0 before the first."""
    whole = _whole(study)
    if not whole:
        return 0.0
    an_epoch: float = mean(times["training_seconds"] / times["epochs"] for times in whole)
    around: float = mean(times["measuring_seconds"] for times in whole)
    return around + an_epoch * run.preset.training.epochs


def _so_far(study: StudyFolder) -> dict[str, Any]:
    done = {run.name: times for run in study.runs if (times := _times(study, run)) is not None}
    all_seconds = sum(_expected(study, run) for run in study.runs)
    return {
        "runs": len(study.runs),
        "epochs": sum(run.preset.training.epochs for run in study.runs),
        "done": len(done),
        "each": done,
        "minutes_of_all": all_seconds / 60 if _whole(study) else None,
    }
