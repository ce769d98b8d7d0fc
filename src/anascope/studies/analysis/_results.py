"""Read what the runs of a study have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from anascope.errors import InputError
from anascope.studies import PlannedRun, State, StudyFolder, Training
from anascope.studies.analysis._run_results import RunResults, read_run
from anascope.tasks import LabelTask, Level, Measure, Task
from anascope.words import Vocabulary


@dataclass(frozen=True)
class TrainingResults:
    """The runs of one training that are done, by fold.

    Attributes:
        training: The training.
        folds: Its runs.
        wanted: How many folds the study has.
    """

    training: Training
    folds: Mapping[str, RunResults]
    wanted: int

    @property
    def whole(self) -> bool:
        """Whether every fold is done."""
        return len(self.folds) == self.wanted

    def table(self, level: Level) -> pd.DataFrame:
        """Return predictions and labels at a level, of all folds: each patient tested once."""
        if level not in self._tables:
            tables = [run.table(level).assign(fold=fold) for fold, run in self.folds.items()]
            self._tables[level] = pd.concat(tables, ignore_index=True)
        return self._tables[level]

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}


@dataclass(frozen=True)
class Results:
    """Everything that a study has measured so far.

    Attributes:
        study: The study folder.
        trainings: Those with at least one run that is done, in the study's order.
        tasks: What the networks learn.
        vocabulary: The classes that they distinguish.
        unfinished: Names of the runs that are not done or cannot be used, with the reason.
        damaged: Those of them whose results are damaged.
    """

    study: StudyFolder
    trainings: tuple[TrainingResults, ...]
    tasks: tuple[Task, ...]
    vocabulary: Vocabulary
    unfinished: Mapping[str, str]
    damaged: Mapping[str, str] = field(default_factory=dict)

    @property
    def label_tasks(self) -> tuple[LabelTask, ...]:
        """Those that name a class of the image."""
        return tuple(task for task in self.tasks if isinstance(task, LabelTask))

    @cached_property
    def accuracies(self) -> tuple[Measure, ...]:
        """The measure of each task by which trainings are compared."""
        return tuple(
            measure
            for task in self.tasks
            for measure in task.measures(self.vocabulary)
            if measure.name == task.accuracy
        )

    @property
    def runs(self) -> tuple[RunResults, ...]:
        """All runs that are done."""
        return tuple(run for training in self.trainings for run in training.folds.values())

    @property
    def folds(self) -> tuple[str, ...]:
        """The folds of the study, in order."""
        return tuple(dict.fromkeys(run.fold for run in self.study.runs))


def read_results(study: StudyFolder) -> Results:
    """Read the runs of ``study`` that are done; one with a damaged file counts as unfinished.

    Raises:
        InputError: if none is done, or none is whole: then for the first file that is damaged.
    """
    trainings: list[TrainingResults] = []
    unfinished: dict[str, str] = {}
    damaged: dict[str, InputError] = {}
    folds = len({run.fold for run in study.runs})
    for training in study.study.trainings():
        done: dict[str, RunResults] = {}
        for run in study.runs:
            if run.training == training:
                state = study.layout.state(run.name)
                if state is not State.DONE:
                    unfinished[run.name] = _why(study, run, state)
                    continue
                try:
                    done[run.fold] = read_run(study, run)
                except InputError as error:
                    unfinished[run.name] = f"damaged: {error}"
                    damaged[run.name] = error
        if done:
            trainings.append(TrainingResults(training, done, folds))
    if not trainings and damaged:
        raise next(iter(damaged.values()))
    if not trainings:
        raise InputError(study.path, "no run that is done", "at least one (anascope study run)")
    first = next(iter(trainings[0].folds.values()))
    return Results(
        study=study,
        trainings=tuple(trainings),
        tasks=first.tasks,
        vocabulary=first.vocabulary,
        unfinished=unfinished,
        damaged={name: str(error) for name, error in damaged.items()},
    )


def _why(study: StudyFolder, run: PlannedRun, state: State) -> str:
    return study.layout.reason(run.name) if state is State.FAILED else "not done yet"
