"""All scores of one table of predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.metrics._classes import (
    accuracy,
    allowed_classes,
    class_recalls,
    confusion,
    macro_f1,
    mean_class_accuracy,
)
from anascope.metrics._intensity import (
    intensity_accuracy,
    intensity_auroc,
    intensity_balanced_accuracy,
)
from anascope.metrics._levels import (
    COUNT_COLUMNS,
    LABEL_COLUMNS,
    intensity_columns,
    pattern_columns,
    require_columns,
)
from anascope.metrics._mask import MaskCounts
from anascope.metrics._ratio import mean_of_defined
from anascope.words import IntensityScale, PatternSpace

_NAN = float("nan")
_MASK_RATIOS = ("pixel_accuracy", "dice", "iou")


def score(
    table: pd.DataFrame, pattern_space: PatternSpace, intensity_scale: IntensityScale
) -> dict[str, Any]:
    """Score a table of patches, fields or specimens (:func:`by_field`, :func:`by_specimen`).

    - ``mask``: ``n`` rows with a mask; ``pixel_accuracy``, ``dice`` and ``iou``, each the mean
      over the rows where it is defined; ``pooled``: the same three from all pixels together.
    - ``pattern``: ``n`` labelled rows; ``accuracy`` over them (right: within what the label
      allows); from the rows whose label names one class: ``confusion`` (a row a true class),
      ``recall`` by class, ``mean_class_accuracy`` and ``macro_f1``; ``classes`` in their order.
      The predicted class is the most probable one, the first of equals.
    - ``intensity``: ``n`` labelled rows; ``accuracy`` and ``balanced_accuracy`` at a threshold
      of 0.5, ``auroc`` as a mean over the outputs; ``levels`` in their order.

    What is undefined is NaN. A labelled row whose probabilities are not finite leaves the
    task's ratios NaN, for neither dropping such a row nor guessing for it would be fair;
    ``confusion`` and ``recall`` then come from the other rows.

    Args:
        table: Predictions and labels, columns as :mod:`anascope.metrics` describes them.
        pattern_space: The classes of the network.
        intensity_scale: The levels of the network.

    Returns:
        Nested dictionaries of numbers, strings and lists, ready for JSON but for NaN.

    Raises:
        InputError: if a column is missing, or a label is not one that the network can tell.
    """
    probabilities = [*pattern_columns(pattern_space), *intensity_columns(intensity_scale)]
    require_columns(table, [*COUNT_COLUMNS, *LABEL_COLUMNS, *probabilities])
    return {
        "mask": _mask_scores(table),
        "pattern": _pattern_scores(table, pattern_space),
        "intensity": _intensity_scores(table, intensity_scale),
    }


def _mask_scores(table: pd.DataFrame) -> dict[str, Any]:
    counted = table[list(COUNT_COLUMNS)].to_numpy(np.int64).tolist()
    rows = [MaskCounts(*row) for row in counted if any(row)]
    pooled = sum(rows, MaskCounts())
    means = {name: mean_of_defined([getattr(row, name) for row in rows]) for name in _MASK_RATIOS}
    return {
        "n": len(rows),
        **means,
        "pooled": {name: getattr(pooled, name) for name in _MASK_RATIOS},
    }


def _pattern_scores(table: pd.DataFrame, space: PatternSpace) -> dict[str, Any]:
    n = len(space)
    labels = _known_or_none(table["pattern"])
    sets = {label: space.allowed(label) for label in set(labels) if label is not None}
    rows = [(False,) * n if label is None else sets[label] for label in labels]
    allowed = allowed_classes(np.array(rows, dtype=np.bool_).reshape(-1, n), n)
    labelled = allowed.any(axis=1)
    outputs = _outputs(table, pattern_columns(space))
    finite = np.isfinite(outputs).all(axis=1)
    sound = not (labelled & ~finite).any()

    truth, predicted = allowed[finite], outputs[finite].argmax(axis=1)
    counts = confusion(truth, predicted, n)
    return {
        "n": int(labelled.sum()),
        "accuracy": accuracy(truth, predicted, n) if sound else _NAN,
        "mean_class_accuracy": mean_class_accuracy(counts) if sound else _NAN,
        "macro_f1": macro_f1(counts) if sound else _NAN,
        "recall": class_recalls(counts, space.classes),
        "confusion": counts.tolist(),
        "classes": list(space.classes),
    }


def _intensity_scores(table: pd.DataFrame, scale: IntensityScale) -> dict[str, Any]:
    labels = _known_or_none(table["intensity"])
    ranks = [_NAN if label is None else sum(scale.above(label)) for label in labels]
    truth = np.array(ranks, dtype=np.float64)
    labelled = ~np.isnan(truth)
    truth, above = truth[labelled], _outputs(table, intensity_columns(scale))[labelled]
    sound = bool(np.isfinite(above).all())
    return {
        "n": len(truth),
        "accuracy": intensity_accuracy(truth, above) if sound else _NAN,
        "balanced_accuracy": intensity_balanced_accuracy(truth, above) if sound else _NAN,
        "auroc": intensity_auroc(truth, above) if sound else _NAN,
        "levels": list(scale.levels),
    }


def _known_or_none(labels: pd.Series[str]) -> list[str | None]:
    return [None if pd.isna(label) else label for label in labels]


def _outputs(table: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.float64]:
    return table[list(columns)].to_numpy(np.float64)
