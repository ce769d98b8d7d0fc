"""Confusion matrices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from anascope.report.plots import ConfusionMatrix, draw_confusion
from anascope.report.plots._confusion import confusion_figure
from tests.unit.report.plots.figures import assert_files, assert_readable, titles

PATTERNS = (
    *("homogeneous", "fine speckled", "coarse speckled", "nucleolar", "centromere"),
    *("nuclear envelope", "mitotic spindle"),
)
SMALL = ConfusionMatrix(
    "field",
    np.array([[3, 1, 0], [0, 0, 0], [2, 2, 4]]),
    ("nucleolar", "centromere", "nuclear envelope"),
)


def seven(largest: int, title: str = "Dice, 30 epochs, α 0.6") -> ConfusionMatrix:
    counts: NDArray[np.int64] = np.full((7, 7), largest, np.int64)
    counts[0] = 0
    counts[1] = [0, largest, 0, 0, 0, 0, 0]  # 100%
    return ConfusionMatrix(title, counts, PATTERNS)


def test_files(tmp_path: Path) -> None:
    assert_files(lambda path: draw_confusion([SMALL, SMALL], path), tmp_path)


def test_cells_show_number_and_share_of_the_true_class() -> None:
    (axes,) = confusion_figure([SMALL]).axes
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    # By place: predicted class (x), true class (y). The second class never occurs.
    assert cells == {
        (0, 0): "3\n75%",
        (1, 0): "1\n25%",
        (2, 0): "0",
        (0, 2): "2\n25%",
        (1, 2): "2\n25%",
        (2, 2): "4\n50%",
    }


def test_shades_are_shares_and_a_row_without_samples_has_none() -> None:
    (axes,) = confusion_figure([SMALL]).axes
    (image,) = axes.images
    shades = np.ma.filled(np.ma.asarray(image.get_array()).astype(float), np.nan)
    expected = [[0.75, 0.25, 0], [np.nan] * 3, [0.25, 0.25, 0.5]]
    assert np.allclose(shades, expected, equal_nan=True)
    assert image.get_clim() == (0, 1)


def test_text_stands_out_from_its_shade() -> None:
    for share in range(5, 101, 5):
        counts = np.array([[share, 100 - share], [0, 0]])
        (axes,) = confusion_figure([ConfusionMatrix("", counts, ("a", "b"))]).axes
        (image,) = axes.images
        shade = image.to_rgba(np.array([[share / 100]]))[0, 0, :3]
        text = axes.texts[0]
        assert text.get_text() == f"{share}\n{share}%"
        assert contrast(shade, np.array(to_rgb(text.get_color()))) > 4.5


def contrast(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1, 1.4.3)."""
    lights = sorted(float(light(colour)) + 0.05 for colour in (one, other))
    return lights[1] / lights[0]


def light(colour: NDArray[np.float64]) -> float:
    linear = np.where(colour <= 0.03928, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def test_classes_are_named_once_where_they_are_the_same() -> None:
    figure = confusion_figure([SMALL, SMALL, SMALL])
    figure.draw_without_rendering()
    first, second, third = figure.axes
    assert titles(figure) == ["field"] * 3
    names = [" ".join(label.get_text().split()) for label in first.get_yticklabels()]
    assert names == list(SMALL.classes)
    assert [axes.get_ylabel() for axes in figure.axes] == ["true class", "", "true class"]
    assert [axes.get_xlabel() for axes in figure.axes] == ["", *["predicted class"] * 2]
    assert not second.yaxis.get_tick_params()["labelleft"]
    assert third.yaxis.get_tick_params()["labelleft"]


def test_other_classes_are_named_at_each_matrix() -> None:
    other = ConfusionMatrix("intensity", np.eye(2, dtype=np.int64), ("intermediate", "positive"))
    figure = confusion_figure([SMALL, other])
    assert_readable(figure)
    for axes, matrix in zip(figure.axes, (SMALL, other), strict=True):
        assert axes.yaxis.get_tick_params()["labelleft"]
        assert len(axes.get_yticklabels()) == len(matrix.classes)


@pytest.mark.parametrize(("largest", "columns"), [(9, 2), (9999, 2), (1234567, 1)])
def test_matrices_stand_beside_each_other_while_their_numbers_fit(
    largest: int, columns: int
) -> None:
    figure = confusion_figure([seven(largest), seven(largest)])
    specs = {axes.get_subplotspec().colspan.start for axes in figure.axes}  # type: ignore[union-attr]
    assert len(specs) == columns
    assert_readable(figure)


def test_shares_are_left_out_where_there_is_no_room() -> None:
    classes = tuple(f"class {place}" for place in range(29))
    counts = np.eye(29, dtype=np.int64)
    (axes,) = confusion_figure([ConfusionMatrix("leaves", counts, classes)]).axes
    assert {text.get_text() for text in axes.texts} == {"0", "1"}


def test_readable_with_eight_of_seven_classes() -> None:
    assert_readable(confusion_figure([seven(800, f"BCE, {n} epochs, α 0.06") for n in range(8)]))


@pytest.mark.parametrize(
    ("counts", "classes"), [(np.zeros((2, 3), np.int64), "ab"), (np.zeros((0, 0), np.int64), "")]
)
def test_what_is_no_matrix_is_refused(counts: NDArray[np.int64], classes: str) -> None:
    with pytest.raises(ValueError, match="counts must be"):
        ConfusionMatrix("", counts, tuple(classes))


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one confusion matrix"):
        draw_confusion([], tmp_path / "confusion.png")
