"""The measures of a study, each as sums over rows, so that patients can be drawn again.

A row (patch, field or specimen) adds a vector; the measure is a function of the sum of such
vectors. What :func:`anascope.metrics.score` gives for a table is what these give for the sum
over its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.metrics import (
    MaskCounts,
    Value,
    allowed_classes,
    intensity_columns,
    pattern_columns,
    predicted_levels,
)
from anascope.words import IntensityScale, PatternSpace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Vocabulary:
    """The classes and levels of a study's networks."""

    patterns: PatternSpace
    intensities: IntensityScale


@dataclass(frozen=True)
class Measure:
    """A measure of a task.

    Attributes:
        key: As in ``metrics.json``: ``pattern.accuracy``.
        label: As in tables.
        rows: What each row of a table adds, ``(rows, m)``; NaN for a labelled row without a
            finite prediction, which leaves the measure undefined.
        value: The measure as a function of the sums, from ``(..., m)`` to ``(...)``.
    """

    key: str
    label: str
    rows: Callable[[pd.DataFrame, Vocabulary], Floats]
    value: Value

    @property
    def task(self) -> str:
        """The task that it measures."""
        return self.key.partition(".")[0]

    def sums(self, table: pd.DataFrame, words: Vocabulary, patients: Sequence[str]) -> Floats:
        """Return what each of ``patients`` adds, ``(len(patients), m)``; others are left out."""
        part = table[table["patient"].isin(patients)]
        rows = self.rows(part, words)
        sums = np.zeros((len(patients), rows.shape[1]))
        np.add.at(sums, pd.Index(patients).get_indexer(pd.Index(part["patient"])), rows)
        return sums


def _mean(sums: Floats) -> Floats:
    """Return sum over count."""
    return ratio(sums[..., 0], sums[..., 1])


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return ``part / whole``, NaN where ``whole`` is 0 or NaN."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole > 0, part / whole, np.nan))


def _mask(name: str, table: pd.DataFrame, words: Vocabulary) -> Floats:
    counts = [MaskCounts(*row) for row in table[["tp", "fp", "fn", "tn"]].to_numpy().tolist()]
    values = np.array([getattr(each, name) for each in counts], np.float64)
    known = ~np.isnan(values)
    return np.stack([np.where(known, values, 0.0), known], axis=1)


def _pattern(table: pd.DataFrame, words: Vocabulary) -> Floats:
    allowed, predicted = pattern_answers(table, words.patterns)
    right = allowed[np.arange(len(predicted)), predicted] & (predicted >= 0)
    return _with_gaps(np.stack([right, allowed.any(axis=1)], axis=1), allowed, predicted)


def _pattern_cells(table: pd.DataFrame, words: Vocabulary) -> Floats:
    allowed, predicted = pattern_answers(table, words.patterns)
    one = allowed.sum(axis=1) == 1
    cells = _cells(allowed.argmax(axis=1), predicted, one, len(words.patterns))
    return _with_gaps(cells, allowed, predicted)


def _intensity(table: pd.DataFrame, words: Vocabulary) -> Floats:
    truth, levels = intensity_answers(table, words.intensities)
    rated = truth >= 0
    right = (truth == levels) & rated
    return _with_gaps(np.stack([right, rated], axis=1), rated[:, np.newaxis], levels)


def _intensity_cells(table: pd.DataFrame, words: Vocabulary) -> Floats:
    truth, levels = intensity_answers(table, words.intensities)
    rated = truth >= 0
    cells = _cells(np.maximum(truth, 0), levels, rated, len(words.intensities.levels))
    return _with_gaps(cells, rated[:, np.newaxis], levels)


def _with_gaps(
    rows: NDArray[Any], allowed: NDArray[np.bool_], predicted: NDArray[np.int64]
) -> Floats:
    """Return ``rows``, NaN where there is a label but no prediction."""
    gaps = allowed.any(axis=1) & (predicted < 0)
    return np.where(gaps[:, np.newaxis], np.nan, rows.astype(np.float64))


def _cells(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], counted: NDArray[np.bool_], n: int
) -> Floats:
    """Return each row's cell of the confusion matrix, ``(rows, n * n)``."""
    cells = np.zeros((len(truth), n * n))
    cells[np.arange(len(truth)), truth * n + np.maximum(predicted, 0)] = counted
    return cells


def _mean_recall(sums: Floats) -> Floats:
    counts = _square(sums)
    return mean_of_defined_last(ratio(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1)))


def _macro_f1(sums: Floats) -> Floats:
    counts = _square(sums)
    right = 2 * np.diagonal(counts, axis1=-2, axis2=-1)
    return mean_of_defined_last(ratio(right, counts.sum(axis=-1) + counts.sum(axis=-2)))


def _square(sums: Floats) -> Floats:
    n = round(sums.shape[-1] ** 0.5)
    return sums.reshape(*sums.shape[:-1], n, n)


def mean_of_defined_last(values: Floats) -> Floats:
    """Return the mean over the last axis of what is not NaN; NaN where nothing is left."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1))


MEASURES = (
    Measure("mask.pixel_accuracy", "pixel accuracy", partial(_mask, "pixel_accuracy"), _mean),
    Measure("mask.dice", "Dice", partial(_mask, "dice"), _mean),
    Measure("mask.iou", "IoU", partial(_mask, "iou"), _mean),
    Measure("pattern.accuracy", "accuracy", _pattern, _mean),
    Measure("pattern.mean_class_accuracy", "mean class accuracy", _pattern_cells, _mean_recall),
    Measure("pattern.macro_f1", "macro F1", _pattern_cells, _macro_f1),
    Measure("intensity.accuracy", "accuracy", _intensity, _mean),
    Measure("intensity.balanced_accuracy", "balanced accuracy", _intensity_cells, _mean_recall),
)

ACCURACIES = tuple(
    next(m for m in MEASURES if m.key == key)
    for key in ("mask.pixel_accuracy", "pattern.accuracy", "intensity.accuracy")
)
"""The accuracy of each task, in the order of the tasks: what the published study states."""


def pattern_answers(
    table: pd.DataFrame, space: PatternSpace
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return what each row's label allows, ``(rows, K)``, and the most probable class.

    The class is -1 where the probabilities are not finite.
    """
    labels = [None if pd.isna(label) else label for label in table["pattern"]]
    nothing = (False,) * len(space)
    allowed = np.array([nothing if x is None else space.allowed(x) for x in labels], bool)
    allowed = allowed_classes(allowed.reshape(-1, len(space)), len(space))
    said = table[pattern_columns(space)].to_numpy(float)
    return allowed, np.where(np.isfinite(said).all(axis=1), said.argmax(axis=1), -1)


def intensity_answers(
    table: pd.DataFrame, scale: IntensityScale
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rank of each row's level, -1 where it is not known, and the predicted rank.

    The predicted rank is -1 where the probabilities are not finite.
    """
    labels = [None if pd.isna(label) else label for label in table["intensity"]]
    truth = np.array([-1 if x is None else sum(scale.above(x)) for x in labels], np.int64)
    said = table[intensity_columns(scale)].to_numpy(float)
    finite = np.isfinite(said).all(axis=1)
    return truth, np.where(finite, predicted_levels(np.nan_to_num(said)), -1)
