"""A measure of a task: what rows of a table add, and what is made of the sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.metrics import Floats, Value
from anascope.words import Vocabulary

Rows = Callable[[pd.DataFrame, Vocabulary], Floats]


@dataclass(frozen=True)
class Measure:
    """A measure of a task.

    Attributes:
        task: Name of the task.
        name: As in ``metrics.json``.
        label: As in tables.
        rows: The contribution of each row of a table, ``(rows, m)``; NaN for a labelled row without
            a finite prediction, which makes the measure undefined.
        value: The measure as a function of the sums, from ``(..., m)`` to ``(...)``.
        compares: Whether trainings are compared by it in pairs.
    """

    task: str
    name: str
    label: str
    rows: Rows
    value: Value
    compares: bool = False

    @property
    def key(self) -> str:
        """Task and name, as ``pattern.accuracy``."""
        return f"{self.task}.{self.name}"

    def sums(self, table: pd.DataFrame, vocabulary: Vocabulary, patients: Sequence[str]) -> Floats:
        """Return the sums of each of ``patients``, ``(len(patients), m)``; others are left out."""
        table = table[table["patient"].isin(patients)]
        owner = pd.Index(patients).get_indexer(pd.Index(table["patient"]))
        return self._sums(table, vocabulary, owner, len(patients))

    def of(self, table: pd.DataFrame, vocabulary: Vocabulary) -> float:
        """Return the measure of all rows of ``table``; NaN where it is undefined."""
        owner = np.zeros(len(table), np.intp)
        return float(self.value(self._sums(table, vocabulary, owner, 1)[0]))

    def _sums(
        self, table: pd.DataFrame, vocabulary: Vocabulary, owner: NDArray[np.intp], owners: int
    ) -> Floats:
        rows = self.rows(table, vocabulary)
        sums = np.zeros((owners, rows.shape[1]))
        np.add.at(sums, owner, rows)
        return sums


class ScoreCounts(Measure):
    """A measure of how rows are ordered by a score: its sums count rows at each score.

    ``rows`` returns, for each output, whether the row is positive (NaN: not known) and its score:
    ``(rows, 2 * outputs)``. ``value`` takes counts ``(..., outputs, 2, scores)``, as
    :func:`anascope.metrics.mean_auroc` does.
    """

    def _sums(
        self, table: pd.DataFrame, vocabulary: Vocabulary, owner: NDArray[np.intp], owners: int
    ) -> Floats:
        positive, scores = np.split(self.rows(table, vocabulary), 2, axis=1)
        known = ~np.isnan(positive).any(axis=1)
        distinct, index = np.unique(scores[known], return_inverse=True)
        index = index.reshape(scores[known].shape)
        counts = np.zeros((owners, scores.shape[1], 2, len(distinct)))
        for output in range(scores.shape[1]):
            side = positive[known, output].astype(np.intp)
            np.add.at(counts[:, output], (owner[known], side, index[:, output]), 1.0)
        if not np.isfinite(distinct).all():
            counts[:] = np.nan
        # A resample is a product of matrices, so what a patient adds is one row.
        return counts.reshape(owners, -1)
