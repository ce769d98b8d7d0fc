"""Train a fold, or go on with what is there of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anascope.cohorts import Cohort
from anascope.cohorts.folds import FoldPlan
from anascope.errors import InputError
from anascope.presets import Preset
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
    command: Sequence[str] = (),
    watcher: Watcher = unwatched,
) -> Run:
    """Return the run of a fold, trained to its end.

    Args:
        path: Of the run folder; made if it is not there, gone on with if it is not at its end.
        preset: How it is trained.
        cohort: On what.
        plan: Who trains, validates and tests.
        fold: One of ``plan``.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        command: What a new run says that it was begun by.
        watcher: Is told of every epoch.

    Raises:
        InputError: if the run there is of another preset, or its cohort has changed.
    """
    if not path.exists():
        new_run(path, preset=preset, cohort=cohort, plan=plan, fold=fold, command=list(command))
    run = open_run(path)
    if run.preset != preset:
        raise InputError(path, "a run of another preset", "this one's, or no folder")
    if run.history.is_file() and len(read_history(run.history)) == preset.training.epochs:
        run.open_cohort()  # says so if it has changed since
        return run
    fit(run, accelerator=accelerator, watcher=watcher)
    return run
