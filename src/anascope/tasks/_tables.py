"""Tables of predictions: from patches to fields and specimens, and all scores of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.tasks._named import TASKS
from anascope.tasks._task import Task
from anascope.words import Vocabulary

_Number = TypeVar("_Number", np.int64, np.float64)


def score(
    table: pd.DataFrame, vocabulary: Vocabulary, tasks: Sequence[Task] = TASKS
) -> dict[str, Any]:
    """Score a table of patches, fields or specimens (:func:`by_field`, :func:`by_specimen`).

    - ``mask``: ``n`` rows with a mask; ``pixel_accuracy``, ``dice`` and ``iou``, each the mean
      over the rows where it is defined; ``pooled``: the same three from all pixels together.
    - ``pattern``: ``n`` labelled rows; ``accuracy`` over them (right: within what the label
      allows); from the rows whose label names one class: ``confusion`` (a row a true class),
      ``recall`` by class, ``mean_class_accuracy`` and ``macro_f1``; ``classes`` in their order.
      The predicted class is the most probable one, the first of equals. Sera of several patterns
      are not among the labelled rows.
    - ``intensity``: ``n`` labelled rows; ``accuracy`` and ``balanced_accuracy`` at a threshold
      of 0.5, ``auroc`` as a mean over the outputs; ``levels`` in their order.
    - Any other task: ``n``, its measures and its details.

    Undefined values are NaN. A labelled row whose probabilities are not finite makes the task's
    ratios NaN, because neither leaving it out nor guessing would be fair; ``confusion`` and
    ``recall`` then come from the other rows.

    Args:
        table: Predictions and labels, columns as :mod:`anascope.tasks` describes them.
        vocabulary: Of the network.
        tasks: Those of the network.

    Returns:
        Nested dictionaries of numbers, strings and lists, ready for JSON but for NaN.

    Raises:
        InputError: if a column is missing, or a label is not one that the network can tell.
    """
    columns = [task.columns(vocabulary) for task in tasks]
    _require(table, [name for of_task in columns for name in of_task.summed])
    _require(table, [of_task.label for of_task in columns if of_task.label is not None])
    _require(table, [name for of_task in columns for name in of_task.averaged])
    return {
        task.name: {
            "n": task.counted(table, vocabulary),
            **{m.name: m.of(table, vocabulary) for m in task.measures(vocabulary)},
            **task.details(table, vocabulary),
        }
        for task in tasks
    }


def by_field(
    patches: pd.DataFrame, vocabulary: Vocabulary, tasks: Sequence[Task] = TASKS
) -> pd.DataFrame:
    """Decide on each field from its patches together.

    Probabilities are the mean over the patches; NaN in one is NaN in the mean, because a missing
    prediction must not be hidden. Pixel counts are summed, so a pixel counts once for each patch
    that contains it. If the rows of one field have different labels, the label becomes None.

    Args:
        patches: The table of patches (its columns: :mod:`anascope.tasks`).
        vocabulary: Of the network.
        tasks: Those of the network.

    Returns:
        One row a field, in the order of their first patches: ``field``, ``specimen``,
        ``patient``, ``patches``, then the columns of the tasks.

    Raises:
        InputError: if a column is missing or a row has no field.
    """
    keys, names = ["patient", "specimen", "field"], ["field", "specimen", "patient"]
    return _together(patches, keys, names, vocabulary, tasks)


def by_specimen(
    patches: pd.DataFrame, vocabulary: Vocabulary, tasks: Sequence[Task] = TASKS
) -> pd.DataFrame:
    """Decide on each specimen from the patches of all its fields together.

    As :func:`by_field`; the columns start with ``specimen``, ``patient``, ``patches``.
    Specimens of two patients are two, whatever their names.
    """
    keys = ["patient", "specimen"]
    return _together(patches, keys, keys[::-1], vocabulary, tasks)


def _require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(
            "table of predictions",
            f"no column {', '.join(missing)}",
            "the columns of the network that is scored",
        )


def _together(
    patches: pd.DataFrame,
    keys: list[str],
    names: list[str],
    vocabulary: Vocabulary,
    tasks: Sequence[Task],
) -> pd.DataFrame:
    columns = [task.columns(vocabulary) for task in tasks]
    summed = [name for of_task in columns for name in of_task.summed]
    averaged = [name for of_task in columns for name in of_task.averaged]
    labels = [of_task.label for of_task in columns if of_task.label is not None]
    _require(patches, [*keys, *summed, *labels, *averaged])
    if patches[keys[-1]].isna().any():
        raise InputError("table of predictions", f"rows without a {keys[-1]}", "its name")
    groups = patches.groupby(keys, sort=False, dropna=False)
    group = groups.ngroup().to_numpy().astype(np.int64)
    firsts = np.unique(group, return_index=True)[1]

    table = patches[names].iloc[firsts].reset_index(drop=True)
    table["patches"] = np.bincount(group, minlength=len(firsts))
    for name in summed:
        table[name] = _sums(patches[name].to_numpy(np.int64), group, len(firsts))
    for name in averaged:
        table[name] = _sums(patches[name].to_numpy(np.float64), group, len(firsts))
        table[name] /= table["patches"]
    for name in labels:
        table[name] = _common_labels(patches[name], group, len(firsts))
    return table


def _sums(values: NDArray[_Number], group: NDArray[np.int64], count: int) -> NDArray[_Number]:
    sums = np.zeros(count, values.dtype)
    np.add.at(sums, group, values)
    return sums


def _common_labels(labels: pd.Series[str], group: NDArray[np.int64], count: int) -> pd.Series[str]:
    """Return the one label that each group's rows give, None where they give none or several."""
    distinct: list[set[str]] = [set() for _ in range(count)]
    for number, label in zip(group.tolist(), labels, strict=True):
        if not pd.isna(label):
            distinct[number].add(label)
    return pd.Series([next(iter(s)) if len(s) == 1 else None for s in distinct], dtype=object)
