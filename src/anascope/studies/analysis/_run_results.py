"""Read what one run of a study has written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ConfigDict, create_model

from anascope.environment import Hardware
from anascope.errors import InputError
from anascope.own_tables import Column, read_csv, read_parquet
from anascope.settings import Description, read_file
from anascope.studies import PlannedRun, StudyFolder, check_measured
from anascope.tasks import Level, Task, tasks_named
from anascope.training.evaluation import specimen_table
from anascope.words import IntensityScale, PatternSpace, Vocabulary

_UNITS = dict.fromkeys(("field", "specimen", "patient"), Column.TEXT)


@dataclass(frozen=True)
class RunResults:
    """The results of one run on the test patients of its fold.

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


def read_run(study: StudyFolder, run: PlannedRun) -> RunResults:
    """Return what a run that is done has measured.

    Raises:
        InputError: naming a file of its results that is missing, damaged, or of other patients
            than those that its fold tests.
    """
    files, tasks = study.layout.files(run.name), tasks_named(run.preset.tasks)
    check_measured(files, run.fold)
    metrics = _read_metrics(files.metrics, tasks)
    words = _vocabulary(metrics)
    tested = set(study.folds.fold(run.fold).test)
    return RunResults(
        run=run,
        history=_read_history(files.history, run),
        patches=_read_predictions(files.predictions, tasks, words, tested, {"patch": Column.WHOLE}),
        fields=_read_predictions(files.fields, tasks, words, tested, {}),
        metrics=metrics,
        hardware=read_file(Hardware, files.hardware),
    )


def _read_history(path: Path, run: PlannedRun) -> pd.DataFrame:
    epochs = run.preset.training.epochs
    columns = [
        "epoch",
        *(f"{what}_{task}" for task in run.preset.tasks for what in ("train_loss", "weight")),
        "seconds",
        "patches_per_second",
    ]
    history = read_csv(path, columns)
    if history["epoch"].tolist() != list(range(1, epochs + 1)):
        raise InputError(f"{path}, column epoch", "other epochs", f"1 to {epochs}")
    return history


def _read_predictions(
    path: Path,
    tasks: Sequence[Task],
    vocabulary: Vocabulary,
    tested: set[str],
    further: Mapping[str, Column],
) -> pd.DataFrame:
    """Return a table of patches or fields, with the columns of all tasks."""
    columns = [task.columns(vocabulary) for task in tasks]
    summed = [name for of_task in columns for name in of_task.summed]
    averaged = [name for of_task in columns for name in of_task.averaged]
    labels = [of_task.label for of_task in columns if of_task.label is not None]
    table = read_parquet(
        path,
        {**_UNITS, **further, **dict.fromkeys(summed, Column.NUMBERS)},
        # Of a probability that is no number a measure says that it is undefined.
        may_be_missing={
            **dict.fromkeys(averaged, Column.NUMBERS),
            **dict.fromkeys(labels, Column.TEXT),
        },
    )
    others = sorted(set(table["patient"]) - tested)
    if others:
        raise InputError(
            f"{path}, column patient", f"'{others[0]}'", "patients that the fold tests"
        )
    return table


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
