"""What the tests of robustness share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def saved_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of three patterns without training, at the scale of the images."""
    from anascope.models import Learned, Model, ModelCard, build_network, save_model
    from anascope.presets import load_preset
    from anascope.words import IntensityScale, PatternSpace, Vocabulary

    preset = load_preset("tiny", {"image.scale": 1.0})  # so that the good image is large enough
    patterns = ("homogeneous", "nucleolar", "golgi")
    space, scale = PatternSpace(patterns), IntensityScale()
    levels = ("intermediate", "positive")
    card = ModelCard(preset=preset, patterns=patterns, intensities=levels, learned=Learned())
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, Model(build_network(preset, Vocabulary(space, scale)), card))
    return folder
