"""Balance weights of several trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anascope.report.plots import draw_weights
from anascope.report.plots._style import GREY
from anascope.report.plots._weights import weights_figure
from anascope.tasks import TASKS
from anascope.words import TASK_NAMES
from tests.unit.report.plots.figures import (
    assert_files,
    assert_readable,
    legend_labels,
    lines_of,
    titles,
)

COLOUR_OF = {task.name: task.style.colour for task in TASKS}


def history(mask: float, epochs: int = 3) -> pd.DataFrame:
    """Return weights that go in a straight line from 1 to ``mask``, and the others so far down."""
    share = np.linspace(0, 1, epochs)
    weight = 1 + share * (mask - 1)
    return pd.DataFrame(
        {
            "epoch": np.arange(1, epochs + 1),
            "weight_mask": weight,
            "weight_pattern": (3 - weight) / 2,
            "weight_intensity": (3 - weight) / 2,
        }
    )


HISTORIES = {
    "Dice, 30 epochs, α 0.6": [history(1.2), history(1.6)],
    "BCE, 15 epochs, α 0.06": [history(1.4)],
    "none, 15 epochs": [],
}


def test_files(tmp_path: Path) -> None:
    assert_files(lambda path: draw_weights(HISTORIES, path), tmp_path)


def test_thin_lines_are_folds_and_the_bold_one_is_their_mean() -> None:
    axes = weights_figure(HISTORIES).axes[0]
    *folds, mean = lines_of(axes, COLOUR_OF["mask"])
    assert [np.asarray(fold.get_ydata()).tolist() for fold in folds] == [
        pytest.approx([1, 1.1, 1.2]),
        pytest.approx([1, 1.3, 1.6]),
    ]
    assert np.asarray(mean.get_xdata()).tolist() == [1, 2, 3]
    assert np.asarray(mean.get_ydata()).tolist() == pytest.approx([1, 1.2, 1.4])
    assert mean.get_linewidth() > 2 * max(fold.get_linewidth() for fold in folds)


def test_the_mean_is_over_the_folds_that_reached_the_epoch() -> None:
    axes = weights_figure({"one": [history(1.2, 3), history(2.0, 2)]}).axes[0]
    mean = lines_of(axes, COLOUR_OF["mask"])[-1]
    assert np.asarray(mean.get_ydata()).tolist() == pytest.approx([1, (1.1 + 2) / 2, 1.2])


def test_tasks_are_told_apart_without_colour() -> None:
    axes = weights_figure(HISTORIES).axes[0]
    means = [lines_of(axes, COLOUR_OF[task])[-1] for task in TASK_NAMES]
    assert len({mean.get_marker() for mean in means}) == 3
    dashes = [mean._dash_pattern for mean in means]  # type: ignore[attr-defined]
    assert len({str(dash) for dash in dashes}) == 3


@pytest.mark.parametrize(("mask", "marked"), [(1.2, 0), (2.79, 0), (2.9, 1), (3.4, 1)])
def test_zero_is_marked_in_all_panels_when_a_weight_comes_near(mask: float, marked: int) -> None:
    # At 2.79 the others are 0.105, at 2.9 they are 0.05, at 3.4 below zero.
    figure = weights_figure({"one": [history(mask)], "other": [history(1.1)]})
    for axes in figure.axes:
        assert len(lines_of(axes, GREY)) == marked


def test_axes_are_shared_and_named() -> None:
    figure = weights_figure(HISTORIES)
    assert titles(figure)[2] == "none, 15 epochs"
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    assert [axes.get_ylabel() for axes in figure.axes] == ["balance weight", "", ""]
    assert [axes.get_xlabel() for axes in figure.axes] == ["epoch"] * 3
    assert legend_labels(figure) == [
        "mask, mean",
        "pattern, mean",
        "intensity, mean",
        "thin: one fold",
    ]


def test_a_training_without_folds_is_a_dash() -> None:
    axes = weights_figure(HISTORIES).axes[2]
    assert [text.get_text() for text in axes.texts] == ["–"]
    assert not axes.get_lines()


def test_weights_that_are_not_finite_leave_a_gap() -> None:
    broken = history(1.5)
    broken.loc[1, "weight_mask"] = np.nan
    broken.loc[2, "weight_pattern"] = np.inf
    figure = weights_figure({"one": [broken]})
    assert_readable(figure)
    assert np.isfinite(figure.axes[0].get_ylim()).all()


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
@pytest.mark.parametrize(("trainings", "epochs"), [(1, 1), (8, 30), (3, 15)])
def test_readable(trainings: int, epochs: int, columns: int) -> None:
    histories = {
        f"Dice, 3{place} epochs, α 0.06": [history(2.0 + place / 5, epochs)] * 5
        for place in range(trainings)
    }
    assert_readable(weights_figure(histories, columns=columns))


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one training"):
        draw_weights({}, tmp_path / "weights.png")
