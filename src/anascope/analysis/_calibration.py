"""How far a training's probabilities are those of being right."""

from __future__ import annotations

import numpy as np

from anascope.analysis._measures import intensity_answers, pattern_answers
from anascope.analysis._results import Level, Results, TrainingResults
from anascope.metrics import Calibration, calibration, intensity_columns, pattern_columns


def pattern_calibration(results: Results, each: TrainingResults, level: Level) -> Calibration:
    """Return the calibration of the most probable pattern over labelled rows of all folds."""
    table = each.table(level)
    allowed, predicted = pattern_answers(table, results.pattern_space)
    known = allowed.any(axis=1) & (predicted >= 0)
    said = table[pattern_columns(results.pattern_space)].to_numpy(float)[known]
    right = allowed[known, predicted[known]]
    return calibration(said.max(axis=1, initial=0.0), right)


def intensity_calibration(results: Results, each: TrainingResults, level: Level) -> Calibration:
    """Return the calibration of the predicted level's probability, likewise.

    The probability of level ``i`` is that of being above ``i - 1`` less that of being above
    ``i``; it is cut at 0 where the outputs cross.
    """
    table = each.table(level)
    truth, predicted = intensity_answers(table, results.intensity_scale)
    known = (truth >= 0) & (predicted >= 0)
    above = table[intensity_columns(results.intensity_scale)].to_numpy(float)[known]
    ends = np.ones((len(above), 1))
    said = np.clip(-np.diff(np.concatenate([ends, above, 0 * ends], axis=1)), 0.0, 1.0)
    levels = predicted[known]
    confidence = said[np.arange(len(levels)), levels]
    return calibration(confidence, levels == truth[known])
