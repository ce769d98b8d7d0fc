"""A study folder: the grid, its folds, and a run folder for each run.

::

    DIR/
      study.json     cohort and its fingerprint, command, versions
      study.yaml     the grid, every key spelled out
      folds.json     who trains, validates and tests in each fold
      runs/NAME/     run folders; the name ends with the beginning of the run's key
      report/        tables, figures, report.html and report.pdf (anascope study report)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anascope._version import __version__
from anascope.cohorts import Cohort
from anascope.environment import versions
from anascope.errors import InputError
from anascope.files import new_folder, read_json, write_json, write_text
from anascope.folds import FoldPlan, draw_folds, read_folds, write_folds
from anascope.study._layout import Layout
from anascope.study._load import load_study, study_to_yaml
from anascope.study._plan import PlannedRun, plan_runs
from anascope.study._study import Study

_DESCRIPTION = "study.json"
_GRID = "study.yaml"
_FOLDS = "folds.json"
_FORMAT = "anascope-study"
_VERSION = 1


@dataclass(frozen=True)
class StudyFolder:
    """A study folder and what it says.

    Attributes:
        path: The folder.
        study: The grid.
        folds: Who trains, validates and tests.
        cohort_path: On what.
        fingerprint: Content of that cohort.
        runs: Every run of the grid.
        command: What was typed last.
        versions: Of anascope and what it stands on, when the study began.
    """

    path: Path
    study: Study
    folds: FoldPlan
    cohort_path: Path
    fingerprint: str
    runs: tuple[PlannedRun, ...]
    command: tuple[str, ...]
    versions: dict[str, str]

    @property
    def layout(self) -> Layout:
        """Where in the folder everything is."""
        return Layout(self.path)

    def open_cohort(self) -> Cohort:
        """Open the study's cohort.

        Raises:
            InputError: if it is gone or its content is not that of the study.
        """
        return _checked(Cohort.open(self.cohort_path), self.fingerprint)


def open_study(path: str | Path, *, cohort: Path | None = None) -> StudyFolder:
    """Open a study folder.

    Args:
        path: The folder.
        cohort: Where the study's cohort is now, if it has moved.

    Raises:
        InputError: if it is none.
    """
    path = Path(path)
    if not (path / _DESCRIPTION).is_file():
        raise InputError(path, "not a study", f"a folder with {_DESCRIPTION} (anascope study run)")
    said: dict[str, Any] = read_json(path / _DESCRIPTION)
    if said.get("format") != _FORMAT or said.get("version") != _VERSION:
        raise InputError(path / _DESCRIPTION, "another kind of file", f"{_FORMAT} {_VERSION}")
    study = load_study(str(path / _GRID))
    folds = read_folds(path / _FOLDS)
    return StudyFolder(
        path=path,
        study=study,
        folds=folds,
        cohort_path=cohort or Path(said["cohort"]),
        fingerprint=said["fingerprint"],
        runs=plan_runs(study, folds, said["fingerprint"]),
        command=tuple(said["command"]),
        versions=said["versions"],
    )


def new_study(
    path: str | Path,
    study: Study,
    cohort: Cohort,
    *,
    folds: FoldPlan | None = None,
    command: Sequence[str] = (),
) -> StudyFolder:
    """Make a study folder, or go on with the one that is there.

    The grid of a folder may grow or shrink: runs are found by their keys, so those that are
    done stay done. Cohort and folds are those that it began with.

    Args:
        path: The folder.
        study: The grid.
        cohort: What is trained on.
        folds: Folds made before; else they are drawn as the study says.
        command: What was typed.

    Raises:
        InputError: if the folder holds something else, or a study of another cohort or of
            other folds.
    """
    path = Path(path)
    if folds is None:
        drawn = study.folds
        folds = draw_folds(
            cohort,
            count=drawn.count,
            seed=drawn.seed,
            draw=drawn.draw,
            validation_share=drawn.validation_share,
        )
    folds.check_against(cohort.fields)
    fingerprint = cohort.info.fingerprint
    plan_runs(study, folds, fingerprint)  # refuses what does not fit before anything is written
    description = {
        "format": _FORMAT,
        "version": _VERSION,
        "cohort": str(cohort.path.resolve()),
        "fingerprint": fingerprint,
        "command": list(command),
        "written_by": f"anascope {__version__}",
        "versions": versions(),
    }
    if (path / _DESCRIPTION).is_file():
        before = open_study(path)
        _checked(cohort, before.fingerprint)
        if before.folds.folds != folds.folds:
            raise InputError(path / _FOLDS, "other folds", "those that the study began with")
        write_text(path / _GRID, study_to_yaml(study))
        write_json(path / _DESCRIPTION, description)
        return open_study(path)
    with new_folder(path) as folder:
        write_text(folder / _GRID, study_to_yaml(study))
        write_folds(folds, folder / _FOLDS)
        write_json(folder / _DESCRIPTION, description)
    return open_study(path)


def _checked(cohort: Cohort, fingerprint: str) -> Cohort:
    if cohort.info.fingerprint != fingerprint:
        raise InputError(
            cohort.path,
            f"a cohort with fingerprint {cohort.info.fingerprint[:12]}",
            f"{fingerprint[:12]}, as when the study began",
        )
    return cohort
