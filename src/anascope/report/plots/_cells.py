"""Predicted against true cells, drawn over the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from anascope.images import GreyImage, stretched
from anascope.records import MaskValue
from anascope.report.plots._style import COLOURS, Paths, figure, save


@dataclass(frozen=True)
class DrawnField:
    """A field to draw.

    Attributes:
        title: Stands over it.
        image: Signal, axes (y, x).
        truth: Mask, values of ``MaskValue``, axes (y, x), or None.
        predicted: Where the network sees cells, bool, axes (y, x).
    """

    title: str
    image: GreyImage
    truth: NDArray[np.uint8] | None
    predicted: NDArray[np.bool_]


def draw_cells(fields: Sequence[DrawnField], path: Paths, *, columns: int = 2) -> None:
    """Draw the outlines of predicted and true cells over each field.

    Args:
        fields: What to draw.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        columns: Fields beside each other.
    """
    columns = min(columns, len(fields))
    rows = -(-len(fields) // columns)
    with figure(rows, columns, width=6.2 * columns, height=4.9 * rows + 0.4) as (drawing, axes):
        for panel, field in zip(axes, fields, strict=False):
            _draw(panel, field)
        for panel in axes[len(fields) :]:
            panel.set_visible(False)
        handles: list[Artist] = [
            Line2D([], [], color=COLOURS["predicted"], label="predicted cells")
        ]
        truths = [field.truth for field in fields if field.truth is not None]
        if truths:
            handles.append(Line2D([], [], color=COLOURS["truth"], label="annotated cells"))
        if any((truth == MaskValue.UNKNOWN).any() for truth in truths):
            handles.append(Patch(facecolor="#888888", label="not known"))
        drawing.legend(handles=handles, loc="outside lower center", ncols=3)
        save(drawing, path)


def _draw(axes: Axes, field: DrawnField) -> None:
    grey: NDArray[Any] = stretched(field.image)
    if field.truth is not None:
        # Grey haze over what nobody annotated, so that it is not read as a false alarm.
        grey = np.where(field.truth == MaskValue.UNKNOWN, 89 + 0.3 * grey, grey)
    axes.imshow(grey, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    if field.truth is not None:
        cells = field.truth == MaskValue.CELL
        axes.contour(cells, levels=[0.5], colors=COLOURS["truth"], linewidths=1.0)
    axes.contour(field.predicted, levels=[0.5], colors=COLOURS["predicted"], linewidths=1.0)
    axes.set_title(field.title, fontsize=10)
    axes.set_axis_off()
