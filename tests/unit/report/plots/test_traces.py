"""Weights above, losses below, a column a balancer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anascope.report.plots import BalanceTrace, draw_balance_traces
from anascope.report.plots._traces import traces_figure

TASK_NAMES = ("one", "two")
FINE = BalanceTrace("fine", [[1.0, 2.0], [0.5, 1.0]], [[1.0, 1.0], [1.2, 0.8]])
LOST = BalanceTrace("lost", [[1.0, 2.0], [0.5, 1e4]], [[1.0, 1.0], [3.5, -1.5]])


def test_a_column_a_balancer() -> None:
    made = traces_figure([FINE, LOST], TASK_NAMES)
    weights, lost_weights, losses, lost_losses = made.axes
    assert [axes.get_title(loc="left") for axes in (weights, lost_weights)] == ["fine", "lost"]
    assert lost_weights.get_yscale() == "symlog"
    assert lost_losses.get_yscale() == "log"
    zero, one, two = lost_weights.get_lines()
    assert np.asarray(zero.get_ydata()).tolist() == [0, 0]
    assert np.asarray(two.get_ydata()).tolist() == [1.0, -1.5]
    assert np.asarray(one.get_xdata()).tolist() == [1, 2]
    assert losses.get_xlabel() == "step"
    assert weights.get_ylabel() == "balance weight"


def test_losses_of_long_trainings_are_means() -> None:
    losses = [[float(step % 2), 1.0] for step in range(3000)]
    made = traces_figure([BalanceTrace("long", losses, [[1.0, 1.0]] * 3000)], TASK_NAMES)
    line, _ = made.axes[1].get_lines()
    assert np.asarray(line.get_ydata()).tolist() == [0.5] * 150


def test_written_and_refused(tmp_path: Path) -> None:
    draw_balance_traces([FINE], TASK_NAMES, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    with pytest.raises(ValueError, match="at least one balancer"):
        draw_balance_traces([], TASK_NAMES, tmp_path / "b.svg")
