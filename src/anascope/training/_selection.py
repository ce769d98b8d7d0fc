"""Which epoch's network is kept: chosen on validation patients, never on test patients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from anascope.tasks import TASKS, Task
from anascope.training._history import Row


@dataclass(frozen=True)
class Best:
    """The best epoch so far; ``value`` is comparable only under one rule."""

    epoch: int = 0
    value: float = -math.inf


def better(select: str, row: Row, best: Best, tasks: Sequence[Task] = TASKS) -> Best | None:
    """Return the epoch of ``row`` if it beats ``best`` (of equals the later is kept), else None.

    Args:
        select: ``score``: highest mean of validation Dice, pattern and intensity accuracy;
            ``loss``: lowest sum of validation losses; ``last``: always the newest, as is also
            done where nobody validates. A measure without labels counts as 0.
        row: The epoch's row of the history.
        best: The best so far.
        tasks: Those of the network.
    """
    value = _value(select, row, tasks)
    return Best(int(row["epoch"]), value) if value >= best.value else None


def _value(select: str, row: Row, tasks: Sequence[Task]) -> float:
    if select == "last" or not any(key.startswith("validation") for key in row):
        return row["epoch"]
    if select == "loss":
        return -sum(_or_zero(row[f"validation_loss_{task.name}"]) for task in tasks)
    return sum(_or_zero(row[f"validation_{task.selected_by}"]) for task in tasks) / len(tasks)


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value
