"""One style for all plots: colours that colour-blind readers tell apart, quiet axes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anascope.colours import BLUE, ON_WHITE, ORANGE, SKY_BLUE
from anascope.files import replacing

COLOURS = {
    "first": BLUE,
    "truth": ORANGE,
    "predicted": SKY_BLUE,
}

GREY = "#777777"
"""What is only there to compare with: chance, a perfect calibration, zero."""

PAGE_WIDTH = 6.3
"""Width of a page's text in inches (16 cm)."""

PAGE_FONT = 8.0
"""Size of text on a page, in points; nothing is smaller."""

_UNDATED: dict[str, Any] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}

Paths = str | Path | Sequence[str | Path]
"""Where a picture goes: a file, or several of different formats."""

_SETTINGS: Any = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.titlelocation": "left",
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "figure.dpi": 120,
    # Identifiers in an SVG file are random without it, and every new drawing a change.
    "svg.hashsalt": "anascope",
}
PAGE_SETTINGS: Any = _SETTINGS | {
    "font.size": PAGE_FONT,
    "axes.titlesize": PAGE_FONT,
    "axes.labelsize": PAGE_FONT,
    "figure.labelsize": PAGE_FONT,
    "figure.titlesize": PAGE_FONT + 1,
    "legend.fontsize": PAGE_FONT,
    "legend.title_fontsize": PAGE_FONT,
    "lines.linewidth": 1.3,
    "lines.markersize": 4,
    "figure.dpi": 200,
}


@dataclass(frozen=True)
class SeriesStyle:
    """How one of several lines in the same axes is drawn, in keywords of Matplotlib."""

    color: str
    linestyle: Any
    marker: str


_SERIES_LINES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)))
_SERIES_MARKERS = ("o", "s", "^", "D", "v", "X", "P", "<", ">", "*", "p", "h")


def series_style(index: int) -> SeriesStyle:
    """Return the style of the line ``index``, counted from 0.

    Colour, line and marker turn at their own pace: the first twelve lines each have their own
    marker, and no two of the first 84 are alike.
    """
    return SeriesStyle(
        ON_WHITE[index % len(ON_WHITE)],
        _SERIES_LINES[index % len(_SERIES_LINES)],
        _SERIES_MARKERS[index % len(_SERIES_MARKERS)],
    )


@contextmanager
def figure(
    rows: int, columns: int, *, width: float, height: float
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure of ``width`` × ``height`` inches and its axes, in the common style.

    The figure has a canvas of its own: no global state of pyplot, no window.
    """
    with mpl.rc_context(_SETTINGS):
        drawing = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(drawing)
        grid = drawing.subplots(rows, columns, squeeze=False)
        yield drawing, list(grid.flat)


@contextmanager
def page(
    rows: int,
    columns: int,
    *,
    height: float,
    sharex: bool = False,
    sharey: bool | Literal["row"] = False,
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure as wide as a page and ``height`` inches high, with its axes row by row.

    Drawn at its true size: on paper, text is :data:`PAGE_FONT` points.
    """
    with mpl.rc_context(PAGE_SETTINGS):
        drawing = Figure(figsize=(PAGE_WIDTH, height), layout="constrained")
        FigureCanvasAgg(drawing)
        grid = drawing.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=sharey)
        for axes in grid.flat:
            # Ticks are made when they are drawn, which may be outside these settings.
            axes.tick_params(labelsize=PAGE_FONT)
        yield drawing, list(grid.flat)


def save(figure: Figure, path: Paths) -> None:
    """Write a figure in the format of the path's ending, whole or not at all; or of several.

    The same figure gives the same bytes. Letters in an SVG file are outlines, so that it looks
    the same where the font is missing.
    """
    with mpl.rc_context(_SETTINGS):
        for target in map(Path, [path] if isinstance(path, str | Path) else path):
            metadata = _UNDATED.get(target.suffix.lower())
            drawn = io.BytesIO()  # Pillow, given a file, does not see that a full disk took a part
            ending = target.suffix.lower().removeprefix(".")
            figure.savefig(drawn, format=ending, dpi=figure.dpi, metadata=metadata)
            with replacing(target) as temporary:
                temporary.write_bytes(drawn.getvalue())
            figure.set_layout_engine("none")  # laid out once, and alike in all files
