"""Train a fold to its end, or go on with what is there of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anascope.cohorts import Cohort
from anascope.cohorts.folds import FoldPlan
from anascope.environment import hardware
from anascope.errors import InputError
from anascope.files import remove_half_written
from anascope.folder_lock import folder_lock
from anascope.presets import Preset
from anascope.settings import write_file
from anascope.tasks import tasks_named
from anascope.training._checkpoints import has_checkpoint
from anascope.training._ended import has_ended
from anascope.training._extension import same_or_extended
from anascope.training._fit import fit
from anascope.training._history import read_history
from anascope.training._run import Run, new_run, open_run
from anascope.workers import Watcher, unwatched


def train_or_resume(
    path: Path,
    *,
    preset: Preset,
    cohort: Cohort,
    plan: FoldPlan,
    fold: str,
    accelerator: str = "auto",
    devices: int = 1,
    command: Sequence[str] = (),
    extend: bool = False,
    watcher: Watcher = unwatched,
) -> Run:
    """Return the run of a fold, trained to its end.

    Args:
        path: Path of the run folder, which is made if it does not exist, and continued if it is not
            finished.
        preset: The preset of the training.
        cohort: The cohort.
        plan: The folds of the patients.
        fold: One of ``plan``.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        devices: Number of devices among which a batch is divided.
        command: The command that a run records as the one that began or extended it.
        extend: Whether a run with fewer epochs gets more, so that it ends where a run that began
            with them ends.
        watcher: Gets every epoch.

    Raises:
        InputError: if the run there is of another preset or fold, its cohort has changed, or it
            cannot be extended.
    """
    if not path.exists():
        new_run(path, preset=preset, cohort=cohort, plan=plan, fold=fold, command=list(command))
    run = open_run(path, cohort=cohort.path)
    run = same_or_extended(run, preset, plan.fold(fold), extend=extend, command=command)
    if _has_ended(run) and run.curves.is_file():
        run.open_cohort()  # says so if it has changed since
        return run
    train_run(run, accelerator=accelerator, devices=devices, watcher=watcher)
    return run


def _has_ended(run: Run) -> bool:
    """Tell whether a run has ended.

    Raises:
        InputError: if its history is damaged, and no checkpoint is there to write it again from.
    """
    try:
        return has_ended(run)
    except InputError:
        if not has_checkpoint(run.checkpoints):
            raise
        return False


def train_run(
    run: Run,
    *,
    accelerator: str = "auto",
    devices: int = 1,
    watcher: Watcher = unwatched,
    extendable: bool = True,
    title: str | None = None,
) -> None:
    """Train a run to its last epoch, and calibrate its model on its validation patients.

    Its folder also gets the curves, and a record of where it was trained.

    Args:
        run: The run folder.
        accelerator, devices, watcher, extendable: As for :func:`~anascope.training.fit`.
        title: Title of the curves; the names of folder and fold if None.

    Raises:
        InputError: if another process trains this run.
        InputError, WriteError, NotFiniteError: as :func:`~anascope.training.fit` does.
    """
    # Plots and whole fields: what only reads runs needs neither.
    from anascope.report.plots import draw_curves
    from anascope.training.calibration import HeldOut, calibrate

    with folder_lock(run.path):
        remove_half_written(run.path.rglob(".*"))
        fit(
            run,
            accelerator=accelerator,
            devices=devices,
            watcher=watcher,
            extendable=extendable,
        )
        cohort = run.open_cohort()
        validation = run.fold.records(cohort.fields, "validation")
        whom = f"the validation patients of fold {run.fold.name}"
        calibrate([HeldOut(run.model, cohort, validation)], whom, accelerator=accelerator)
        write_file(run.hardware, hardware())
        # Last: who goes on with a run looks whether they are there.
        title = title or f"{run.path.name}: fold {run.fold.name}"
        tasks = tasks_named(run.preset.tasks)
        draw_curves(read_history(run.history), run.curves, title=title, tasks=tasks)
