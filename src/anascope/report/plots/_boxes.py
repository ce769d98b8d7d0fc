"""Boxes with text, and arrows between them: how a network or an algorithm is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from anascope.colours import BLUE
from anascope.report.plots._panels import require_some
from anascope.report.plots._style import GREY, PAGE_WIDTH, Paths, page, save

_PAD = 0.05  # inches between a box and its text
_GAP = 0.22  # inches between two rows
_LINE = 0.145  # inches that a line of text takes
_ASIDE = 0.25  # inches that an arrow which goes round keeps from the boxes
_PALE = 0.1  # how much of its colour a box is filled with


@dataclass(frozen=True)
class Box:
    """A box.

    Attributes:
        name: What arrows call it.
        text: What stands in it, in lines; formulas between dollar signs.
        row: Which row it stands in, from above; rows are as high as their tallest box.
        left, right: Where it begins and ends, as shares of the width of the page.
        colour: Of its frame, and pale of its inside.
        align: Where its text begins: ``center`` or ``left``.
    """

    name: str
    text: str
    row: int
    left: float
    right: float
    colour: str = BLUE
    align: str = "center"


@dataclass(frozen=True)
class Arrow:
    """An arrow from one box to another.

    Attributes:
        start: Name of the box that it leaves.
        end: Name of the box that it reaches.
        around: Whether it goes round what stands between them, on the right.
        dashed: Whether it is.
    """

    start: str
    end: str
    around: bool = False
    dashed: bool = False


def draw_boxes(boxes: Sequence[Box], arrows: Sequence[Arrow], path: Paths) -> None:
    """Draw boxes in rows, as wide as a page, and arrows between them.

    Raises:
        ValueError: if there is no box.
        KeyError: if an arrow names a box that is not there.
    """
    save(boxes_figure(boxes, arrows), path)


def boxes_figure(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Figure:
    """Return the figure that :func:`draw_boxes` writes."""
    require_some(boxes, "box")
    rows = sorted({box.row for box in boxes})
    heights = {
        row: 2 * _PAD + _LINE * max(1 + b.text.count("\n") for b in boxes if b.row == row)
        for row in rows
    }
    total = sum(heights.values()) + _GAP * len(rows)
    tops: dict[int, float] = {}
    top = total - _GAP / 2
    for row in rows:
        tops[row] = top
        top -= heights[row] + _GAP
    with page(1, 1, height=total) as (figure, (axes,)):
        axes.set(xlim=(0, PAGE_WIDTH), ylim=(0, total))
        axes.set_axis_off()
        patches = {box.name: _draw(axes, box, tops[box.row], heights[box.row]) for box in boxes}
        for arrow in arrows:
            axes.add_patch(_arrow(arrow, patches[arrow.start], patches[arrow.end]))
        return figure


def _arrow(arrow: Arrow, start: FancyBboxPatch, end: FancyBboxPatch) -> FancyArrowPatch:
    style: Any = {
        "arrowstyle": "-|>",
        "mutation_scale": 7,
        "linewidth": 0.8,
        "linestyle": (0, (4, 2)) if arrow.dashed else "-",
        "edgecolor": GREY,
        "facecolor": GREY,
    }
    if not arrow.around:
        return FancyArrowPatch(_middle(start), _middle(end), patchA=start, patchB=end, **style)
    (_, y_start), (_, y_end) = _middle(start), _middle(end)
    x_start, x_end = (box.get_x() + box.get_width() + _PAD for box in (start, end))
    aside = max(x_start, x_end) + _ASIDE
    corners = [(x_start, y_start), (aside, y_start), (aside, y_end), (x_end, y_end)]
    return FancyArrowPatch(path=Path(corners), **{**style, "facecolor": "none"})


def _draw(axes: Axes, box: Box, top: float, height: float) -> FancyBboxPatch:
    left, right = box.left * PAGE_WIDTH, box.right * PAGE_WIDTH
    patch = FancyBboxPatch(
        (left + _PAD, top - height + _PAD),
        right - left - 2 * _PAD,
        height - 2 * _PAD,
        boxstyle=f"round,pad={_PAD},rounding_size=0.04",
        facecolor=(box.colour, _PALE),
        edgecolor=box.colour,
        linewidth=0.8,
    )
    axes.add_patch(patch)
    x = left + 2 * _PAD if box.align == "left" else (left + right) / 2
    axes.text(x, top - height / 2, box.text, ha=box.align, va="center")
    return patch


def _middle(patch: FancyBboxPatch) -> tuple[float, float]:
    return (
        patch.get_x() + patch.get_width() / 2,
        patch.get_y() + patch.get_height() / 2,
    )
