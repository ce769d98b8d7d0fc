"""Read what the runs of a study have written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ConfigDict, create_model

from anascope.environment import Hardware
from anascope.errors import InputError
from anascope.settings import Description, read_file
from anascope.studies import PlannedRun, State, StudyFolder, Training
from anascope.tasks import LabelTask, Level, Measure, Task, tasks_named
from anascope.training.evaluation import specimen_table
from anascope.words import IntensityScale, PatternSpace, Vocabulary


@dataclass(frozen=True)
class RunResults:
    """What one run has measured on the test patients of its fold.

    Attributes:
        run: The run.
        history: One row an epoch.
        patches: One row a patch.
        fields: One row a field.
        metrics: Scores by level and task, as :func:`anascope.tasks.score` returns them.
        hardware: Where it was trained.
    """

    run: PlannedRun
    history: pd.DataFrame
    patches: pd.DataFrame
    fields: pd.DataFrame
    metrics: Mapping[str, Any]
    hardware: Hardware

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What its network learned."""
        return tasks_named(self.run.preset.tasks)

    @property
    def vocabulary(self) -> Vocabulary:
        """What its network tells apart."""
        return _vocabulary(self.metrics)

    def table(self, level: Level) -> pd.DataFrame:
        """Return predictions and labels at a level."""
        if level == "specimen":
            return specimen_table(self.patches, self.fields, self.vocabulary, self.tasks)
        return self.fields if level == "field" else self.patches


@dataclass(frozen=True)
class TrainingResults:
    """The runs of one training that are done, by fold.

    Attributes:
        training: The training.
        folds: Its runs.
        wanted: How many folds the study wants.
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
        vocabulary: What they tell apart.
        unfinished: Names of the runs that are not done, with what they are.
    """

    study: StudyFolder
    trainings: tuple[TrainingResults, ...]
    tasks: tuple[Task, ...]
    vocabulary: Vocabulary
    unfinished: Mapping[str, str]

    @property
    def label_tasks(self) -> tuple[LabelTask, ...]:
        """Those that name a class of the image."""
        return tuple(task for task in self.tasks if isinstance(task, LabelTask))

    @cached_property
    def accuracies(self) -> tuple[Measure, ...]:
        """The measure of each task that trainings are compared by."""
        return tuple(
            measure
            for task in self.tasks
            for measure in task.measures(self.vocabulary)
            if measure.name == task.accuracy
        )

    @property
    def runs(self) -> tuple[RunResults, ...]:
        """All runs that are done."""
        return tuple(run for each in self.trainings for run in each.folds.values())

    @property
    def folds(self) -> tuple[str, ...]:
        """The folds of the study, in order."""
        return tuple(dict.fromkeys(run.fold for run in self.study.runs))


def read_results(study: StudyFolder) -> Results:
    """Read the runs of ``study`` that are done.

    Raises:
        InputError: if none is, or a file of one is damaged.
    """
    trainings: list[TrainingResults] = []
    unfinished: dict[str, str] = {}
    folds = len({run.fold for run in study.runs})
    for training in study.study.trainings():
        done: dict[str, RunResults] = {}
        for run in study.runs:
            if run.training == training:
                state = study.layout.state(run.name)
                if state is State.DONE:
                    done[run.fold] = _read_run(study, run)
                else:
                    unfinished[run.name] = _why(study, run, state)
        if done:
            trainings.append(TrainingResults(training, done, folds))
    if not trainings:
        raise InputError(study.path, "no run that is done", "at least one (anascope study run)")
    first = next(iter(trainings[0].folds.values()))
    return Results(
        study=study,
        trainings=tuple(trainings),
        tasks=first.tasks,
        vocabulary=first.vocabulary,
        unfinished=unfinished,
    )


def _why(study: StudyFolder, run: PlannedRun, state: State) -> str:
    return study.layout.reason(run.name) if state is State.FAILED else "not done yet"


def _read_run(study: StudyFolder, run: PlannedRun) -> RunResults:
    files = study.layout.files(run.name)
    try:
        return RunResults(
            run=run,
            history=pd.read_csv(files.history),
            patches=pd.read_parquet(files.predictions),
            fields=pd.read_parquet(files.fields),
            metrics=_read_metrics(files.metrics, tasks_named(run.preset.tasks)),
            hardware=read_file(Hardware, files.hardware),
        )
    except (OSError, ValueError) as error:  # what pandas and pyarrow make of damaged files
        raise InputError(
            files.path, f"cannot be read ({error})", "what the run has written"
        ) from None


class _Scores(Description):
    """Scores by name; what no model here names is kept as it stands."""

    model_config = ConfigDict(extra="allow")


class _PatternScores(_Scores):
    classes: tuple[str, ...]


class _IntensityScores(_Scores):
    levels: tuple[str, ...]


class _LevelScores(_Scores):
    pattern: _PatternScores
    intensity: _IntensityScores


class _Metrics(_Scores):
    """What ``metrics.json`` holds."""

    part: str
    fold: str
    patch: _LevelScores
    field: _LevelScores
    specimen: _LevelScores


def _read_metrics(path: Path, tasks: Sequence[Task]) -> Mapping[str, Any]:
    """Return what ``metrics.json`` holds; every measure of ``tasks`` is a number or None.

    Raises:
        InputError: if something is missing or of another type, or a class or level is unknown.
    """
    metrics = read_file(_Metrics, path).model_dump()
    try:
        vocabulary = _vocabulary(metrics)
    except InputError as error:
        raise InputError(f"{path}, {error.where}", error.found, error.expected) from None
    # Which measures there are is known by the tasks alone, and those need the vocabulary.
    by_task = {
        task.name: _with_keys({measure.name: float | None for measure in task.measures(vocabulary)})
        for task in tasks
    }
    read_file(_with_keys({"patch": _with_keys(by_task)}), path)
    return metrics


def _with_keys(kinds: Mapping[str, Any]) -> type[Description]:
    """Return a model that must have these keys, each with a value of its type."""
    keys: dict[str, Any] = {name: (kind, ...) for name, kind in kinds.items()}
    return create_model("Keys", __base__=Description, **keys)


def _vocabulary(metrics: Mapping[str, Any]) -> Vocabulary:
    scores = metrics["patch"]
    return Vocabulary(
        PatternSpace(tuple(scores["pattern"]["classes"])),
        IntensityScale(tuple(scores["intensity"]["levels"])),
    )
