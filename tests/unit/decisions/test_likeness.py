"""The rule that tells a field of HEp-2 cells from other pictures."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.decisions import LIKENESS_MEASURES, Likeness, LikenessPicture, fit_likeness


def pictures(count: int = 40) -> list[LikenessPicture]:
    rng = np.random.default_rng(0)
    return [
        LikenessPicture(
            number % 2 == 0,
            f"source {number // 2}",
            {name: float(rng.normal(3 if number % 2 == 0 else 0)) for name in LIKENESS_MEASURES},
        )
        for number in range(count)
    ]


def test_fields_are_told_from_other_pictures() -> None:
    known = pictures()
    rule = fit_likeness(known, fitted_on="these")
    assert all((rule.score(each.measured) >= 0) == each.is_field for each in known)
    again = Likeness.model_validate_json(rule.model_dump_json())
    assert again == rule


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 10"):
        fit_likeness(pictures(12))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("measures", ("colour",), "measure 'colour'"),
        ("mean", (0.0, 0.0), "mean of 2 numbers"),
        ("vectors", ((1.0, 2.0),), "a vector of another length"),
        ("weights", (1.0, 2.0), "2 weights"),
        ("gamma", 0.0, "greater than 0"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(key: str, value: object, message: str) -> None:
    good = {
        "measures": ("blur",),
        "mean": (0.0,),
        "scale": (1.0,),
        "clip": 3.0,
        "vectors": ((1.0,),),
        "weights": (1.0,),
        "gamma": 0.1,
        "bias": 0.0,
    }
    Likeness.model_validate(good)
    with pytest.raises(ValueError, match=message):
        Likeness.model_validate(good | {key: value})
