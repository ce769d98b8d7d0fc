"""Panels beside each other, and text that fits them."""

from __future__ import annotations

import math

import pytest
from matplotlib.lines import Line2D

from anascope.report.plots._panels import (
    beside,
    label_outer,
    legend_above,
    number,
    require_some,
    small_multiples,
    wrapped,
)
from tests.unit.report.plots.figures import legend_labels, words


def test_lines_end_after_a_comma_where_they_can() -> None:
    assert wrapped("Dice, 30 epochs, α 0.6", 9) == "Dice, 30 epochs, α 0.6"
    assert wrapped("Dice, 30 epochs, α 0.6", 1.0) == "Dice, 30 epochs,\nα 0.6"
    assert wrapped("mean class accuracy", 0.9) == "mean class\naccuracy"
    assert wrapped("homogeneous", 0.1) == "homogeneous"
    assert wrapped("", 1) == ""


def test_nothing_is_lost_by_wrapping() -> None:
    text = "BCE, 15 epochs, α 0.06, weights at rest and a name without end"
    for inches in (0.1, 0.5, 1.0, 3.0):
        assert wrapped(text, inches).split() == text.split()


def test_what_is_no_number_is_a_dash() -> None:
    assert (number(0.12345), number(2.0, 1), number(math.nan)) == ("0.123", "2.0", "–")


def test_the_lowest_panel_of_each_column_is_labelled() -> None:
    with small_multiples(3, 2, height=1.5) as (figure, grid):
        label_outer(grid, 2, x="epoch", y="loss")
    assert len(figure.axes) == len(grid) == 3
    assert [axes.get_xlabel() for axes in grid] == ["", "epoch", "epoch"]
    assert [axes.get_ylabel() for axes in grid] == ["loss", "", "loss"]
    below = [axes.xaxis.get_tick_params()["labelbottom"] for axes in grid]
    assert below == [False, True, True]
    assert figure.get_size_inches().tolist() == [6.3, 3.0]


def test_a_legend_is_read_row_by_row() -> None:
    first = [Line2D([], [], label=name) for name in ("a", "b", "c")]
    with small_multiples(1, 1, height=1.5) as (figure, _):
        legend_above(figure, first, [Line2D([], [], label="d")])
    assert legend_labels(figure) == ["a", "d", "b", "c"]  # column by column
    seen = words(figure)
    assert all(label in seen for label in "abcd")


def test_refusals() -> None:
    with pytest.raises(ValueError, match="columns must be at least 1; found 0"):
        beside(3, 0)
    with pytest.raises(ValueError, match="expected at least one training"):
        require_some([], "training")
