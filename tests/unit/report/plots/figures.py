"""What a reader sees of a figure: its texts, where they stand, and the files made of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

_SMALLEST_FONT = 8.0  # points
_SLACK = 0.5  # pixels that rounding may cost


def texts(figure: Figure) -> list[Text]:
    """Return the texts that are seen, once the figure is laid out."""
    figure.draw_without_rendering()
    ticks = [
        tick
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
    ]
    labels = {id(label): tick for tick in ticks for label in (tick.label1, tick.label2)}
    return [
        text
        for text in figure.findobj(Text)
        if isinstance(text, Text)
        and text.get_visible()
        and text.get_text().strip()
        and _in_view(labels.get(id(text)))
    ]


def _in_view(tick: object) -> bool:
    if tick is None:
        return True
    axes: Axes = tick.axes  # type: ignore[attr-defined]
    place: float = tick.get_loc()  # type: ignore[attr-defined]
    horizontal = any(tick is other for other in axes.xaxis.get_major_ticks())
    low, high = sorted(axes.get_xlim() if horizontal else axes.get_ylim())
    return bool(low <= place <= high)


def words(figure: Figure) -> list[str]:
    """Return what the texts say, in one line each."""
    return [" ".join(text.get_text().split()) for text in texts(figure)]


def legend_labels(figure: Figure) -> list[str]:
    """Return the labels of the figure's legends, in one line each, blanks left out."""
    found = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return [" ".join(text.split()) for text in found if text.strip()]


def titles(figure: Figure) -> list[str]:
    """Return the titles of the axes, with their line breaks."""
    return [axes.get_title(loc="left") for axes in figure.axes]


def lines_of(axes: Axes, colour: str) -> list[Line2D]:
    """Return the lines of one colour."""
    return [line for line in axes.get_lines() if line.get_color() == colour]


def assert_readable(figure: Figure) -> None:
    """Fail where a text is too small, leaves the figure or covers another."""
    seen = texts(figure)
    assert seen
    boxes = []
    for text in seen:
        assert float(text.get_fontsize()) >= _SMALLEST_FONT, text
        box = text.get_window_extent()
        assert box.x0 >= -_SLACK, text
        assert box.y0 >= -_SLACK, text
        assert box.x1 <= figure.bbox.width + _SLACK, text
        assert box.y1 <= figure.bbox.height + _SLACK, text
        if text.get_rotation() % 90 == 0:  # the box of a slanting text is mostly empty
            boxes.append((text, box))
    for (one, first), (other, second) in combinations(boxes, 2):
        apart = (
            first.x1 <= second.x0 + _SLACK
            or second.x1 <= first.x0 + _SLACK
            or first.y1 <= second.y0 + _SLACK
            or second.y1 <= first.y0 + _SLACK
        )
        assert apart, (one, other)


def assert_files(draw: Callable[[Path], None], folder: Path) -> None:
    """Fail unless ``draw`` writes a PNG and an SVG of a page's width, twice the same."""
    for suffix in (".png", ".svg"):
        first, second = folder / f"first{suffix}", folder / f"second{suffix}"
        draw(first)
        draw(second)
        assert first.read_bytes() == second.read_bytes()
    with Image.open(folder / "first.png") as picture:
        assert picture.format == "PNG"
        assert picture.width == 1260  # 6.3 inches at 200 pixels an inch
    root = ElementTree.parse(folder / "first.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("width") == "453.6pt"
    # Letters are outlines: an SVG text would look different where the font is missing.
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert "<dc:date>" not in (folder / "first.svg").read_text(encoding="utf-8")
