"""A network of three patterns that nobody has trained, in a model's folder."""

from __future__ import annotations

from pathlib import Path

from anascope.models import Model, ModelCard, build_network, save_model
from anascope.presets import load_preset
from anascope.words import PatternSpace, Vocabulary

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
