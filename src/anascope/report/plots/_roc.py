"""ROC curves of several trainings in one square."""

from __future__ import annotations

import math
from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from anascope.metrics import RocCurve
from anascope.report.plots._panels import UNDEFINED, number, require_some, wrapped
from anascope.report.plots._style import GREY, Paths, page, save, series_style

_DIGIT = "\u2007"  # a blank as wide as a digit
_NO_NUMBER = f"{_DIGIT} {_DIGIT * 3}"  # as wide as "0.913"
_DASH = f"{_DIGIT} {UNDEFINED}{_DIGIT * 2}"
_LEGEND_INCHES = 1.9  # width of a name in the legend before it is wrapped


def draw_roc(curves: Mapping[str, RocCurve], path: Paths, *, title: str = "") -> None:
    """Draw the ROC curves of several trainings and name their areas, greatest first.

    A training keeps its colour, line and marker for its place in ``curves``, whatever its area.

    Args:
        curves: The curve of each training by its name; one without a curve is named with a
            dash.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        title: Stands over the picture.

    Raises:
        ValueError: if there is no training.
    """
    save(roc_figure(curves, title=title), path)


def roc_figure(curves: Mapping[str, RocCurve], *, title: str = "") -> Figure:
    """Return the figure that :func:`draw_roc` writes."""
    require_some(curves, "training")
    entries = {name: _entry(curve.auroc, name) for name, curve in curves.items()}
    legend = sum(0.07 + 0.14 * (1 + entry.count("\n")) for entry in entries.values())
    with page(1, 1, height=max(3.9, 0.6 + legend)) as (figure, (axes,)):
        (chance,) = axes.plot([0, 1], [0, 1], color=GREY, linestyle=(0, (1, 2)), linewidth=1)
        chance.set_label(_entry(0.5, "chance"))
        lines: dict[str, Line2D] = {}
        for index, (name, curve) in enumerate(curves.items()):
            style = series_style(index)
            (lines[name],) = axes.plot(
                curve.false_positive_rate,
                curve.true_positive_rate,
                color=style.color,
                linestyle=style.linestyle,
                marker=style.marker,
                # At a distance along the line, and not at the same places for all lines.
                markevery=(0.02 * (index % 8), 0.17),
                label=entries[name],
            )
        best_first = sorted(curves, key=lambda name: _rank(curves[name].auroc))
        figure.legend(
            handles=[*(lines[name] for name in best_first), chance],
            loc="outside right upper",
            title="AUROC, training",
            alignment="left",
            handlelength=3.2,
            labelspacing=0.7,
        )
        axes.set(xlabel="false positive rate", ylabel="true positive rate")
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.set_box_aspect(1)
        # Room that a square leaves goes to the right and below: a square in the middle of it
        # can push the label of its axis off the page.
        axes.set_anchor("NW")
        if title:
            axes.set_title(wrapped(title, 3.5), weight="bold")
        return figure


def _rank(auroc: float) -> float:
    return math.inf if math.isnan(auroc) else -auroc


def _entry(auroc: float, name: str) -> str:
    # The number first: digits are all as wide, so the numbers stand below each other. A point
    # is as wide as a blank.
    area = _DASH if math.isnan(auroc) else number(auroc)
    return f"{area}  " + wrapped(name, _LEGEND_INCHES).replace("\n", f"\n{_NO_NUMBER}  ")
