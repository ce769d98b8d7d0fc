"""Losses and balance weights step by step, several balancers beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from anascope.report.plots._panels import legend_above, panel_inches, require_some, wrapped
from anascope.report.plots._style import GREY, Paths, page, save, series_style

_LINEAR = 1.0  # weights between -1 and 1 are drawn to scale, larger ones by their power of ten
_POINTS = 150  # losses are means of so many parts of the training: single steps are noise


@dataclass(frozen=True)
class BalanceTrace:
    """What a balancer did.

    Attributes:
        title: Its name.
        losses: (steps, tasks).
        weights: (steps, tasks), after each step.
    """

    title: str
    losses: Sequence[Sequence[float]]
    weights: Sequence[Sequence[float]]


def draw_balance_traces(traces: Sequence[BalanceTrace], tasks: Sequence[str], path: Paths) -> None:
    """Draw the weights (above) and the losses (below) of several balancers by step.

    Args:
        traces: The balancers.
        tasks: Names of the tasks.
        path: The picture to write, PNG or SVG by its ending; of several, each.

    Raises:
        ValueError: if there is no balancer.
    """
    save(traces_figure(traces, tasks), path)


def traces_figure(traces: Sequence[BalanceTrace], tasks: Sequence[str]) -> Figure:
    """Return the figure that :func:`draw_balance_traces` writes."""
    require_some(traces, "balancer")
    columns = len(traces)
    with page(2, columns, height=4.2, sharex=True, sharey="row") as (figure, grid):
        above, below = grid[:columns], grid[columns:]
        for axes, trace in zip(above, traces, strict=True):
            axes.set_title(wrapped(trace.title, panel_inches(columns)))
            axes.axhline(0, color=GREY, linewidth=1.2)
            axes.set_yscale("symlog", linthresh=_LINEAR)
            _draw(axes, np.asarray(trace.weights, float), 1)
        for axes, trace in zip(below, traces, strict=True):
            axes.set_yscale("log")
            axes.set_xlabel("step")
            losses = np.asarray(trace.losses, float)
            _draw(axes, losses, max(1, len(losses) // _POINTS))
        above[0].set_ylabel("balance weight")
        below[0].set_ylabel("loss")
        legend_above(figure, [_handle(index, task) for index, task in enumerate(tasks)])
        return figure


def _draw(axes: Axes, values: NDArray[np.float64], window: int) -> None:
    steps = len(values) // window * window
    means = values[:steps].reshape(-1, window, values.shape[1]).mean(axis=1)
    for task in range(values.shape[1]):
        style = series_style(task)
        axes.plot(
            (np.arange(len(means)) + 1) * window,
            means[:, task],
            color=style.color,
            linestyle=style.linestyle,
            linewidth=1.3,
        )


def _handle(index: int, task: str) -> Line2D:
    style = series_style(index)
    return Line2D([], [], color=style.color, linestyle=style.linestyle, label=task)
