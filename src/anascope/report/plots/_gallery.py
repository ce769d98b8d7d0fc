"""A contact sheet: what patterns look like at each intensity, in one cohort or in several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anascope.cohorts import Crop
from anascope.errors import InputError
from anascope.images import STRETCH_RULE, stretched
from anascope.report.plots._panels import UNDEFINED, require_some, wrapped
from anascope.report.plots._style import GREY, PAGE_FONT, PAGE_SETTINGS, save
from anascope.words import in_tree_order, intensity_levels

Key = tuple[str, str, int]
"""Pattern, intensity and the cohort's place."""

_DPI = 100
_LINE = 16  # pixels of a line of text
_GAP, _WIDE_GAP = 3, 12  # pixels between pictures, and between panels
_FORMATS = (".png", ".svg", ".pdf")
_RULE = f"Each crop pixel by pixel. {STRETCH_RULE}"


def draw_gallery(cohorts: Sequence[tuple[str, Iterable[Crop]]], path: str | Path) -> None:
    """Draw crops in a grid: a row a pattern, a column an intensity, cohorts beside each other.

    Args:
        cohorts: Name and crops of each; they are read one after the other.
        path: The picture to write, PNG, SVG or PDF by its ending.

    Raises:
        InputError: if the ending is another.
        ValueError: if there is nothing to draw.
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise InputError(path, f"ending '{path.suffix}'", f"one of {', '.join(_FORMATS)}")
    panels: dict[Key, list[NDArray[np.uint8]]] = defaultdict(list)
    for index, (_, crops) in enumerate(cohorts):
        for crop in crops:
            panels[crop.pattern, crop.intensity, index].append(_stretched_crop(crop))
    require_some(panels, "place")
    save(_figure([name for name, _ in cohorts], panels), path)


def _stretched_crop(crop: Crop) -> NDArray[np.uint8]:
    """Return a place as it is shown, stretched as its whole field is."""
    y, x = crop.window.y, crop.window.x
    grey = stretched(crop.field)
    return grey[y : y + crop.window.height, x : x + crop.window.width].copy()


def _figure(names: Sequence[str], panels: dict[Key, list[NDArray[np.uint8]]]) -> Figure:
    rows = in_tree_order({pattern for pattern, _, _ in panels})
    levels = [level for level in intensity_levels() if any(key[1] == level for key in panels)]
    columns = [(level, index) for level in levels for index in range(len(names))]
    pictures = [picture for panel in panels.values() for picture in panel]
    high, wide = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    most = max(map(len, panels.values()))
    across = most * wide + (most - 1) * _GAP
    labels = [wrapped(pattern, high / _DPI) for pattern in rows]
    side = 8 + _LINE * max(label.count("\n") + 1 for label in labels)
    width = side + len(columns) * (across + _WIDE_GAP)

    heads = [wrapped(name, across / _DPI) for name in names]
    rule = wrapped(_RULE, (width - side) / _DPI)
    top = _LINE * (2 + max(head.count("\n") + 1 for head in heads))
    bottom = _LINE * (2 + rule.count("\n"))
    height = top + len(rows) * (high + _WIDE_GAP) + bottom
    with mpl.rc_context(PAGE_SETTINGS):
        figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
        FigureCanvasAgg(figure)

        def write(x: float, y: float, text: str, **style: Any) -> None:
            """Write at a place in pixels from the top left."""
            figure.text(x / width, 1 - y / height, text, **({"fontsize": PAGE_FONT} | style))

        for column, (level, index) in enumerate(columns):
            left = side + column * (across + _WIDE_GAP)
            if index == 0:
                write(left, _LINE, level, weight="bold", va="center")
            if len(names) > 1 or column == 0:
                write(left, 1.8 * _LINE, heads[index], va="top")
            for row, pattern in enumerate(rows):
                upper = top + row * (high + _WIDE_GAP)
                panel = panels.get((pattern, level, index), [])
                for number, picture in enumerate(panel):
                    x, (tall, broad) = left + number * (wide + _GAP), picture.shape
                    area = (x / width, 1 - (upper + tall) / height, broad / width, tall / height)
                    axes = figure.add_axes(area)
                    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
                    axes.set_axis_off()
                if not panel:
                    centre = (left + across / 2, upper + high / 2)
                    write(*centre, UNDEFINED, ha="center", va="center", color=GREY)
        for row, label in enumerate(labels):
            middle = top + row * (high + _WIDE_GAP) + high / 2
            write(side / 2, middle, label, rotation=90, ha="center", va="center", weight="bold")
        write(side, height - bottom + 0.5 * _LINE, rule, va="top", color=GREY)
        return figure
