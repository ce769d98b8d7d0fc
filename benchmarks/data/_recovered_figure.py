"""The series of cells with the borders that were found in it: curves, no pixels of the set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from anascope.cohorts import CellTraits
from anascope.colours import BLACK, BLUE, GREEN, PURPLE, VERMILION
from anascope.files import replacing

_SMOOTHED = 7  # cells of the running median that is shown
_EVERY = 12  # cells: one of so many is drawn
_SETTINGS: Any = {
    "font.size": 7,
    "axes.titlesize": 7,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 0.6,
    "svg.hashsalt": "anascope",
}


def draw_series(
    classes: Mapping[str, Sequence[CellTraits]],
    specimens: Mapping[str, NDArray[Any]],
    measures: Sequence[str],
    path: Path,
) -> None:
    """Draw the measures of each class in the order of its cells, with the borders, as SVG."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(7.2, 7.2), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(len(classes), 1)
        for axis, (name, cells) in zip(np.atleast_1d(axes), classes.items(), strict=True):
            values = np.log(np.stack([cell.measures for cell in cells]) + 1)
            values = median_filter(values, (_SMOOTHED, 1))[::_EVERY]
            values = (values - values.min(axis=0)) / np.maximum(np.ptp(values, axis=0), 1e-9)
            for row, measure in enumerate(measures):
                colour = (BLUE, GREEN, PURPLE, BLACK)[row % 4]
                axis.plot(np.arange(len(values)) * _EVERY, values[:, row] - 1.1 * row, c=colour)
                axis.text(len(cells) * 1.005, 0.3 - 1.1 * row, measure, color=colour)
            for border in np.flatnonzero(np.diff(specimens[name])):
                axis.axvline(border + 1, color=VERMILION, linewidth=0.7)
            found = int(specimens[name].max()) + 1
            axis.set_title(f"{name}: {len(cells)} cells, {found} specimens recovered")
            axis.set_yticks([])
            axis.set_xlim(0, len(cells))
        np.atleast_1d(axes)[-1].set_xlabel("place of the cell in its class")
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            figure.savefig(temporary, format="svg", metadata={"Date": None})
