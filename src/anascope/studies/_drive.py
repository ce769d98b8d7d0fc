"""Drive a study: hand out the runs that are left, watch them, until all have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from filelock import Timeout

from anascope.errors import InputError
from anascope.studies._executor import Executor
from anascope.studies._folder import StudyFolder
from anascope.studies._layout import State
from anascope.studies._plan import PlannedRun, longest_first
from anascope.studies._work import Job

_TICK = 0.5  # seconds between two looks at what is going on


@dataclass(frozen=True)
class Ended:
    """How a drive ended: names of runs that are done, and of those that failed with reasons."""

    done: tuple[str, ...]
    failed: Mapping[str, str]


class StudyWatcher:
    """Is told how a study goes; override what is of interest."""

    def begin(self, study: StudyFolder, done: Sequence[PlannedRun], slots: int) -> None:
        """The study begins or goes on, with ``done`` runs done before, ``slots`` at a time."""

    def ended(self, run: PlannedRun, failure: str | None) -> None:
        """A run has ended: done, or failed for a reason."""

    def tick(self) -> None:
        """Half a second has gone by, or a run has ended."""


def run_study(
    study: StudyFolder,
    executor: Executor,
    *,
    accelerator: str = "auto",
    watcher: StudyWatcher | None = None,
) -> Ended:
    """Do every run of ``study`` that is not done, failed ones again.

    Args:
        study: The study folder.
        executor: Where runs are done.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        watcher: Is told of progress.

    Raises:
        InputError: if someone else drives this study at the moment.
    """
    watcher = watcher or StudyWatcher()
    lock = study.layout.driver_lock()
    try:
        lock.acquire()
    except Timeout:
        raise InputError(
            study.path, "a study that another process drives", "to wait for it, or to end it"
        ) from None
    try:
        return _drive(study, executor, accelerator, watcher)
    finally:
        lock.release()


def _drive(
    study: StudyFolder, executor: Executor, accelerator: str, watcher: StudyWatcher
) -> Ended:
    by_name = {run.name: run for run in study.runs}
    done = [run for run in study.runs if study.layout.state(run.name) is State.DONE]
    finished = [run.name for run in done]
    failed: dict[str, str] = {}
    left = {run.name for run in study.runs} - set(finished)
    for name in left:  # what failed before is tried again, and waits until then
        study.layout.failure(name).unlink(missing_ok=True)
    watcher.begin(study, done, executor.slots)
    for run in longest_first([run for run in study.runs if run.name in left]):
        executor.submit(Job(study.layout, run, study.cohort_path, accelerator, study.command))
    while left:
        for outcome in executor.ended(_TICK):
            left.discard(outcome.run)
            if outcome.failure is None:
                finished.append(outcome.run)
            else:
                failed[outcome.run] = outcome.failure
            watcher.ended(by_name[outcome.run], outcome.failure)
        watcher.tick()
    return Ended(tuple(finished), failed)
