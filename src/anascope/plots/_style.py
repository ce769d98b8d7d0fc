"""One style for all plots: colours that colour-blind readers tell apart, quiet axes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anascope.files import replacing

# Okabe & Ito, "Color Universal Design" (2008).
COLOURS = {
    "mask": "#0072B2",
    "pattern": "#D55E00",
    "intensity": "#009E73",
    "truth": "#E69F00",
    "predicted": "#56B4E9",
}
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
    "savefig.dpi": 120,
}


@contextmanager
def figure(
    rows: int, columns: int, *, width: float, height: float
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure of ``width`` × ``height`` inches and its axes, in the common style.

    The figure has a canvas of its own: no global state of pyplot, no window.
    """
    with mpl.rc_context(_SETTINGS):
        made = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(made)
        grid = made.subplots(rows, columns, squeeze=False)
        yield made, list(grid.flat)


def save(made: Figure, path: Path) -> None:
    """Write a figure in the format of the path's ending, whole or not at all."""
    with replacing(path) as temporary:
        made.savefig(temporary)
