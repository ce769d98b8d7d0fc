"""Reliability diagrams."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from anascope.metrics import calibration
from anascope.report.plots import draw_calibration
from anascope.report.plots._calibration import calibration_figure
from tests.unit.report.plots.figures import assert_files, assert_readable, legend_labels, titles

# Eight sure rows, of which six are right, and two unsure ones, both wrong.
FOUND = calibration(np.array([0.9] * 8 + [0.3] * 2), np.array([True] * 6 + [False] * 4), bins=10)
NOTHING = calibration(np.zeros(0), np.zeros(0, np.bool_))
PANELS = {"Dice, 30 epochs, α 0.6": FOUND, "BCE, 15 epochs, α 0.06": NOTHING}


def test_files(tmp_path: Path) -> None:
    assert_files(lambda path: draw_calibration(PANELS, path), tmp_path)


def test_markers_are_the_bins_that_have_rows() -> None:
    axes = calibration_figure(PANELS).axes[0]
    (markers,) = [item for item in axes.collections if isinstance(item, PathCollection)]
    places = np.asarray(markers.get_offsets())
    assert places == pytest.approx(np.array([[0.3, 0.0], [0.9, 0.75]]))
    few, many = markers.get_sizes()
    assert many / few == pytest.approx(8 / 2)


def test_a_row_among_thousands_is_still_seen() -> None:
    right = np.ones(5000, np.bool_)
    found = calibration(np.array([0.99] * 4999 + [0.5]), right)
    (markers,) = calibration_figure({"one": found}).axes[0].collections
    assert isinstance(markers, PathCollection)
    assert markers.get_sizes().min() == 4


def test_titles_say_error_and_number() -> None:
    # (8 · |0.75 - 0.9| + 2 · |0 - 0.3|) / 10
    assert [" ".join(title.split()) for title in titles(calibration_figure(PANELS))] == [
        "Dice, 30 epochs, α 0.6 ECE 0.180, n 10",
        "BCE, 15 epochs, α 0.06 ECE –, n 0",
    ]


def test_axes_and_legend() -> None:
    figure = calibration_figure({str(place): FOUND for place in range(8)})
    assert len(figure.axes) == 8
    assert [axes.get_ylabel() for axes in figure.axes] == (["share right"] + [""] * 3) * 2
    assert [axes.get_xlabel() for axes in figure.axes] == [""] * 4 + ["confidence"] * 4
    assert legend_labels(figure) == [
        "5% of the predictions",
        "25% of the predictions",
        "perfect calibration",
    ]


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
@pytest.mark.parametrize("count", [1, 3, 8])
def test_readable(count: int, columns: int) -> None:
    panels = {f"Dice, 3{place} epochs, α 0.06": FOUND for place in range(count)}
    assert_readable(calibration_figure(panels, columns=columns))


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one calibration"):
        draw_calibration({}, tmp_path / "calibration.png")
