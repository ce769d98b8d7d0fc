"""Accuracies, losses and balance weights of one run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anascope.report.plots import draw_curves
from anascope.report.plots._curves import curves_figure
from anascope.tasks import TASKS
from anascope.words import TASK_NAMES
from tests.unit.report.plots.figures import (
    assert_files,
    assert_readable,
    legend_labels,
    lines_of,
    words,
)

COLOUR_OF = {task.name: task.style.colour for task in TASKS}


def history(largest_loss: float, epochs: int = 5) -> pd.DataFrame:
    rows: dict[str, object] = {"epoch": np.arange(1, epochs + 1)}
    for task in TASK_NAMES:
        for part in ("train", "validation"):
            rows[f"{part}_loss_{task}"] = np.linspace(0.5, largest_loss, epochs)
            rows[f"{part}_accuracy_{task}"] = np.linspace(0.4, 0.9, epochs)
        rows[f"weight_{task}"] = np.ones(epochs)
    return pd.DataFrame(rows)


def test_files(tmp_path: Path) -> None:
    assert_files(lambda path: draw_curves(history(1.0), path, title="a run"), tmp_path)


def test_lines_are_the_columns() -> None:
    figure = curves_figure(history(2.0), title="fold A")
    accuracy, loss, weight = figure.axes
    assert [len(axes.get_lines()) for axes in figure.axes] == [6, 6, 3]
    train, validation = lines_of(loss, COLOUR_OF["pattern"])
    assert np.asarray(validation.get_ydata()).tolist() == history(2.0)["train_loss_mask"].tolist()
    assert train.get_linestyle() == "--"
    assert validation.get_linestyle() == "-"
    markers = {line.get_marker() for line in accuracy.get_lines()}
    assert len(markers) == 3  # a task is known without its colour
    assert len(lines_of(weight, COLOUR_OF["mask"])) == 1
    assert len(legend_labels(figure)) == 6
    assert {"fold A", "loss", "share right", "balance weight"} <= set(words(figure))


@pytest.mark.parametrize(("largest", "scale"), [(400.0, "linear"), (952_752.0, "log")])
def test_loss_axis_is_logarithmic_only_when_losses_span_three_decades(
    largest: float, scale: str
) -> None:
    figure = curves_figure(history(largest))
    _, loss, _ = figure.axes
    assert loss.get_yscale() == scale
    assert_readable(figure)
    low, high = loss.get_ylim()
    assert low < 0.5
    assert high > largest


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_loss_that_is_not_finite_leaves_a_gap_and_the_scale_alone(value: float) -> None:
    broken = history(2.0)
    broken.loc[2, "train_loss_mask"] = value
    figure = curves_figure(broken)
    _, loss, _ = figure.axes
    assert loss.get_yscale() == "linear"
    assert 2 < loss.get_ylim()[1] < 3
    drawn = np.asarray(lines_of(loss, COLOUR_OF["mask"])[0].get_ydata(), np.float64)
    assert np.isnan(drawn).tolist() == [False, False, True, False, False]
    assert_readable(figure)


def test_a_loss_of_nothing_but_nan_still_has_axes() -> None:
    broken = history(1.0)
    broken[[f"train_loss_{task}" for task in TASK_NAMES]] = np.nan
    broken[[f"validation_loss_{task}" for task in TASK_NAMES]] = np.inf
    assert_readable(curves_figure(broken))


def test_a_loss_of_zero_is_left_out_of_a_logarithmic_axis() -> None:
    spread = history(1e6)
    spread.loc[0, "train_loss_mask"] = 0.0
    _, loss, _ = curves_figure(spread).axes
    assert loss.get_yscale() == "log"
    assert loss.get_ylim()[0] > 1e-3


@pytest.mark.parametrize("epochs", [1, 2, 15, 30, 200])
def test_readable_with_any_number_of_epochs(epochs: int) -> None:
    figure = curves_figure(history(1.0, epochs), title="fold A")
    assert_readable(figure)
    for line in figure.axes[0].get_lines():
        every = line.get_markevery()
        assert isinstance(every, slice)
        marks = np.arange(epochs)[every]
        assert epochs - 1 in marks  # a single epoch is seen too
        assert len(marks) <= 6 or epochs < 10


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one epoch"):
        draw_curves(history(1.0).iloc[:0], tmp_path / "curves.png")
