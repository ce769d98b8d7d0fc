"""Boxes do not overlap and hold their text; arrows join what they name."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from anascope.report.plots import Arrow, Box, draw_boxes
from anascope.report.plots._boxes import boxes_figure

BOXES = [
    Box("a", "one line", 0, 0.0, 0.4),
    Box("b", "three\nlines\nhere", 1, 0.0, 0.4),
    Box("c", r"$G_i$ beside", 1, 0.5, 1.0, align="left"),
    Box("d", "last", 5, 0.0, 0.4),
]
ARROWS = [Arrow("a", "b"), Arrow("a", "c", dashed=True), Arrow("a", "d", around=True)]


def test_text_stays_in_its_box_and_boxes_apart() -> None:
    figure = boxes_figure(BOXES, ARROWS)
    figure.canvas.draw()
    assert isinstance(figure.canvas, FigureCanvasAgg)
    (axes,) = figure.axes
    boxes = [p.get_window_extent() for p in axes.patches if isinstance(p, FancyBboxPatch)]
    texts = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == len(texts) == len(BOXES)
    for box, text in zip(boxes, texts, strict=True):
        assert box.x0 <= text.x0
        assert text.x1 <= box.x1
        assert box.y0 <= text.y0
        assert text.y1 <= box.y1
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])
    assert sum(isinstance(p, FancyArrowPatch) for p in axes.patches) == len(ARROWS)


def test_files_of_both_kinds(tmp_path: Path) -> None:
    draw_boxes(BOXES, ARROWS, [tmp_path / "a.svg", tmp_path / "a.png"])
    assert (tmp_path / "a.svg").read_bytes().count(b"<path") > 5
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="at least one box"):
        boxes_figure([], [])
    with pytest.raises(KeyError, match="nowhere"):
        boxes_figure(BOXES, [Arrow("a", "nowhere")])
