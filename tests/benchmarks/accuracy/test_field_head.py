"""What the say of a field head is worth, on answers that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from anascope.models import ModelCard
from anascope.networks import FieldHead
from anascope.presets import load_preset
from anascope.training.calibration import FIELD_INPUTS
from benchmarks.accuracy.field_head import SHARES, by_share

CLASSES = ("homogeneous", "golgi")


def test_a_head_that_is_always_right_is_worth_its_say() -> None:
    head = FieldHead(channels=1, classes=2, hidden=1).eval()
    for values in head.state_dict().values():
        values.zero_()
    head.scale.fill_(1.0)
    head.hidden.weight[0, 0] = 1.0  # the mean of the embedding, which is 0 or 1 here
    head.out.weight[1, 0], head.out.bias[0] = 2.0, 1.0  # golgi where it is 1
    before = {name: values.clone() for name, values in head.state_dict().items()}
    label = np.array([0, 1, 0, 1])
    fields = pd.DataFrame(
        {
            "patient": ["a", "b", "c", "d"],
            "specimen": ["a", "b", "c", "d"],
            "pattern": [CLASSES[each] for each in label],
            "intensity": None,
            # The dense head says homogeneous of all, by a logit of 0.3; 8 places of cells.
            FIELD_INPUTS: [
                np.array([0.3, 0, 0, 8, 0, 8 * each, 8 * each, 0], np.float32) for each in label
            ],
        }
    )
    card = ModelCard(
        preset=load_preset("tiny"), patterns=CLASSES, intensities=("intermediate", "positive")
    )
    found = by_share(fields, head, card, CLASSES)
    assert list(found) == [f"{share:g}" for share in SHARES]
    assert found["0"]["right"] == 2
    assert found["1"]["right"] == found["0.5"]["right"] == 4
    assert found["1"]["gain"]["mean"] == 0.5
    assert found["1"]["mean_class_accuracy"] == 1.0
    for name, values in head.state_dict().items():
        assert torch.equal(values, before[name])
