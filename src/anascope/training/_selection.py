"""Which epoch's network is kept: chosen on validation patients, never on test patients."""

from __future__ import annotations

import math
from dataclasses import dataclass

from anascope.training._history import Row
from anascope.words import TASKS

_SCORED = ("validation_dice", "validation_accuracy_pattern", "validation_accuracy_intensity")


@dataclass(frozen=True)
class Best:
    """The best epoch so far; ``value`` is comparable only under one rule."""

    epoch: int = 0
    value: float = -math.inf


def better(select: str, row: Row, best: Best) -> Best | None:
    """Return the epoch of ``row`` if it beats ``best`` (of equals the later is kept), else None.

    Args:
        select: ``score``: highest mean of validation Dice, pattern and intensity accuracy;
            ``loss``: lowest sum of validation losses; ``last``: always the newest, as is also
            done where nobody validates. A measure without labels counts as 0.
        row: The epoch's row of the history.
        best: The best so far.
    """
    value = _value(select, row)
    return Best(int(row["epoch"]), value) if value >= best.value else None


def _value(select: str, row: Row) -> float:
    if select == "last" or "validation_dice" not in row:
        return row["epoch"]
    if select == "loss":
        return -sum(_known(row[f"validation_loss_{task}"]) for task in TASKS)
    return sum(_known(row[key]) for key in _SCORED) / len(_SCORED)


def _known(value: float) -> float:
    return 0.0 if math.isnan(value) else value
