"""A network of three patterns that nobody has trained, in a model's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.models import Model, ModelCard, build_network, export_model, save_model
from anascope.presets import load_preset
from anascope.words import PatternSpace, Vocabulary
from tests.made_once import made_once

PRESET = load_preset(
    "tiny",
    {
        "image.patch_size": 64,
        "image.scale": 0.5,
        "network.width": 2,
        "network.hidden": 8,
        "training.batch_size": 4,
    },
)
WORDS = Vocabulary(PatternSpace(("homogeneous", "nucleolar", "golgi")))


def save_untrained(folder: Path) -> Path:
    """Write the model, and return its folder."""
    card = ModelCard(
        preset=PRESET,
        patterns=WORDS.patterns.classes,
        intensities=WORDS.intensities.levels,
        data={"cohort": "elsewhere"},
        metrics={"dice": 0.5},
    )
    save_model(folder, Model(build_network(PRESET, WORDS), card))
    return folder


def exported_untrained(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of such a model, exported: that takes longer than to calibrate it."""
    return made_once(factory, "untrained", lambda folder: export_model(save_untrained(folder)))
