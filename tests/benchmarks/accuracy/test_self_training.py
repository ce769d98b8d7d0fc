"""What a field head teaches itself from fields without labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from anascope.models import Learned, ModelCard
from anascope.networks import FieldHead
from anascope.presets import load_preset
from anascope.training.calibration import FIELD_INPUTS
from benchmarks.accuracy.self_training import THRESHOLDS, by_threshold, self_trained

CLASSES = ("homogeneous", "centromere", "golgi")
LEVELS = ("intermediate", "positive")


@pytest.fixture
def head() -> FieldHead:
    torch.manual_seed(3)
    return FieldHead(channels=2, classes=len(CLASSES), hidden=4).eval()


@pytest.fixture
def card() -> ModelCard:
    preset = load_preset("tiny")
    learned = Learned(cells=True, mixture=True)
    return ModelCard(preset=preset, patterns=CLASSES, intensities=LEVELS, learned=learned)


@pytest.fixture
def fields(head: FieldHead) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    inputs = rng.random((12, head.takes), np.float32)
    return pd.DataFrame(
        {
            "field": [f"{n}" for n in range(12)],
            "patient": [f"{n // 2}" for n in range(12)],
            "specimen": [f"{n // 2}" for n in range(12)],
            "pattern": [CLASSES[n // 2 % 3] for n in range(12)],
            "intensity": "positive",
            FIELD_INPUTS: list(inputs),
        }
    )


def test_only_specimens_that_are_sure_enough_teach(
    head: FieldHead, fields: pd.DataFrame, card: ModelCard
) -> None:
    _, everybody = self_trained(head, fields, card, 0.0)
    _, nobody_twice = self_trained(head, fields, card, 0.34)
    assert len(everybody) == 6
    assert set(nobody_twice["patient"]) <= set(everybody["patient"])


def test_the_truth_changes_nothing_but_what_is_counted(
    head: FieldHead, fields: pd.DataFrame, card: ModelCard
) -> None:
    trained, _ = self_trained(head, fields, card, 0.0)
    other, _ = self_trained(head, fields.assign(pattern="golgi"), card, 0.0)
    torch.testing.assert_close(trained.out.weight, other.out.weight)
    assert (trained.out.weight != head.out.weight).any()


def test_every_threshold_is_compared_with_the_head_before(
    head: FieldHead, fields: pd.DataFrame, card: ModelCard
) -> None:
    found = by_threshold(fields, head, card, CLASSES)
    assert list(found) == ["before", *(f"{threshold:g}" for threshold in THRESHOLDS)]
    assert found["0"]["labels"] == 6
    for threshold in THRESHOLDS:
        row = found[f"{threshold:g}"]
        assert row["gain"]["mean"] == pytest.approx((row["right"] - found["before"]["right"]) / 6)
