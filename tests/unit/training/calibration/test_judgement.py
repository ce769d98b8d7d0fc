"""Probabilities that can be believed, fitted on fields that were held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from anascope.models import ModelCard
from anascope.presets import load_preset
from anascope.training.calibration import calibration_error


def too_sure(rows: int) -> pd.DataFrame:
    """Three in four right, said with 0.98 each; a third class would always be likeliest."""
    rng = np.random.default_rng(3)
    truth = rng.random(rows) < 0.5
    called = np.where(rng.random(rows) < 0.75, truth, ~truth)
    return pd.DataFrame(
        {
            "field": [f"{place % 10}" for place in range(rows)],
            "pattern": np.where(truth, "homogeneous", "nucleolar"),
            "logit_homogeneous": np.where(called, 2.0, -2.0),
            "logit_nucleolar": np.where(called, -2.0, 2.0),
            "logit_golgi": 9.0,
        }
    )


def test_a_temperature_from_other_fields_calibrates() -> None:
    card = ModelCard(
        preset=load_preset("tiny"),
        patterns=("homogeneous", "nucleolar", "golgi"),
        intensities=("intermediate", "positive"),
    )
    errors = calibration_error(too_sure(4000), card, ("homogeneous", "nucleolar"))
    assert errors["before"] == pytest.approx(1 / (1 + np.exp(-4)) - 0.75, abs=0.02)
    assert errors["after"] < 0.02
    assert errors["if_exact"] < 0.02
    few = calibration_error(too_sure(30), card, ("homogeneous", "nucleolar"))
    assert few["if_exact"] > 0.04
