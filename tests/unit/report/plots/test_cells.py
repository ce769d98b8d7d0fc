"""Predicted and true outlines over a field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from anascope.report.plots import DrawnField, draw_cells
from anascope.report.plots._style import COLOURS


def test_cells_show_both_outlines(tmp_path: Path) -> None:
    y, x = np.indices((80, 100))
    truth = (np.hypot(y - 40, x - 30) < 15).astype(np.uint8)
    truth[:10, 80:] = 2
    predicted = np.hypot(y - 40, x - 60) < 15
    image = np.random.default_rng(0).integers(0, 90, (80, 100)).astype(np.uint8)
    path = tmp_path / "cells.png"
    draw_cells([DrawnField("one", image, truth, predicted)] * 3, path)
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3).astype(int)
    for name in ("truth", "predicted"):
        wanted = [int(COLOURS[name][i : i + 2], 16) for i in (1, 3, 5)]
        near = np.abs(pixels - wanted).sum(axis=1) < 40
        assert near.sum() > 100


def test_cells_without_truth(tmp_path: Path) -> None:
    image = np.zeros((40, 40), dtype=np.uint8)
    path = tmp_path / "cells.png"
    predicted = np.zeros((40, 40), dtype=bool)
    predicted[10:20, 10:20] = True
    draw_cells([DrawnField("one", image, None, predicted)], path)
    assert path.stat().st_size > 1000
