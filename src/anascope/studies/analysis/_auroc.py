"""The area under the ROC curve as a function of sums over patients.

For that, what a patient adds is how many of its rows are above the level, and how many are
not, at each score that occurs. The area is then the share of pairs that are in order, ties
counted half.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.metrics import intensity_columns
from anascope.studies.analysis._measures import (
    Measure,
    Vocabulary,
    intensity_answers,
    mean_of_defined_last,
    ratio,
)

Floats = NDArray[np.float64]


class Auroc(Measure):
    """Mean area under the ROC curve over the outputs of the intensity.

    Args:
        outputs: How many there are: one fewer than levels.
    """

    def __init__(self, outputs: int) -> None:
        super().__init__("intensity.auroc", "AUROC", _no_rows, partial(_auroc, outputs))

    def sums(self, table: pd.DataFrame, words: Vocabulary, patients: Sequence[str]) -> Floats:
        """Return counts by output, side and score, ``(patients, outputs * 2 * scores)``."""
        part = table[table["patient"].isin(patients)]
        truth, _ = intensity_answers(part, words.intensities)
        said = part[intensity_columns(words.intensities)].to_numpy(float)
        rated = truth >= 0
        owner = pd.Index(patients).get_indexer(pd.Index(part["patient"]))[rated]
        scores, place = np.unique(said[rated], return_inverse=True)
        place = place.reshape(said[rated].shape)
        counts = np.zeros((len(patients), said.shape[1], 2, len(scores)))
        for output in range(said.shape[1]):
            above = (truth[rated] > output).astype(np.intp)
            np.add.at(counts[:, output], (owner, above, place[:, output]), 1.0)
        if not np.isfinite(scores).all():
            counts[:] = np.nan
        return counts.reshape(len(patients), -1)


def _no_rows(table: pd.DataFrame, words: Vocabulary) -> Floats:
    raise NotImplementedError("the area is no sum over rows: see Auroc.sums")


def _auroc(outputs: int, sums: Floats) -> Floats:
    counts = sums.reshape(*sums.shape[:-1], outputs, 2, -1)
    below, above = counts[..., 0, :], counts[..., 1, :]
    lower = np.cumsum(below, axis=-1) - below / 2
    pairs = below.sum(axis=-1) * above.sum(axis=-1)
    return mean_of_defined_last(ratio((above * lower).sum(axis=-1), pairs))
