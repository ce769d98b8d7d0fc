"""What is counted of specimens that networks have not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from anascope.decisions import Judgement
from anascope.models import ModelCard
from anascope.presets import load_preset
from benchmarks.accuracy._specimens import believed, family_of, named_right, with_a_threshold

CLASSES = ("homogeneous", "fine speckled", "coarse speckled", "mitochondrial")
CARD = ModelCard(
    preset=load_preset("tiny"), patterns=CLASSES, intensities=("intermediate", "positive")
)


def rows(*specimens: tuple[str, tuple[float, ...]]) -> pd.DataFrame:
    """Return specimens with a pattern and the probabilities that a network gives the classes."""
    table = pd.DataFrame(
        [np.log(probabilities) for _, probabilities in specimens],
        columns=[f"logit_{name}" for name in CLASSES],
    )
    return table.assign(
        pattern=[name for name, _ in specimens], intensity=None, logit_above_intermediate=0.0
    )


THREE = rows(
    ("homogeneous", (0.4, 0.3, 0.25, 0.05)),  # speckled together is likelier
    ("speckled", (0.2, 0.1, 0.6, 0.1)),
    ("cytoplasmic", (0.1, 0.2, 0.1, 0.6)),
)


def test_a_label_is_as_likely_as_its_leaves_together() -> None:
    found = named_right(THREE, CARD, ["cytoplasmic", "homogeneous", "speckled"])
    assert (found["right"], found["specimens"]) == (2, 3)
    assert found["class_accuracy"] == {"cytoplasmic": 1, "homogeneous": 0, "speckled": 1}
    assert found["mean_class_accuracy"] == pytest.approx(2 / 3)
    assert found["confusion"]["rows"] == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]


def test_sets_and_families_are_held_against_the_truth() -> None:
    judgement = Judgement(limits={"0.8": 0.28}, measured_on="others", specimens=4)
    found = believed(THREE, CARD, judgement)
    assert found["coverage"]["mean"] == 1
    assert found["mean_size"] == pytest.approx((2 + 1 + 1) / 3)
    assert found["family_right"]["mean"] == 1
    # Families are said with 0.95, 0.9 and 0.6, and all are right; of ten bins each has one.
    assert found["family_calibration_error"] == pytest.approx((0.05 + 0.1 + 0.4) / 3)
    narrow = believed(THREE, CARD, judgement.model_copy(update={"limits": {"0.8": 0.65}}))
    assert narrow["mean_size"] == 1


def test_the_family_of_a_pattern_is_the_top_one() -> None:
    assert family_of("coarse speckled") == family_of("homogeneous")
    assert family_of("mitochondrial") != family_of("homogeneous")
    assert family_of("negative") == "negative"


def test_a_threshold_from_five_specimens_rights_a_border_that_lies_elsewhere() -> None:
    logits = np.linspace(0.5, 9.5, 20)
    graded = rows(*[("homogeneous", (0.4, 0.2, 0.2, 0.2))] * 20).assign(
        logit_above_intermediate=logits, intensity=np.where(logits > 5, "positive", "intermediate")
    )
    found = with_a_threshold(graded)
    assert found["as_it_is"] == 0.5
    assert found["mean"] > 0.75
    assert found["low"] <= found["mean"] <= found["high"] <= 1
    assert with_a_threshold(graded) == found
