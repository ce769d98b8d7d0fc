"""Balance weights by epoch: one panel a training, one thin line a fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

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
from anascope.report.plots._style import COLOURS, GREY, TASK_MARKERS, Paths, save
from anascope.words import TASKS

_TASK_LINES: dict[str, Any] = {"mask": "-", "pattern": (0, (4, 1.5)), "intensity": (0, (1.2, 1.2))}
_NEAR_ZERO = 0.1
_FAR = 12.0  # a weight beyond which the scale is logarithmic
_LINEAR = 3.0  # up to which it stays linear
_OVER_GRID = 1.6  # the order of drawing: the grid has 1.5, lines have 2


def draw_weights(
    histories: Mapping[str, Sequence[pd.DataFrame]], path: Paths, *, columns: int = 4
) -> None:
    """Draw how the balance weights of several trainings went.

    Thin lines are folds, bold ones their mean, over those that reached the epoch. All panels
    have the same axes. Zero is marked when a weight comes near it or below: there a task's loss
    no longer counts, or is driven up.

    Args:
        histories: For each training, one history for each fold, as ``history.csv`` has them:
            columns ``epoch`` and ``weight_mask``, ``weight_pattern``, ``weight_intensity``. A
            training without folds has a dash.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        columns: Panels beside each other.

    Raises:
        ValueError: if there is no training.
    """
    save(weights_figure(histories, columns=columns), path)


def weights_figure(histories: Mapping[str, Sequence[pd.DataFrame]], *, columns: int = 4) -> Figure:
    """Return the figure that :func:`draw_weights` writes."""
    require_some(histories, "training")
    lowest = min((_lowest(fold) for folds in histories.values() for fold in folds), default=np.inf)
    farthest = max((_farthest(fold) for folds in histories.values() for fold in folds), default=0)
    columns = beside(len(histories), columns)
    titles = [wrapped(name, panel_inches(columns)) for name in histories]
    lines = 1 + max(title.count("\n") for title in titles)
    height = 1.45 + 0.16 * lines
    with small_multiples(len(histories), columns, height=height, extra=0.6) as (made, grid):
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
            _draw(axes, folds)
        label_outer(grid, columns, x="epoch", y="balance weight")
        legend_above(made, _handles())
        return made


def _draw(axes: Axes, folds: Sequence[pd.DataFrame]) -> None:
    if not folds:
        axes.text(0.5, 0.5, UNDEFINED, transform=axes.transAxes, ha="center", va="center")
        return
    joined = pd.concat(folds).groupby("epoch").mean(numeric_only=True)
    for task in TASKS:
        column = f"weight_{task}"
        for fold in folds:
            axes.plot(
                fold["epoch"],
                fold[column],
                color=COLOURS[task],
                linestyle=_TASK_LINES[task],
                linewidth=0.6,
                alpha=0.6,
            )
        axes.plot(
            joined.index,
            joined[column],
            color=COLOURS[task],
            linestyle=_TASK_LINES[task],
            linewidth=2,
            marker=TASK_MARKERS[task],
            # The last epoch always has one, so that a single epoch is seen too.
            markevery=slice(len(joined) - 1, None, -max(len(joined) // 4, 1)),
        )


def _lowest(history: pd.DataFrame) -> float:
    values = history[[f"weight_{task}" for task in TASKS]].to_numpy(np.float64)
    finite = values[np.isfinite(values)]
    return float(finite.min()) if finite.size else np.inf


def _farthest(history: pd.DataFrame) -> float:
    values = np.abs(history[[f"weight_{task}" for task in TASKS]].to_numpy(np.float64))
    finite = values[np.isfinite(values)]
    return float(finite.max()) if finite.size else 0.0


def _ticks(farthest: float) -> list[float]:
    """Return ticks for a scale that is linear to 3 and logarithmic beyond, both ways."""
    up = [1.0, 3.0, *(10.0**power for power in range(1, 1 + int(np.ceil(np.log10(farthest)))))]
    return [*(-tick for tick in reversed(up)), 0.0, *up]


def _handles() -> list[Line2D]:
    bold = [
        Line2D(
            [],
            [],
            color=COLOURS[task],
            linestyle=_TASK_LINES[task],
            linewidth=2,
            marker=TASK_MARKERS[task],
            label=f"{task}, mean",
        )
        for task in TASKS
    ]
    return [*bold, Line2D([], [], color=GREY, linewidth=0.6, label="thin: one fold")]
