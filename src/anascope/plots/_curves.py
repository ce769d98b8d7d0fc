"""How a training went: accuracies, losses, balance weights by epoch."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from anascope.losses import TASKS
from anascope.plots._style import COLOURS, figure, save

_LOG_FROM = 1000.0  # ratio of largest to smallest loss over which the axis is logarithmic


def draw_curves(history: pd.DataFrame, path: Path, *, title: str = "") -> None:
    """Draw accuracies, losses and balance weights by epoch.

    Validation is drawn solid, training dashed. The loss axis is logarithmic when the losses
    span more than three decades, so that small ones stay readable.

    Args:
        history: One row an epoch, as ``history.csv`` has them.
        path: The picture to write, PNG or SVG by its ending.
        title: Stands over the picture.
    """
    with figure(1, 3, width=12, height=3.8) as (made, (accuracy, loss, weight)):
        _draw(accuracy, history, "accuracy_{task}")
        accuracy.set(ylabel="accuracy (share right)", ylim=(0, 1.02), title="Accuracy")
        _draw(loss, history, "loss_{task}")
        losses = history.filter(regex="_loss_").to_numpy()
        positive = losses[losses > 0]
        if positive.size and positive.max() / positive.min() > _LOG_FROM:
            loss.set_yscale("log")
        else:
            loss.set_ylim(bottom=0)
        loss.set(ylabel="loss", title="Loss")
        for task in TASKS:
            weight.plot(history["epoch"], history[f"weight_{task}"], color=COLOURS[task])
        weight.set(ylabel="balance weight (sum 3)", title="Balance weights")
        for axes in (accuracy, loss, weight):
            axes.set_xlabel("epoch")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        handles, labels = accuracy.get_legend_handles_labels()
        made.legend(handles, labels, loc="outside lower center", ncols=6)
        if title:
            made.suptitle(title, x=0.01, ha="left", weight="bold")
        save(made, path)


def _draw(axes: Axes, history: pd.DataFrame, key: str) -> None:
    for part, style in (("train", "--"), ("validation", "-")):
        for task in TASKS:
            column = f"{part}_{key.format(task=task)}"
            if column in history:
                axes.plot(
                    history["epoch"],
                    history[column],
                    style,
                    color=COLOURS[task],
                    label=f"{task}, {part}",
                )
