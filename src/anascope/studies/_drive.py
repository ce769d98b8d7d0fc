"""Drive a study: hand out the runs that are left, watch them, until all have ended."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass

from anascope.environment import check_accelerator, torch_device
from anascope.errors import InputError
from anascope.files import remove_half_written
from anascope.folder_lock import holding
from anascope.run_files import checkpoint_files
from anascope.studies._folder import StudyFolder
from anascope.studies._layout import Layout, State
from anascope.studies._plan import PlannedRun, longest_first
from anascope.studies._work import Job, Work, carry_out, do_jobs
from anascope.workers import Event, Executor, Watcher, unwatched
from anascope.writing import writing


@dataclass(frozen=True)
class Ended:
    """How a drive ended: names of runs that are done, and of those that failed with reasons."""

    done: tuple[str, ...]
    failed: Mapping[str, str]


@dataclass(frozen=True)
class StudyBegan(Event):
    """A study begins or continues.

    Attributes:
        study: The study folder.
        done: Runs that were done before.
        slots: How many runs are done at a time.
    """

    study: StudyFolder
    done: tuple[PlannedRun, ...]
    slots: int


@dataclass(frozen=True)
class RunEnded(Event):
    """A run has ended: done, or failed for a reason."""

    run: PlannedRun
    failure: str | None


def run_study(
    study: StudyFolder,
    executor: Executor,
    *,
    accelerator: str = "auto",
    work: Work = carry_out,
    watcher: Watcher = unwatched,
) -> Ended:
    """Do every run of ``study`` that is not done, failed ones again.

    Args:
        study: The study folder.
        executor: Runs the work.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        work: The function for a run; by default, all that belongs to a run.
        watcher: Gets :class:`StudyBegan`, :class:`RunEnded` and :class:`anascope.workers.Tick`.

    Raises:
        InputError: if another process drives this study, there is no such accelerator, or runs need
        a GPU but get none. WriteError: if the study cannot be written. Runs that have not ended
        continue at the next start.
    """
    check_accelerator(accelerator)
    if accelerator == "gpu" and not executor.has_gpus:
        raise InputError("gpus", "0 with accelerator gpu", "more than 0")
    if not executor.elsewhere:
        torch_device(accelerator)  # says that it cannot be used before the first run is begun
    with holding(study.layout.driver_lock, study.path):
        remove_half_written(study.path.glob(".*"))
        return _drive(study, executor, accelerator, work, watcher)


def _drive(
    study: StudyFolder, executor: Executor, accelerator: str, work: Work, watcher: Watcher
) -> Ended:
    by_name = {run.name: run for run in study.runs}
    done = [run for run in study.runs if _is_done(study, run)]
    for run in done:
        _sweep_checkpoints(study, run)
    finished = [run.name for run in done]
    waiting = longest_first([by_name[name] for name in by_name.keys() - set(finished)])
    failed: dict[str, str] = {}
    for run in waiting:  # what failed before is tried again, and waits until then
        with suppress(OSError):  # the run itself will say what is wrong with its folder
            study.layout.failure(run.name).unlink(missing_ok=True)
    watcher(StudyBegan(study, tuple(done), executor.slots))
    # Workers have a working directory of their own. Links stay links: what stands behind them may
    # differ from node to node.
    layout, cohort = Layout(study.path.absolute()), study.cohort_path.absolute()
    jobs = (Job(layout, run, cohort, accelerator, study.command) for run in waiting)
    with closing(do_jobs(executor, jobs, work=work, watcher=watcher)) as outcomes:
        for outcome in outcomes:
            if outcome.failure is None:
                finished.append(outcome.run)
            else:
                failed[outcome.run] = outcome.failure
            watcher(RunEnded(by_name[outcome.run], outcome.failure))
    return Ended(tuple(finished), failed)


def _sweep_checkpoints(study: StudyFolder, run: PlannedRun) -> None:
    """Remove what nothing goes on from: earlier versions left the checkpoint of a finished run."""
    if run.preset.training.keep_checkpoints == "all":
        return
    for path in checkpoint_files(study.layout.files(run.name).checkpoints):
        with writing(path):
            path.unlink(missing_ok=True)


def _is_done(study: StudyFolder, run: PlannedRun) -> bool:
    """Tell whether a run has its results, whole: damaged ones are made again."""
    return study.layout.looked_at(run.name, run.fold)[0] is State.DONE
