"""Reliability diagrams: the share right against the stated confidence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from anascope.metrics import Calibration
from anascope.report.plots._panels import (
    beside,
    label_outer,
    legend_above,
    number,
    panel_inches,
    require_some,
    small_multiples,
    wrapped,
)
from anascope.report.plots._style import COLOURS, GREY, Paths, save

_AREA = 260.0  # points² of the marker of a bin that holds all predictions
_SMALLEST = 4.0  # points²; a bin of few among many would not be seen
_LARGEST = 3.2  # inches; larger panels show no more
_LEGEND_SHARES = (0.05, 0.25)


def draw_calibration(panels: Mapping[str, Calibration], path: Paths, *, columns: int = 4) -> None:
    """Draw a reliability diagram for each training.

    A marker is a bin, and its area is the share of the predictions in it. Below the diagonal a
    network is overconfident.

    Args:
        panels: What to draw, by the title of its panel.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        columns: Panels beside each other.

    Raises:
        ValueError: if there is nothing to draw.
    """
    save(calibration_figure(panels, columns=columns), path)


def calibration_figure(panels: Mapping[str, Calibration], *, columns: int = 4) -> Figure:
    """Return the figure that :func:`draw_calibration` writes."""
    require_some(panels, "calibration")
    columns = beside(len(panels), columns)
    inches = panel_inches(columns)
    titles = [
        f"{wrapped(name, inches)}\nECE {number(curve.error)}, n {curve.n}"
        for name, curve in panels.items()
    ]
    lines = 1 + max(title.count("\n") for title in titles)
    # Nearly square; held to be square, they would be laid out with their labels cut off.
    height = min(inches, _LARGEST) + 0.16 * lines + 0.15
    with small_multiples(len(panels), columns, height=height, extra=0.6) as (figure, grid):
        for axes, curve, title in zip(grid, panels.values(), titles, strict=True):
            _draw(axes, curve)
            axes.set_title(title)
        label_outer(grid, columns, x="confidence", y="share right")
        legend_above(figure, _handles())
        return figure


def _draw(axes: Axes, calibration: Calibration) -> None:
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=(0, (1, 2)), linewidth=1)
    used = calibration.counts > 0
    confidence, accuracy = calibration.confidence[used], calibration.accuracy[used]
    axes.plot(confidence, accuracy, color=COLOURS["first"], linewidth=0.6)
    axes.scatter(
        confidence,
        accuracy,
        s=np.maximum(_AREA * calibration.counts[used] / max(calibration.n, 1), _SMALLEST),
        color=COLOURS["first"],
        linewidth=0,
        zorder=3,
    )
    axes.set(xlim=(-0.05, 1.05), ylim=(-0.05, 1.05))
    axes.set_xticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    axes.set_yticks([0, 0.5, 1], labels=["0", "0.5", "1"])


def _handles() -> list[Line2D]:
    sizes = [
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            color=COLOURS["first"],
            markeredgewidth=0,
            markersize=float(np.sqrt(_AREA * share)),
            label=f"{share:.0%} of the predictions",
        )
        for share in _LEGEND_SHARES
    ]
    perfect = Line2D([], [], color=GREY, linestyle=(0, (1, 2)), label="perfect calibration")
    return [*sizes, perfect]
