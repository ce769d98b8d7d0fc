"""Estimates with their intervals, below each other (forest plot)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from anascope.metrics import Interval
from anascope.report.plots._panels import (
    UNDEFINED,
    beside,
    legend_above,
    require_some,
    small_multiples,
    wrapped,
)
from anascope.report.plots._style import GREY, PAGE_WIDTH, Paths, SeriesStyle, save, series_style

_LINE = 0.2  # height of an interval, in inches
_GAP = 0.4  # height between labels, in lines
_LABEL_INCHES = 1.7  # width of a label before it is wrapped
_OVER_GRID = 1.6  # the order of drawing: the grid has 1.5, lines have 2


@dataclass(frozen=True)
class IntervalRow:
    """An interval to draw.

    Attributes:
        label: Stands left of it; rows of the same label stand together, in all panels at the
            same height.
        interval: What is drawn; a dash where it is not defined.
        series: What sets rows of the same label apart, such as a level or a training: each
            series has its own colour and marker and stands in the legend, unless it is empty.
    """

    label: str
    interval: Interval
    series: str = ""


def draw_intervals(
    panels: Mapping[str, Sequence[IntervalRow]],
    path: Paths,
    *,
    xlabel: str,
    zero: bool = False,
    columns: int = 4,
) -> None:
    """Draw estimates with their intervals: a panel for each measure, labels on the left.

    Args:
        panels: The rows of each measure by its title, from top to bottom. A label or series that
            a panel lacks is left empty there.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        xlabel: What the axes show, with its unit.
        zero: Whether the intervals are differences: 0 is marked, and intervals that leave it
            out are drawn bold and filled, the others thin and hollow.
        columns: Panels beside each other.

    Raises:
        ValueError: if there is no panel or no row, or a panel has two rows of the same label
            and series.
    """
    save(intervals_figure(panels, xlabel=xlabel, zero=zero, columns=columns), path)


def intervals_figure(
    panels: Mapping[str, Sequence[IntervalRow]],
    *,
    xlabel: str,
    zero: bool = False,
    columns: int = 4,
) -> Figure:
    """Return the figure that :func:`draw_intervals` writes."""
    rows = [row for panel in panels.values() for row in panel]
    require_some(rows, "interval")
    _require_single(panels)
    labels = list(dict.fromkeys(row.label for row in rows))
    series = list(dict.fromkeys(row.series for row in rows))
    styles = {name: series_style(index) for index, name in enumerate(series)}
    step = len(series) + _GAP  # lines from one label to the next
    columns = beside(len(panels), columns)
    titles = [wrapped(title, (PAGE_WIDTH - _LABEL_INCHES) / columns - 0.1) for title in panels]
    lines = 1 + max(title.count("\n") for title in titles)
    ticks = min(max(12 // columns, 3), 6)  # more would touch each other
    legend = [*_series_rows(styles), *_zero_rows(styles, zero=zero)]
    with small_multiples(
        len(panels),
        columns,
        height=_LINE * step * len(labels) + 0.16 * lines + 0.3,
        extra=0.3 + 0.22 * len(legend),
        share=False,
    ) as (figure, grid):
        middles = [index * step + (len(series) - 1) / 2 for index in range(len(labels))]
        names = [wrapped(label, _LABEL_INCHES) for label in labels]
        for index, (axes, title) in enumerate(zip(grid, titles, strict=True)):
            axes.set_title(title)
            axes.set_yticks(middles, labels=names)
            axes.tick_params(axis="y", length=0, labelleft=index % columns == 0)
            axes.set_ylim(len(labels) * step - (1 + _GAP) / 2, -(1 + _GAP) / 2)
            axes.grid(False, axis="y")
            axes.spines["left"].set_visible(False)
            axes.margins(x=0.1)
            axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
            axes.xaxis.set_major_formatter(_short)
            if zero:
                axes.axvline(0, color=GREY, linewidth=1, zorder=_OVER_GRID)
        for axes, panel in zip(grid, panels.values(), strict=True):
            for row in panel:
                y = labels.index(row.label) * step + series.index(row.series)
                _draw(axes, row.interval, y, styles[row.series], zero=zero)
        figure.supxlabel(xlabel)
        if legend:
            legend_above(figure, *legend)
        return figure


def _draw(axes: Axes, interval: Interval, y: float, style: SeriesStyle, *, zero: bool) -> None:
    if not interval.defined:
        axes.text(0.5, y, UNDEFINED, transform=axes.get_yaxis_transform(), ha="center", va="center")
        return
    hollow = zero and not interval.excludes_zero
    axes.plot(
        [interval.low, interval.high],
        [y, y],
        color=style.color,
        linewidth=1.0 if hollow else 2.2,
        solid_capstyle="butt",
    )
    axes.plot(
        interval.estimate,
        y,
        linestyle="",
        color=style.color,
        marker=style.marker,
        markersize=5,
        markerfacecolor="white" if hollow else style.color,
    )


def _series_rows(styles: Mapping[str, SeriesStyle]) -> list[list[Line2D]]:
    handles = [_handle(style, name) for name, style in styles.items() if name]
    return [handles[start : start + 3] for start in range(0, len(handles), 3)]


def _zero_rows(styles: Mapping[str, SeriesStyle], *, zero: bool) -> list[list[Line2D]]:
    if not zero:
        return []
    style = next(iter(styles.values())) if len(styles) == 1 else SeriesStyle("black", "-", "o")
    return [
        [
            _handle(style, "0 outside the interval"),
            _handle(style, "0 inside the interval", hollow=True),
        ]
    ]


def _handle(style: SeriesStyle, label: str, *, hollow: bool = False) -> Line2D:
    return Line2D(
        [],
        [],
        color=style.color,
        linewidth=1.0 if hollow else 2.2,
        marker=style.marker,
        markersize=5,
        markerfacecolor="white" if hollow else style.color,
        label=label,
    )


def _short(value: float, _: float) -> str:
    # As short as it can be: three numbers must fit below a narrow panel.
    return f"{round(value, 9):g}".replace("-", "−")


def _require_single(panels: Mapping[str, Sequence[IntervalRow]]) -> None:
    for title, panel in panels.items():
        drawn: set[tuple[str, str]] = set()
        for row in panel:
            if (row.label, row.series) in drawn:
                raise ValueError(
                    f"panel {title!r} has two rows {row.label!r}, series {row.series!r}; "
                    "expected one"
                )
            drawn.add((row.label, row.series))
