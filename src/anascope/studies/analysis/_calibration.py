"""How far a training's probabilities are those of being right."""

from __future__ import annotations

import numpy as np

from anascope.metrics import Calibration, calibration, intensity_columns, pattern_columns
from anascope.studies.analysis._measures import intensity_answers, pattern_answers
from anascope.studies.analysis._results import Level, Results, TrainingResults


def pattern_calibration(results: Results, each: TrainingResults, level: Level) -> Calibration:
    """Return the calibration of the most probable pattern over labelled rows of all folds.

    Without error and bins where such a row has no finite probabilities.
    """
    table = each.table(level)
    allowed, predicted = pattern_answers(table, results.pattern_space)
    said = table[pattern_columns(results.pattern_space)].to_numpy(float)
    rows = np.arange(len(said))
    confidence = np.where(predicted >= 0, said[rows, predicted], np.nan)
    known = allowed.any(axis=1)
    return calibration(confidence[known], allowed[rows, predicted][known])


def intensity_calibration(results: Results, each: TrainingResults, level: Level) -> Calibration:
    """Return the calibration of the predicted level's probability, likewise.

    The probability of level ``i`` is that of being above ``i - 1`` less that of being above
    ``i``; it is cut at 0 where the outputs cross.
    """
    table = each.table(level)
    truth, predicted = intensity_answers(table, results.intensity_scale)
    above = table[intensity_columns(results.intensity_scale)].to_numpy(float)
    ends = np.ones((len(above), 1))
    said = np.clip(-np.diff(np.concatenate([ends, above, 0 * ends], axis=1)), 0.0, 1.0)
    confidence = np.where(predicted >= 0, said[np.arange(len(said)), predicted], np.nan)
    known = truth >= 0
    return calibration(confidence[known], (predicted == truth)[known])
