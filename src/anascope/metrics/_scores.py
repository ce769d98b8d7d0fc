"""All scores of one level, ready for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from anascope.metrics._classes import class_scores
from anascope.metrics._intensity import intensity_scores
from anascope.metrics._mask import MaskCounts
from anascope.words import IntensityScale, PatternSpace


def score(
    table: pd.DataFrame,
    pattern_space: PatternSpace,
    intensity_scale: IntensityScale,
    *,
    threshold: float = 0.5,
) -> dict[str, Any]:
    """Score patches, fields or specimens.

    Args:
        table: One row each, with counts ``tp fp fn tn``, probabilities ``p_pattern_CLASS`` and
            ``p_above_LEVEL``, and the labels ``pattern`` and ``intensity``.
        pattern_space: The pattern classes.
        intensity_scale: The intensity levels.
        threshold: Probability over which an intensity is above a level.

    Returns:
        For each task its measures; mask measures are means over rows (NaN rows left out), and
        ``pooled`` over all pixels.
    """
    return {
        "mask": _mask(table),
        "pattern": _pattern(table, pattern_space),
        "intensity": _intensity(table, intensity_scale, threshold),
    }


def _mask(table: pd.DataFrame) -> dict[str, Any]:
    counts = [
        MaskCounts(*row) for row in table[["tp", "fp", "fn", "tn"]].to_numpy(dtype=int).tolist()
    ]
    measures = ("pixel_accuracy", "dice", "iou")
    pooled = sum(counts, MaskCounts(0, 0, 0, 0))
    by_row = {name: np.array([getattr(one, name) for one in counts]) for name in measures}
    return {
        "n": int((~np.isnan(by_row["pixel_accuracy"])).sum()),
        **{name: _mean(values) for name, values in by_row.items()},
        "pooled": {name: getattr(pooled, name) for name in measures},
    }


def _pattern(table: pd.DataFrame, space: PatternSpace) -> dict[str, Any]:
    nothing = (False,) * len(space)
    allowed = np.array(
        [space.allowed(name) if isinstance(name, str) else nothing for name in table["pattern"]]
    )
    columns = [f"p_pattern_{name}" for name in space.classes]
    scores = class_scores(allowed, table[columns].to_numpy())
    return {
        "n": scores.n,
        "accuracy": scores.accuracy,
        "mean_class_accuracy": scores.mean_class_accuracy,
        "macro_f1": scores.macro_f1,
        "classes": list(space.classes),
        "confusion": scores.confusion.tolist(),
    }


def _intensity(table: pd.DataFrame, scale: IntensityScale, threshold: float) -> dict[str, Any]:
    nothing = (np.nan,) * scale.outputs
    above = np.array(
        [scale.above(name) if isinstance(name, str) else nothing for name in table["intensity"]],
        dtype=float,
    )
    columns = [f"p_above_{level}" for level in scale.levels[:-1]]
    scores = intensity_scores(above, table[columns].to_numpy(), threshold=threshold)
    return {
        "n": scores.n,
        "accuracy": scores.accuracy,
        "balanced_accuracy": scores.balanced_accuracy,
        "auroc": scores.auroc,
    }


def _mean(values: np.ndarray[Any, Any]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
