"""A small model that learned everything, and is calibrated."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.decisions import Judgement
from anascope.models import Learned, Model, ModelCard, build_network, save_model
from anascope.presets import load_preset
from anascope.words import IntensityScale, PatternSpace, Vocabulary

CLASSES = ("homogeneous", "centromere", "golgi")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model with random weights."""
    folder = tmp_path_factory.mktemp("models") / "model"
    changes = {
        "network.width": "2",
        "network.hidden": "4",
        "network.head": "dense",
        "tasks": "[mask, pattern, intensity, cells, mixture]",
        "image.scale": "1.0",
        "image.pixel_size_um": "0.3225",
    }
    preset = load_preset("tiny", changes)
    network = build_network(preset, Vocabulary(PatternSpace(CLASSES)))
    card = ModelCard(
        name="a|b <script>",
        preset=preset,
        patterns=CLASSES,
        intensities=IntensityScale().levels,
        judgement=Judgement(
            temperature=0.5,
            intensity_temperature=2.0,
            intensity_border=0.25,
            limits={"0.8": 0.3},
            measured_on="3 patients",
            specimens=3,
        ),
        metrics={"fold": {"dice": {"mean": 0.87654, "low": 0.8, "high": 0.9}, "recall": None}},
        learned=Learned(cells=True, mixture=True),
    )
    save_model(folder, Model(network, card))
    return folder
