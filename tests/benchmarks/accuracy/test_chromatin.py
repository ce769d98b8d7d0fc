"""Whether stained chromatin is told right, and what its vote does to the names of patterns."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.words import PatternSpace
from benchmarks.accuracy._chromatin import (
    DividingCell,
    ReadPattern,
    decisions,
    limits,
)

SPACE = PatternSpace(("homogeneous", "fine speckled"))


def test_a_limit_of_other_folds_is_not_set_on_the_fold_itself() -> None:
    """In fold A stained cells are over 2, in B over 1: each limit is wrong in the other fold."""
    cells = [
        DividingCell("A", 1.5, False),
        DividingCell("A", 2.5, True),
        DividingCell("B", 0.5, False),
        DividingCell("B", 1.4, True),
    ]
    found = limits(cells)
    assert found["limits_from_other_folds"] == pytest.approx({"A": 0.95, "B": 2.0})
    assert (found["cells"], found["stained"]) == (4, 2)
    assert found["right_by_limits_from_other_folds"] == 2  # 2.5 of A, 0.5 of B
    assert found["right"] == 3  # from 1.36 on: all but the first
    assert found["auroc"] == 0.75


def test_dividing_cells_vote_as_often_as_they_were_told_so_elsewhere() -> None:
    def field(fold: str, pattern: str, contrasts: list[float]) -> ReadPattern:
        return ReadPattern(fold, pattern, SPACE, np.zeros(2, np.float32), np.array(contrasts))

    stained, unstained = 3.0, 0.5
    fields = [
        field("A", "homogeneous", [stained]),
        field("B", "homogeneous", [stained, stained, stained]),
        field("B", "fine speckled", [unstained, stained, unstained, unstained]),
    ]
    found = decisions(fields)
    assert (found["fields"], found["with_dividing_cells"]) == (3, 3)
    assert found["network"] == {"right": 2, "log_loss": pytest.approx(np.log(2))}  # first of a tie
    # In A: 4 of 5 against 2 of 6 (one of each kind is added). Fold A has no cell of a pattern that
    # does not stain chromatin, so that those of B have no vote.
    in_a = (4 / 5) / (4 / 5 + 2 / 6)
    expected = -np.mean(np.log([in_a, 1 / 2, 1 / 2]))
    assert found["network_and_chromatin"] == {"right": 2, "log_loss": pytest.approx(expected)}
