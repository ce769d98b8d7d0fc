"""From predictions for patches to decisions for whole fields and specimens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.words import IntensityScale, PatternSpace

COUNT_COLUMNS = ("tp", "fp", "fn", "tn")
LABEL_COLUMNS = ("pattern", "intensity")
_PROBABILITY_PREFIXES = ("p_pattern_", "p_above_")
_Number = TypeVar("_Number", np.int64, np.float64)


def pattern_columns(space: PatternSpace) -> list[str]:
    """Return the columns with the probabilities of the classes, in their order.

    >>> pattern_columns(PatternSpace(("homogeneous", "golgi")))
    ['p_pattern_homogeneous', 'p_pattern_golgi']
    """
    return [f"p_pattern_{name}" for name in space.classes]


def intensity_columns(scale: IntensityScale) -> list[str]:
    """Return the columns with the probabilities of "above this level", from dark to bright.

    >>> intensity_columns(IntensityScale(("negative", "intermediate", "positive")))
    ['p_above_negative', 'p_above_intermediate']
    """
    return [f"p_above_{level}" for level in scale.levels[: scale.outputs]]


def by_field(patches: pd.DataFrame) -> pd.DataFrame:
    """Decide on each field from its patches together.

    Probabilities are the mean over the patches; NaN in one is NaN in the mean, for a
    prediction that is missing must not pass unseen. Pixel counts are summed, so a pixel counts
    once for each patch that it is in. A label that the rows of one field give differently is
    not one truth: it becomes None.

    Args:
        patches: The table of patches (its columns: :mod:`anascope.metrics`).

    Returns:
        One row a field, in the order of their first patches: ``field``, ``specimen``,
        ``patient``, ``patches``, then the columns from ``tp`` on.

    Raises:
        InputError: if a column is missing or a row has no field.
    """
    return _together(patches, ["patient", "specimen", "field"], ["field", "specimen", "patient"])


def by_specimen(patches: pd.DataFrame) -> pd.DataFrame:
    """Decide on each specimen from the patches of all its fields together.

    As :func:`by_field`; the columns start with ``specimen``, ``patient``, ``patches``.
    Specimens of two patients are two, whatever their names.
    """
    return _together(patches, ["patient", "specimen"], ["specimen", "patient"])


def require_columns(table: pd.DataFrame, columns: Sequence[str]) -> None:
    """Check that a table of predictions has these columns.

    Raises:
        InputError: if one is missing.
    """
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(
            "table of predictions",
            f"no column {', '.join(missing)}",
            "the columns of the network that is scored",
        )


def _together(patches: pd.DataFrame, keys: list[str], names: list[str]) -> pd.DataFrame:
    require_columns(patches, [*keys, *COUNT_COLUMNS, *LABEL_COLUMNS])
    if patches[keys[-1]].isna().any():
        raise InputError("table of predictions", f"rows without a {keys[-1]}", "its name")
    probabilities = [name for name in patches.columns if name.startswith(_PROBABILITY_PREFIXES)]
    groups = patches.groupby(keys, sort=False, dropna=False)
    group = groups.ngroup().to_numpy().astype(np.int64)
    firsts = np.unique(group, return_index=True)[1]

    table = patches[names].iloc[firsts].reset_index(drop=True)
    table["patches"] = np.bincount(group, minlength=len(firsts))
    for name in COUNT_COLUMNS:
        table[name] = _sums(patches[name].to_numpy(np.int64), group, len(firsts))
    for name in probabilities:
        table[name] = _sums(patches[name].to_numpy(np.float64), group, len(firsts))
        table[name] /= table["patches"]
    for name in LABEL_COLUMNS:
        table[name] = _common_labels(patches[name], group, len(firsts))
    return table


def _sums(values: NDArray[_Number], group: NDArray[np.int64], count: int) -> NDArray[_Number]:
    sums = np.zeros(count, values.dtype)
    np.add.at(sums, group, values)
    return sums


def _common_labels(labels: pd.Series[str], group: NDArray[np.int64], count: int) -> pd.Series[str]:
    """Return the one label that each group's rows give, None where they give none or several."""
    said: list[set[str]] = [set() for _ in range(count)]
    for number, label in zip(group.tolist(), labels, strict=True):
        if not pd.isna(label):
            said[number].add(label)
    return pd.Series([next(iter(s)) if len(s) == 1 else None for s in said], dtype=object)
