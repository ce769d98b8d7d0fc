"""The work of one run, wherever it is done: train, measure, or say why not."""

from __future__ import annotations

import shutil
import socket
import traceback
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from anascope.cohorts import Cohort
from anascope.cohorts.folds import read_folds
from anascope.errors import AnascopeError, InputError, WriteError, one_line
from anascope.files import remove_half_written
from anascope.folder_lock import LockHeld, holding
from anascope.run_files import RunFiles
from anascope.settings import write_file
from anascope.studies._layout import Failure, Layout, State
from anascope.studies._plan import PlannedRun, run_key
from anascope.workers import Executor, Result, Watcher, WorkerDied, unwatched

# That the killed one who held a run's lock may take to end: the storage of a cluster gives up the
# locks of a node that has died after a while (NFS: 90 seconds).
_LOCK_SECONDS = 150.0


@dataclass(frozen=True)
class Job:
    """The work that a worker gets.

    Attributes:
        layout: The study folder, on storage that the worker reaches under the same path.
        run: The run to do.
        cohort: The prepared cohort, which the worker also reaches under the same path.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        command: The command as it was typed.
    """

    layout: Layout
    run: PlannedRun
    cohort: Path
    accelerator: str = "auto"
    command: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        run: Its name.
        failure: Why it failed, in a line; None if it is done.
    """

    run: str
    failure: str | None = None


Work = Callable[[Job], Outcome]
"""What workers do with a job: :func:`carry_out`, or something else to measure the driver."""


def carry_out(job: Job) -> Outcome:
    """Continue a run to its end: train the remaining epochs, then measure its test patients.

    A finished run is left as it is. An error is written into the run's folder, and ends this run
    alone.

    Raises:
        WriteError: if that folder cannot be written; nor can those of other runs.
    """
    name = job.run.name
    lock, guarded = job.layout.lock(name), job.layout.run(name)
    try:
        with holding(lock, guarded, wait=_LOCK_SECONDS):
            state, _ = job.layout.looked_at(name, job.run.fold)
            if state is not State.DONE:
                _sweep(job.layout.files(name), state)
                _do(job)
    except LockHeld as held:  # whose run it is will say how it ends
        return Outcome(name, str(held))
    except WriteError:
        raise
    except Exception as error:  # one run's end must not be that of the study
        return _note_failure(job, error)
    return Outcome(name)


def do_jobs(
    executor: Executor,
    jobs: Iterable[Job],
    *,
    work: Work = carry_out,
    watcher: Watcher = unwatched,
) -> Generator[Outcome, None, None]:
    """Do jobs and yield how each ended; if it is closed early, it ends the running ones.

    If a worker or a node dies, its run does not fail: it is started again and continues from its
    last checkpoint. When the network cuts off a node, its workers may still be at work: whoever
    works on a run holds a lock in the study folder, so the next one waits until they have ended,
    and a run that has its results is left as it is.

    Args:
        executor: Runs the jobs. Its workers reach the study folder and the cohort under the same
            paths.
        jobs: The jobs.
        work: The function for each job.
        watcher: Is called at every look.

    Raises:
        WriteError: if a run cannot be written; what still runs is ended.
    """
    for result in executor.map(partial(_in_sight, work), jobs, watcher=watcher):
        yield _outcome(result)


def _outcome(result: Result[Job, Outcome]) -> Outcome:
    job, error = result.item, result.error
    if error is None:
        return result.get()
    if isinstance(error, WriteError):
        raise error
    if isinstance(error, WorkerDied):
        state, _ = job.layout.looked_at(job.run.name, job.run.fold)
        if state is State.DONE:  # its worker died with the results written
            return Outcome(job.run.name)
    return _note_failure(job, error)


def _in_sight(work: Work, job: Job) -> Outcome:
    """Do the work, in a worker, if that sees the study folder."""
    if not job.layout.path.is_dir():
        raise InputError(
            f"node {socket.gethostname()}",
            f"no {job.layout.path} there",
            "the study folder on storage that every node reaches under the same path",
        )
    return work(job)


def _note_failure(job: Job, error: Exception) -> Outcome:
    """Write why a run failed into its folder, and return that."""
    reason = one_line(str(error))
    if not isinstance(error, AnascopeError):  # whose messages say all
        reason = f"{type(error).__name__}: {reason}"
    trace = traceback.format_exception(error)
    # What keeps a run from its folder may keep this file from it, too; the reason is told anyhow.
    with suppress(OSError, AnascopeError):
        write_file(job.layout.failure(job.run.name), Failure(reason, tuple(trace)))
    return Outcome(job.run.name, reason)


def _do(job: Job) -> None:
    # Imported here: a driver that only hands out runs needs neither PyTorch nor plots.
    from anascope.environment import torch_device
    from anascope.studies._progress_file import ProgressFile
    from anascope.training import evaluate_run, new_run, open_run, train_run

    path = job.layout.run(job.run.name)
    if path.is_dir():
        run = open_run(path, cohort=job.cohort)
        if run_key(run.preset, run.fold, run.cohort_fingerprint) != job.run.key:
            raise InputError(
                path,
                "a run of another preset, fold or cohort than its name says",
                "the run that is planned (without the folder, it starts again)",
            )
    else:
        run = new_run(
            path,
            preset=job.run.preset,
            cohort=Cohort.open(job.cohort),
            plan=read_folds(job.layout.folds),
            fold=job.run.fold,
            command=job.command,
        )
    watcher = ProgressFile(path)
    title = f"{job.run.training.label}: fold {job.run.fold}"
    train_run(run, accelerator=job.accelerator, watcher=watcher, extendable=False, title=title)
    watcher.evaluating()
    evaluate_run(run, device=torch_device(job.accelerator))


def _sweep(files: RunFiles, state: State) -> None:
    """Remove what an earlier attempt left that failed, or was killed in the middle of a file.

    Damaged results lose their metrics, which say that all else is there, until all is again.
    """
    if state is State.DAMAGED:
        files.metrics.unlink(missing_ok=True)
    files.failure.unlink(missing_ok=True)
    remove_half_written(files.path.rglob(".*"))
    if files.path.is_dir() and set(files.path.glob("[!.]*")) <= {files.progress}:
        shutil.rmtree(files.path)  # which failed before it was a run
