"""Mixed sera: their truth, what is counted of them, and that they are in no other measure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from anascope.presets import LossPreset
from anascope.records import FieldRecord
from anascope.tasks import MIXTURE, PATTERN, score, tasks_named
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from tests.small_cohort import record as empty_record

FINE = Vocabulary(PatternSpace(("homogeneous", "fine speckled", "coarse speckled")))
COARSE = Vocabulary(PatternSpace(("homogeneous", "speckled")), IntensityScale())


def record(*patterns: str) -> FieldRecord:
    main = patterns[0] if patterns else None
    others = "+".join(patterns[1:]) or None
    return replace(empty_record("field", pattern=main), other_patterns=others)


@pytest.mark.parametrize(
    ("patterns", "fine", "coarse"),
    [
        ((), np.nan, np.nan),
        (("homogeneous",), 0, 0),
        (("speckled",), 0, 0),
        (("homogeneous", "fine speckled"), 1, 1),
        (("fine speckled", "coarse speckled"), 1, 0),
        (("fine speckled", "coarse speckled", "homogeneous"), 1, 1),
    ],
)
def test_whether_a_serum_is_mixed(patterns: tuple[str, ...], fine: float, coarse: float) -> None:
    for vocabulary, wanted in ((FINE, fine), (COARSE, coarse)):
        target = MIXTURE.target(record(*patterns), vocabulary)
        assert target.dtype == np.float32
        np.testing.assert_array_equal(target, [wanted])


def test_what_the_classes_do_not_tell_is_not_known() -> None:
    """Both sera may show the class that both patterns allow, or two."""
    vocabulary = Vocabulary(PatternSpace(("fine speckled", "coarse speckled", "nucleolar")))
    overlapping = record("speckled", "fine speckled")  # which a table of labels is refused for
    assert np.isnan(MIXTURE.target(overlapping, vocabulary)).all()


def test_the_truth_of_the_pattern_has_a_bit_for_each() -> None:
    target = PATTERN.target(record("speckled", "homogeneous"), FINE)
    assert target.dtype == np.uint8
    assert target.tolist() == [0b10, 0b01, 0b01]
    single = PATTERN.target(record("speckled"), FINE)
    assert single.dtype == np.bool_
    assert single.tolist() == [False, True, True]
    both = np.stack([target, single])  # as the fields of a cohort are stacked
    assert both.tolist() == [[2, 1, 1], [0, 1, 1]]


def test_while_training_mixed_sera_are_not_counted_as_right_or_wrong() -> None:
    targets = torch.tensor([[0b10, 0b01, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 1, 1]])
    logits = torch.tensor([[9.0, 0, 0]]).repeat(5, 1)
    for kind in (torch.uint8, torch.bool):
        rows = targets.to(kind) if kind == torch.uint8 else targets[1:].bool()
        right, labelled = PATTERN.right(logits[: len(rows)], rows, 0.5)
        assert (int(right.sum()), int(labelled.sum())) == (1, 2)


def test_loss_and_count_by_hand() -> None:
    targets = {"mixture": torch.tensor([[1.0], [0.0], [float("nan")]])}
    prediction = {"mixture": torch.tensor([[0.0], [1.0], [5.0]])}
    loss = MIXTURE.loss(LossPreset())(prediction, targets).item()
    assert loss == pytest.approx((np.log(2) + np.log1p(np.e)) / 2)
    assert MIXTURE.tally(prediction, targets, 0.5).tolist() == [0, 2]
    assert MIXTURE.tally({"mixture": prediction["mixture"] + 0.1}, targets, 0.5).tolist() == [1, 2]


def table() -> pd.DataFrame:
    """Return three sera of one pattern, one of two, and one of which nobody said it."""
    rows = pd.DataFrame(
        {
            "pattern": ["homogeneous", "speckled", "homogeneous", "homogeneous+speckled", None],
            "p_pattern_homogeneous": [0.9, 0.2, 0.3, 0.5, 0.1],
            "p_pattern_speckled": [0.1, 0.8, 0.7, 0.5, 0.9],
            "p_mixture_mixed": [0.1, 0.2, 0.7, 0.6, 0.9],
        }
    )
    return rows.assign(mixture=rows["pattern"])


def test_measures_of_the_pattern_are_those_of_the_sera_of_one() -> None:
    scores = score(table(), COARSE, tasks_named(["pattern", "mixture"]))
    alone = score(table().iloc[[0, 1, 2, 4]], COARSE, tasks_named(["pattern"]))
    assert scores["pattern"] == alone["pattern"]
    assert scores["pattern"]["n"] == 3
    assert scores["pattern"]["accuracy"] == pytest.approx(2 / 3)


def test_mixed_sera_have_a_measure_of_their_own() -> None:
    scores = score(table(), COARSE, tasks_named(["mixture"]))["mixture"]
    assert scores["n"] == 4
    assert scores["accuracy"] == pytest.approx(3 / 4)
    assert scores["balanced_accuracy"] == pytest.approx((2 / 3 + 1) / 2)
    assert scores["auroc"] == pytest.approx(2 / 3)
    assert scores["classes"] == ["single", "mixed"]
