"""Fields of a specimen are decided together."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.decisions import Judgement, decide, decide_together
from anascope.words import IntensityScale, PatternSpace

SPACE = PatternSpace(("homogeneous", "centromere", "golgi"))
SCALE = IntensityScale(("negative", "intermediate", "positive"))
JUDGEMENT = Judgement(temperature=1.7, intensity_temperature=0.8, limits={"0.8": 0.3})


def test_it_is_the_decision_of_the_mean_logits() -> None:
    rng = np.random.default_rng(4)
    patterns = rng.normal(0, 2, (4, 3))
    intensities = np.sort(rng.normal(0, 1, (4, 2)), axis=1)[:, ::-1]
    fields = [
        decide(p, i, SPACE, SCALE, JUDGEMENT) for p, i in zip(patterns, intensities, strict=True)
    ]
    together = decide_together(fields, JUDGEMENT)
    mean = decide(patterns.mean(axis=0), intensities.mean(axis=0), SPACE, SCALE, JUDGEMENT)
    assert list(together.patterns.values()) == pytest.approx(list(mean.patterns.values()))
    assert list(together.intensities.values()) == pytest.approx(list(mean.intensities.values()))
    assert (together.pattern, together.codes, together.pattern_set) == (
        mean.pattern,
        mean.codes,
        mean.pattern_set,
    )


def test_one_field_decides_alone() -> None:
    field = decide(np.array([3.0, 0, 0]), np.array([2.0, -1.0]), SPACE, SCALE, JUDGEMENT)
    together = decide_together([field], JUDGEMENT)
    assert together.pattern == field.pattern == "homogeneous"
    assert together.patterns == pytest.approx(field.patterns)


def test_a_sure_field_outweighs_unsure_ones() -> None:
    sure = decide(np.array([0, 9.0, 0]), np.zeros(2), SPACE, SCALE, JUDGEMENT)
    unsure = decide(np.array([0.5, 0, 0]), np.zeros(2), SPACE, SCALE, JUDGEMENT)
    assert decide_together([unsure, sure, unsure], JUDGEMENT).likeliest == "centromere"


def test_no_field_is_no_decision() -> None:
    with pytest.raises(ValueError, match="no field"):
        decide_together([], JUDGEMENT)
