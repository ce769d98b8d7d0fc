"""A study folder: the grid, its folds, and a run folder for each run.

::

    DIR/
      study.json     cohort and its fingerprint, command, versions
      study.yaml     the grid, every key spelled out
      preset.yaml    what every training starts from, every key spelled out
      folds.json     who trains, validates and tests in each fold
      runs/NAME/     run folders; the name ends with the beginning of the run's key
      report/        tables, figures, report.html and report.pdf (anascope study report)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anascope._version import __version__
from anascope.cohorts import Cohort
from anascope.cohorts.folds import FoldPlan, draw_folds, read_folds, write_folds
from anascope.environment import versions
from anascope.errors import InputError
from anascope.files import new_folder, write_text
from anascope.presets import Preset, load_preset, preset_to_yaml
from anascope.settings import Description, read_file, write_file
from anascope.studies._layout import Layout
from anascope.studies._load import load_study, study_to_yaml
from anascope.studies._plan import PlannedRun, plan_runs
from anascope.studies._study import FoldsSection, Study


class _File(Description):
    """What ``study.json`` says."""

    format: Literal["anascope-study"] = "anascope-study"
    version: Literal[1] = 1
    cohort: str
    fingerprint: str
    command: tuple[str, ...]
    written_by: str = f"anascope {__version__}"
    versions: dict[str, str]


@dataclass(frozen=True)
class StudyFolder:
    """A study folder and its content.

    Attributes:
        path: The folder.
        study: The grid.
        folds: The folds of the patients.
        cohort_path: Path of the cohort.
        fingerprint: Fingerprint of that cohort.
        runs: Every run of the grid.
        command: What was typed last.
        versions: Versions of anascope and its main libraries when the study was last started.
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
        """The paths in the folder."""
        return Layout(self.path)

    def left_over(self) -> list[str]:
        """Return the names of runs that are in the folder and not in the grid."""
        return sorted(set(self.layout.begun()) - {run.name for run in self.runs})

    def open_cohort(self) -> Cohort:
        """Open the study's cohort.

        Raises:
            InputError: if it is gone or its content is not that of the study.
        """
        return _checked(Cohort.open(self.cohort_path), self.fingerprint)


def open_study(path: str | Path, *, cohort: str | Path | None = None) -> StudyFolder:
    """Open a study folder.

    Args:
        path: The folder.
        cohort: Where the study's cohort is now, if it has moved.

    Raises:
        InputError: if it is none.
    """
    layout = Layout(Path(path))
    if not layout.description.is_file():
        expected = f"a folder with {layout.description.name} (anascope study run)"
        raise InputError(path, "not a study", expected)
    description = read_file(_File, layout.description)
    study = load_study(str(layout.grid))
    preset = load_preset(str(layout.preset))
    folds = read_folds(layout.folds)
    return StudyFolder(
        path=layout.path,
        study=study,
        folds=folds,
        cohort_path=Path(cohort or description.cohort),
        fingerprint=description.fingerprint,
        runs=plan_runs(study, preset, folds, description.fingerprint, layout.begun()),
        command=description.command,
        versions=description.versions,
    )


def new_study(
    path: str | Path,
    study: Study,
    cohort: Cohort,
    *,
    folds: FoldPlan | None = None,
    command: Sequence[str] = (),
) -> StudyFolder:
    """Make a study folder, or continue with the one that exists.

    The grid of a folder may grow or shrink: runs are found by their keys, so finished runs are
    kept. Cohort and folds cannot change.

    Args:
        path: The folder.
        study: The grid.
        cohort: The cohort to train on.
        folds: Folds made before. None takes those of the folder, if the study draws them as it did
            then; otherwise they are drawn as the study states.
        command: The command as it was typed.

    Raises:
        InputError: if the folder holds something else, or a study of another cohort or of
            other folds.
    """
    path = Path(path)
    before = open_study(path) if Layout(path).description.is_file() else None
    if before is not None:
        _checked(cohort, before.fingerprint)
        if folds is None and study.folds.draws_like(before.study.folds):
            folds = before.folds
    folds = folds or _drawn(study.folds, cohort)
    folds.check_against(cohort.fields)
    if before is not None and before.folds.folds != folds.folds:
        raise InputError(Layout(path).folds, "other folds", "those with which the study began")
    fingerprint = cohort.info.fingerprint
    preset = load_preset(study.preset, study.changes)
    # Refuses what does not fit before anything is written.
    plan_runs(study, preset, folds, fingerprint)
    description = _File(
        cohort=str(cohort.path.absolute()),
        fingerprint=fingerprint,
        command=tuple(command),
        versions=versions(),
    )
    if before is not None:
        _write(Layout(path), study, preset, description)
        return open_study(path)
    with new_folder(path) as folder:
        _write(Layout(folder), study, preset, description)
        write_folds(folds, Layout(folder).folds)
    return open_study(path)


def _write(layout: Layout, study: Study, preset: Preset, description: _File) -> None:
    write_text(layout.grid, study_to_yaml(study))
    write_text(layout.preset, preset_to_yaml(preset))
    write_file(layout.description, description)


def _drawn(folds: FoldsSection, cohort: Cohort) -> FoldPlan:
    return draw_folds(
        cohort,
        count=folds.count,
        seed=folds.seed,
        draw=folds.draw,
        validation_share=folds.validation_share,
    )


def _checked(cohort: Cohort, fingerprint: str) -> Cohort:
    if cohort.info.fingerprint != fingerprint:
        raise InputError(
            cohort.path,
            f"a cohort with fingerprint {cohort.info.fingerprint[:12]}",
            f"{fingerprint[:12]}, as when the study began",
        )
    return cohort
