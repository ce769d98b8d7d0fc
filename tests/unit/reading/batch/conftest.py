"""A model, and folders of fields for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anascope.models import save_model
from anascope.reading.batch import ReaderSettings
from tests.unit.models.engines.test_engines import model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("model")
    save_model(path, model("dense"))
    return path


@pytest.fixture
def settings(folder: Path, every_field_evaluable: None) -> ReaderSettings:
    return ReaderSettings(model=str(folder), engine="torch", sheets=False)


def draw(path: Path, seed: int, cells: int = 12) -> np.ndarray:
    """Write a field of 300×400 pixels with round bright cells; return its pixels."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((300, 400))
    light = np.full((300, 400), 12.0)
    for cy, cx in rng.uniform((30, 30), (270, 370), (cells, 2)):
        light[np.hypot(y - cy, x - cx) < 30] = 120
    pixels = np.clip(light + rng.normal(0, 2, light.shape), 0, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return pixels


def wells(root: Path, names: Sequence[str] = ("a", "b", "c"), fields: int = 2) -> Path:
    for place, name in enumerate(names):
        for number in range(fields):
            draw(root / name / f"{number}.png", 10 * place + number)
    return root
