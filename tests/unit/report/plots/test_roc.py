"""ROC curves of several trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anascope.metrics import RocCurve, roc_curve
from anascope.report.plots import draw_roc
from anascope.report.plots._roc import roc_figure
from anascope.report.plots._style import series_style
from tests.unit.report.plots.figures import assert_files, assert_readable, legend_labels

TRUTH = np.array([True, False, True, False])
CURVES = {
    "Dice, 30 epochs, α 0.6": roc_curve(TRUTH, np.array([0.9, 0.7, 0.4, 0.2])),  # 0.75
    "BCE, 15 epochs, α 0.06": roc_curve(TRUTH[:1], np.array([0.5])),  # none
    "BCE, 30 epochs, α 0.6": roc_curve(TRUTH, np.array([0.9, 0.2, 0.8, 0.1])),  # 1
}


def test_files(tmp_path: Path) -> None:
    assert_files(lambda path: draw_roc(CURVES, path, title="intensity"), tmp_path)


def test_the_legend_names_areas_greatest_first() -> None:
    assert legend_labels(roc_figure(CURVES)) == [
        "1.000 BCE, 30 epochs, α 0.6",
        "0.750 Dice, 30 epochs, α 0.6",
        "– BCE, 15 epochs, α 0.06",
        "0.500 chance",
    ]


def test_lines_are_the_curves() -> None:
    figure = roc_figure(CURVES)
    (axes,) = figure.axes
    chance, *lines = axes.get_lines()
    assert np.asarray(chance.get_xydata()).tolist() == [[0, 0], [1, 1]]
    for place, (line, curve) in enumerate(zip(lines, CURVES.values(), strict=True)):
        assert np.array_equal(line.get_xdata(), curve.false_positive_rate)
        assert np.array_equal(line.get_ydata(), curve.true_positive_rate)
        # The place in the mapping decides, not the area: the same in every plot of a study.
        assert line.get_marker() == series_style(place).marker
        assert line.get_color() == series_style(place).color


def test_axes_are_named_and_square() -> None:
    figure = roc_figure(CURVES, title="intensity")
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("false positive rate", "true positive rate")
    assert axes.get_title(loc="left") == "intensity"
    figure.draw_without_rendering()
    box = axes.get_window_extent()
    assert box.width == pytest.approx(box.height, rel=1e-3)


def many(name: str) -> dict[str, RocCurve]:
    return {name.format(place): CURVES["Dice, 30 epochs, α 0.6"] for place in range(12)}


@pytest.mark.parametrize(
    "curves",
    [CURVES, many("BCE, {} epochs, α 0.06"), many("Dice, {} epochs, weights at rest, α 0.06")],
    ids=["three", "twelve", "long names"],
)
def test_readable(curves: dict[str, RocCurve]) -> None:
    assert_readable(roc_figure(curves, title="Intensity of 28 patients"))


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one training"):
        draw_roc({}, tmp_path / "roc.png")
    assert not list(tmp_path.iterdir())
