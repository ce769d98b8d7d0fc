"""How a training went: accuracies, losses, balance weights by epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anascope.report.plots._panels import epoch_ticks, require_some
from anascope.report.plots._style import Paths, page, save
from anascope.tasks import TASKS, Task

_LOG_FROM = 1000.0  # ratio of largest to smallest loss over which the axis is logarithmic
_SPLITS = {"train": (0, (4, 1.5)), "validation": "-"}


def draw_curves(
    history: pd.DataFrame, path: Paths, *, title: str = "", tasks: Sequence[Task] = TASKS
) -> None:
    """Draw accuracies, losses and balance weights by epoch.

    Validation is drawn solid, training dashed. The loss axis is logarithmic when the losses
    span more than three decades, so that small ones stay readable. A value that is not finite
    leaves a gap.

    Args:
        history: One row an epoch, as ``history.csv`` has them.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        title: Stands over the picture.
        tasks: Those of the network.

    Raises:
        ValueError: if there is no epoch.
    """
    save(curves_figure(history, title=title, tasks=tasks), path)


def curves_figure(
    history: pd.DataFrame, *, title: str = "", tasks: Sequence[Task] = TASKS
) -> Figure:
    """Return the figure that :func:`draw_curves` writes."""
    require_some(history, "epoch")
    history = history.replace([np.inf, -np.inf], np.nan)
    with page(1, 3, height=2.7) as (figure, (accuracy, loss, weight)):
        for task in tasks:
            for split, style in _SPLITS.items():
                label = f"{task.name}, {split}"
                _line(accuracy, history, f"{split}_accuracy_{task.name}", task, style, label)
                _line(loss, history, f"{split}_loss_{task.name}", task, style, label)
            _line(weight, history, f"weight_{task.name}", task, "-", task.name)
        accuracy.set(ylabel="share right", ylim=(0, 1.02), title="Accuracy")
        _scale(loss, history.filter(regex="_loss_").to_numpy(np.float64))
        loss.set(ylabel="loss", title="Loss")
        weight.set(ylabel="balance weight", title="Balance weights")
        for axes in (accuracy, loss, weight):
            axes.set_xlabel("epoch")
            axes.xaxis.set_major_locator(epoch_ticks())
        handles, labels = accuracy.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(tasks), handlelength=3)
        if title:
            figure.suptitle(title, x=0.01, ha="left", weight="bold")
        return figure


def _line(
    axes: Axes, history: pd.DataFrame, column: str, task: Task, style: object, label: str
) -> None:
    if column not in history:
        return
    axes.plot(
        history["epoch"],
        history[column],
        linestyle=style,
        color=task.style.colour,
        marker=task.style.marker,
        # Few enough to be told apart; the last epoch always has one.
        markevery=slice(len(history) - 1, None, -max(len(history) // 5, 1)),
        label=label,
    )


def _scale(axes: Axes, losses: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    positive = losses[losses > 0]
    if positive.size and positive.max() / positive.min() > _LOG_FROM:
        # A loss of exactly 0 has no place here; "clip" would draw it falling out of the axes.
        axes.set_yscale("log", nonpositive="mask")
    else:
        axes.set_ylim(bottom=0)
