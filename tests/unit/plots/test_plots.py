"""Plots are files of the size they should have, and show what they are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from anascope.losses import TASKS
from anascope.plots import DrawnField, draw_cells, draw_curves
from anascope.plots._style import COLOURS


def history(largest_loss: float) -> pd.DataFrame:
    epochs = np.arange(1, 6)
    rows: dict[str, object] = {"epoch": epochs}
    for task in TASKS:
        for part in ("train", "validation"):
            rows[f"{part}_loss_{task}"] = np.linspace(0.5, largest_loss, 5)
            rows[f"{part}_accuracy_{task}"] = np.linspace(0.4, 0.9, 5)
        rows[f"weight_{task}"] = np.ones(5)
    return pd.DataFrame(rows)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_curves(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"curves{suffix}"
    draw_curves(history(1.0), path, title="a run")
    if suffix == ".png":
        with Image.open(path) as picture:
            assert picture.size == (1440, 456)
    else:
        text = path.read_text()
        assert "<svg" in text
        assert COLOURS["mask"].lower() in text.lower()


def test_loss_axis_is_logarithmic_only_when_losses_span_three_decades(tmp_path: Path) -> None:
    for largest, logarithmic in ((400.0, False), (952_752.0, True)):
        path = tmp_path / f"{logarithmic}.svg"
        draw_curves(history(largest), path)
        # A logarithmic axis labels powers of ten, whose exponents are set with a group of glyphs.
        assert ("10^" in path.read_text() or "mathdefault{10^" in path.read_text()) == logarithmic


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
