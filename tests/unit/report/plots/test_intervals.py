"""Estimates with intervals, in panels that share their labels."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes

from anascope.metrics import Interval
from anascope.report.plots import IntervalRow, draw_intervals
from anascope.report.plots._intervals import intervals_figure
from anascope.report.plots._style import GREY
from tests.unit.report.plots.figures import (
    assert_files,
    assert_readable,
    legend_labels,
    titles,
    words,
)

NAN = math.nan
ABOVE, AROUND, BELOW = Interval(0.2, 0.1, 0.3), Interval(0.0, -0.1, 0.2), Interval(-2, -3, -1)
NOTHING = Interval(NAN, NAN, NAN)
PANELS = {
    "mask, Dice": [IntervalRow("Dice", ABOVE), IntervalRow("BCE", AROUND)],
    "AUROC": [IntervalRow("BCE", NOTHING), IntervalRow("none", BELOW)],
}


def whiskers(axes: Axes) -> list[tuple[list[float], float]]:
    """Return the ends and the height of each interval."""
    lines = [line for line in axes.get_lines() if len(np.asarray(line.get_xdata())) == 2]
    return [
        (np.asarray(line.get_xdata()).tolist(), float(np.asarray(line.get_ydata())[0]))
        for line in lines
        if line.get_color() != GREY
    ]


def filled(axes: Axes) -> list[bool]:
    """Return for each estimate whether its marker is filled."""
    points = [line for line in axes.get_lines() if line.get_linestyle() == "None"]
    return [point.get_markerfacecolor() == point.get_color() for point in points]


def test_files(tmp_path: Path) -> None:
    assert_files(lambda path: draw_intervals(PANELS, path, xlabel="share", zero=True), tmp_path)


def test_labels_are_shared_and_rows_stand_at_their_height() -> None:
    figure = intervals_figure(PANELS, xlabel="share")
    left, right = figure.axes
    assert titles(figure) == ["mask, Dice", "AUROC"]
    heights = dict(
        zip((label.get_text() for label in left.get_yticklabels()), left.get_yticks(), strict=True)
    )
    assert list(heights) == ["Dice", "BCE", "none"]
    assert whiskers(left) == [([0.1, 0.3], heights["Dice"]), ([-0.1, 0.2], heights["BCE"])]
    assert whiskers(right) == [([-3, -1], heights["none"])]
    assert left.get_ylim() == right.get_ylim()
    low, high = left.get_ylim()
    assert low > heights["none"] > heights["BCE"] > heights["Dice"] > high  # from top to bottom
    assert words(figure).count("Dice") == 1
    assert "share" in words(figure)


def test_what_is_not_defined_is_a_dash() -> None:
    left, right = intervals_figure(PANELS, xlabel="share").axes
    assert [text.get_text() for text in left.texts] == []
    (dash,) = right.texts
    assert dash.get_text() == "–"
    assert dash.get_position()[1] == left.get_yticks()[1]  # of "BCE"


def test_differences_that_leave_out_zero_are_filled() -> None:
    figure = intervals_figure(PANELS, xlabel="difference", zero=True)
    left, right = figure.axes
    assert filled(left) == [True, False]
    assert filled(right) == [True]
    for axes in (left, right):
        (zero,) = [line for line in axes.get_lines() if line.get_color() == GREY]
        assert np.asarray(zero.get_xdata()).tolist() == [0, 0]
    assert legend_labels(figure) == ["0 outside the interval", "0 inside the interval"]


def test_without_differences_all_are_alike() -> None:
    figure = intervals_figure(PANELS, xlabel="share")
    left, right = figure.axes
    assert filled(left) + filled(right) == [True] * 3
    assert not any(line.get_color() == GREY for line in left.get_lines())
    assert not figure.legends


def test_series_stand_below_each_other_in_their_own_style() -> None:
    rows = [IntervalRow(label, ABOVE, level) for label in "ab" for level in ("patch", "patient")]
    figure = intervals_figure({"Dice": rows}, xlabel="share", zero=True)
    (axes,) = figure.axes
    heights = [height for _, height in whiskers(axes)]
    assert heights == sorted(heights)
    assert len(set(heights)) == 4
    assert heights[1] - heights[0] < heights[2] - heights[1]  # a label's rows stand together
    assert axes.get_yticks().tolist() == [sum(heights[:2]) / 2, sum(heights[2:]) / 2]
    points = [line for line in axes.get_lines() if line.get_linestyle() == "None"]
    assert [point.get_marker() for point in points] == ["o", "s"] * 2
    assert {"patch", "patient", "0 outside the interval"} <= set(legend_labels(figure))


@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize(("measures", "levels"), [(1, 1), (3, 1), (4, 3), (5, 1)])
def test_readable(measures: int, levels: int, zero: bool) -> None:
    panels = {
        f"pattern, mean class accuracy {measure}": [
            IntervalRow(
                f"Dice, {epochs} epochs, α 0.06",
                Interval(0.01 * measure, -0.013 * level - 0.06, 0.17 + 0.03 * epochs),
                f"level {level}" if levels > 1 else "",
            )
            for epochs in range(4)
            for level in range(levels)
        ]
        for measure in range(measures)
    }
    label = "difference to Dice, 30 epochs, α 0.6 (95% interval)"
    assert_readable(intervals_figure(panels, xlabel=label, zero=zero))


def test_two_rows_at_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="panel 'Dice' has two rows 'a', series ''; expected one"):
        intervals_figure({"Dice": [IntervalRow("a", ABOVE)] * 2}, xlabel="share")


@pytest.mark.parametrize("panels", [{}, {"Dice": []}], ids=["no panel", "no row"])
def test_nothing_to_draw(panels: dict[str, list[IntervalRow]], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one interval"):
        draw_intervals(panels, tmp_path / "intervals.png", xlabel="share")
