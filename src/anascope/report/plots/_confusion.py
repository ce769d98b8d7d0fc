"""Confusion matrices: what each true class was called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anascope.report.plots._panels import (
    beside,
    label_outer,
    require_some,
    small_multiples,
    wrapped,
)
from anascope.report.plots._style import PAGE_FONT, PAGE_WIDTH, Paths, save

_DIGIT = 0.64 * PAGE_FONT / 72  # width of a digit, in inches
_PERCENT = 4.5  # "100%" is as wide as so many digits
_LARGEST_CELL = 0.5  # inches; larger ones only spread the text
_NAMES = 0.9  # inches for the names of the classes beside and below a matrix
_DARK = 0.72  # share from which the shade is so dark that its text is white


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """A confusion matrix to draw.

    Attributes:
        title: Stands over it.
        counts: Numbers of rows by true class (first axis) and predicted class, shape ``(K, K)``,
            as :func:`anascope.metrics.confusion` returns them.
        classes: Names of the ``K`` classes, K at least 1.

    Raises:
        ValueError: if the counts are not ``(K, K)``.
    """

    title: str
    counts: NDArray[np.int64]
    classes: Sequence[str]

    def __post_init__(self) -> None:
        """Check the shape."""
        n = len(self.classes)
        if not n or self.counts.shape != (n, n):
            raise ValueError(f"counts must be ({n}, {n}), K at least 1; found {self.counts.shape}")


def draw_confusion(matrices: Sequence[ConfusionMatrix], path: Paths, *, columns: int = 2) -> None:
    """Draw confusion matrices, the true class from top to bottom.

    A cell is as dark as its share of its row, the true class; it shows its number and, where
    there is room, that share. A class without rows has an empty row. Matrices stand beside each
    other as long as their numbers fit the cells.

    Args:
        matrices: What to draw.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        columns: Matrices beside each other, at most.

    Raises:
        ValueError: if there is nothing to draw.
    """
    save(confusion_figure(matrices, columns=columns), path)


def confusion_figure(matrices: Sequence[ConfusionMatrix], *, columns: int = 2) -> Figure:
    """Return the figure that :func:`draw_confusion` writes."""
    require_some(matrices, "confusion matrix")
    alike = len({tuple(matrix.classes) for matrix in matrices}) == 1
    classes = max(len(matrix.classes) for matrix in matrices)
    columns = beside(len(matrices), columns)
    digits = max(len(str(int(matrix.counts.max()))) for matrix in matrices)
    needed = (max(digits, _PERCENT) + 0.3) * _DIGIT
    while columns > 1 and _cell(classes, columns, alike) < needed:
        columns -= 1
    cell = min(_cell(classes, columns, alike), _LARGEST_CELL)
    rows = -(-len(matrices) // columns)
    # Names below stand below each row of matrices, or below all when they are the same.
    below = _NAMES if alike else rows * _NAMES
    with small_multiples(
        len(matrices), columns, height=classes * cell + 0.3, extra=below + 0.2, share=alike
    ) as (figure, grid):
        for axes, matrix in zip(grid, matrices, strict=True):
            _draw(axes, matrix, with_share=cell >= needed)
            axes.set_title(wrapped(matrix.title, classes * cell))
        label_outer(grid, columns, x="predicted class", y="true class")
        return figure


def _cell(classes: int, columns: int, alike: bool) -> float:
    """Return the side of a cell in inches, if so many matrices stand beside each other."""
    names = _NAMES if alike else _NAMES * columns
    return (PAGE_WIDTH - 0.2 - names - 0.12 * columns) / (columns * classes)


def _draw(axes: Axes, matrix: ConfusionMatrix, *, with_share: bool) -> None:
    totals = matrix.counts.sum(axis=1, keepdims=True)
    shares = matrix.counts / np.maximum(totals, 1)
    axes.imshow(np.where(totals > 0, shares, np.nan), cmap="Blues", vmin=0, vmax=1)
    axes.set_anchor("NW")
    indices = range(len(matrix.classes))
    for true in indices:
        if not totals[true]:
            continue
        for predicted in indices:
            count, share = int(matrix.counts[true, predicted]), float(shares[true, predicted])
            axes.text(
                predicted,
                true,
                f"{count}\n{share:.0%}" if with_share and count else str(count),
                ha="center",
                va="center",
                linespacing=1.0,
                color="white" if share > _DARK else "black" if count else "#888888",
            )
    axes.set_xticks(
        indices, labels=list(matrix.classes), rotation=45, ha="right", rotation_mode="anchor"
    )
    axes.set_yticks(indices, labels=[wrapped(name, _NAMES) for name in matrix.classes])
    axes.set_xticks(np.arange(len(matrix.classes) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(matrix.classes) - 1) + 0.5, minor=True)
    axes.tick_params(which="both", length=0)
    axes.grid(False)
    axes.grid(True, which="minor", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(True)
    axes.spines[:].set_color("#999999")
