"""Balance weights by epoch: one panel a training, one thin line a fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter
from numpy.typing import NDArray

from anascope.report.plots._panels import (
    UNDEFINED,
    beside,
    epoch_ticks,
    label_outer,
    legend_above,
    panel_inches,
    require_some,
    small_multiples,
    wrapped,
)
from anascope.report.plots._style import GREY, Paths, save
from anascope.tasks import TASKS, Task

_NEAR_ZERO = 0.1
_FAR = 12.0  # a weight beyond which the scale is logarithmic
_LINEAR = 3.0  # up to which it stays linear
_OVER_GRID = 1.6  # the order of drawing: the grid has 1.5, lines have 2


def draw_weights(
    histories: Mapping[str, Sequence[pd.DataFrame]],
    path: Paths,
    *,
    columns: int = 4,
    tasks: Sequence[Task] = TASKS,
) -> None:
    """Draw the balance weights of several trainings by epoch.

    Thin lines are folds, bold ones their mean, over those that reached the epoch. All panels have
    the same axes. Zero is marked if a weight comes near it or below: there a task's loss no longer
    counts, or is increased.

    Args:
        histories: For each training, one history for each fold, as ``history.csv`` has them:
            columns ``epoch`` and, for each task, ``weight_<task>``. A training without folds has a
            dash.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        columns: Panels beside each other.
        tasks: Those of the networks.

    Raises:
        ValueError: if there is no training.
    """
    save(weights_figure(histories, columns=columns, tasks=tasks), path)


def weights_figure(
    histories: Mapping[str, Sequence[pd.DataFrame]],
    *,
    columns: int = 4,
    tasks: Sequence[Task] = TASKS,
) -> Figure:
    """Return the figure that :func:`draw_weights` writes."""
    require_some(histories, "training")
    weights = _weights(histories, tasks)
    lowest, farthest = weights.min(initial=np.inf), float(np.abs(weights).max(initial=0.0))
    columns = beside(len(histories), columns)
    titles = [wrapped(name, panel_inches(columns)) for name in histories]
    lines = 1 + max(title.count("\n") for title in titles)
    height = 1.45 + 0.16 * lines
    with small_multiples(len(histories), columns, height=height, extra=0.6) as (figure, grid):
        for axes, folds, title in zip(grid, histories.values(), titles, strict=True):
            axes.set_title(title)
            axes.xaxis.set_major_locator(epoch_ticks())
            if farthest > _FAR:
                # One weight that is far off would press all others onto one line.
                axes.set_yscale("symlog", linthresh=_LINEAR, linscale=2)
                axes.yaxis.set_major_locator(FixedLocator(_ticks(farthest)))
                axes.yaxis.set_major_formatter(ScalarFormatter())
                axes.yaxis.set_minor_locator(NullLocator())
            if lowest < _NEAR_ZERO:
                axes.axhline(0, color=GREY, linewidth=1.2, zorder=_OVER_GRID)
            _draw(axes, folds, tasks)
        label_outer(grid, columns, x="epoch", y="balance weight")
        legend_above(figure, _handles(tasks))
        return figure


def _draw(axes: Axes, folds: Sequence[pd.DataFrame], tasks: Sequence[Task]) -> None:
    if not folds:
        axes.text(0.5, 0.5, UNDEFINED, transform=axes.transAxes, ha="center", va="center")
        return
    joined = pd.concat(folds).groupby("epoch").mean(numeric_only=True)
    for task in tasks:
        column = f"weight_{task.name}"
        for fold in folds:
            axes.plot(
                fold["epoch"],
                fold[column],
                color=task.style.colour,
                linestyle=task.style.line,
                linewidth=0.6,
                alpha=0.6,
            )
        axes.plot(
            joined.index,
            joined[column],
            color=task.style.colour,
            linestyle=task.style.line,
            linewidth=2,
            marker=task.style.marker,
            # The last epoch always has one, so that a single epoch is seen too.
            markevery=slice(len(joined) - 1, None, -max(len(joined) // 4, 1)),
        )


def _weights(
    histories: Mapping[str, Sequence[pd.DataFrame]], tasks: Sequence[Task]
) -> NDArray[np.float64]:
    """Return all weights that are finite, in one row."""
    columns = [f"weight_{task.name}" for task in tasks]
    folds = [run[columns].to_numpy(float).ravel() for runs in histories.values() for run in runs]
    weights = np.concatenate([np.zeros(0), *folds])
    return np.asarray(weights[np.isfinite(weights)])


def _ticks(farthest: float) -> list[float]:
    """Return ticks for a scale that is linear to 3 and logarithmic beyond, both ways."""
    up = [1.0, 3.0, *(10.0**power for power in range(1, 1 + int(np.ceil(np.log10(farthest)))))]
    return [*(-tick for tick in reversed(up)), 0.0, *up]


def _handles(tasks: Sequence[Task]) -> list[Line2D]:
    bold = [
        Line2D(
            [],
            [],
            color=task.style.colour,
            linestyle=task.style.line,
            linewidth=2,
            marker=task.style.marker,
            label=f"{task.name}, mean",
        )
        for task in tasks
    ]
    return [*bold, Line2D([], [], color=GREY, linewidth=0.6, label="thin: one fold")]
