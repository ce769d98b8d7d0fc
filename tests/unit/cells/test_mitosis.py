"""The rule that tells mitotic cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from anascope.cells import FEATURES, MitosisRule, measure_cells
from anascope.cells._mitosis import Layer, features


def field() -> tuple[np.ndarray, np.ndarray]:
    """Return labels and pixels: five dim ellipses, one large bright disc."""
    labels, pixels = np.zeros((200, 300), np.int32), np.full((200, 300), 10, np.uint8)
    y, x = np.indices(labels.shape)
    for number, (cy, cx) in enumerate([(40, 40), (40, 120), (40, 200), (120, 40), (120, 120)], 1):
        labels[((y - cy) / 14) ** 2 + ((x - cx) / 20) ** 2 < 1] = number
        pixels[labels == number] = 60
    labels[np.hypot(y - 130, x - 220) < 26] = 6
    pixels[labels == 6] = 160
    return labels, pixels


def rule(**weights: float) -> MitosisRule:
    chosen = [weights.get(name.replace(" ", "_"), 0.0) for name in FEATURES]
    count = len(FEATURES)
    last = Layer(weights=tuple((weight,) for weight in chosen), bias=(-1.0,))
    return MitosisRule(mean=(0.0,) * count, scale=(1.0,) * count, layers=(last,))


def test_features_stand_beside_the_field() -> None:
    labels, pixels = field()
    table = dict(zip(FEATURES, features(measure_cells(labels, pixels, 255)).T, strict=True))
    assert table["log area"][:5] == pytest.approx(0, abs=0.02)
    assert table["log area"][5] == pytest.approx(np.log(26**2 / (14 * 20)), abs=0.02)
    assert table["log brightness"][5] == pytest.approx(np.log(150 / 50), abs=1e-6)
    assert table["roundness"].argmax() == 5


def test_probabilities_are_a_logistic_of_the_weighted_features() -> None:
    cells = measure_cells(*field(), 255)
    found = rule(log_brightness=2.0).probabilities(cells)
    assert found[:5] == pytest.approx(1 / (1 + np.e))
    assert found[5] == pytest.approx(1 / (1 + np.exp(1 - 2 * np.log(3))))


def test_between_layers_what_is_under_0_is_0() -> None:
    """By hand: |x| of the log brightness, made of two rectified halves."""
    place = FEATURES.index("log brightness")
    both = tuple((1.0, -1.0) if n == place else (0.0, 0.0) for n in range(len(FEATURES)))
    first = Layer(weights=both, bias=(0.0, 0.0))
    last = Layer(weights=((1.0,), (1.0,)), bias=(0.0,))
    labels, pixels = field()
    pixels[labels == 1] = 35
    cells = measure_cells(labels, pixels, 255)
    absolute = rule().model_copy(update={"layers": (first, last)})
    logits = np.abs(np.log(np.array([25, 50, 50, 50, 50, 150]) / 50))
    assert absolute.probabilities(cells) == pytest.approx(1 / (1 + np.exp(-logits)))


def test_no_cell_no_probability() -> None:
    cells = measure_cells(np.zeros((8, 8), np.int32), np.zeros((8, 8), np.uint8), 255)
    assert rule().probabilities(cells).shape == (0,)


def test_a_rule_keeps_its_numbers_and_takes_no_others() -> None:
    text = rule(peak=1.5).model_dump_json()
    assert MitosisRule.model_validate_json(text) == rule(peak=1.5)
    with pytest.raises(ValidationError):
        MitosisRule.model_validate_json(text[:-1] + ', "extra": 1}')


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"mean": (0.0,)}, "mean of 1 features; expected 10"),
        ({"scale": (1.0,) * 9}, "scale of 9 features; expected 10"),
        ({"scale": (0.0,) * 10}, "greater than or equal to 0.000001"),
        ({"mean": (float("nan"),) * 10}, "finite number"),
        ({"layers": ()}, "at least 1 item"),
        ({"layers": ({"weights": ((1.0,),), "bias": (0.0,)},)}, "1 inputs; expected 10"),
        ({"layers": ({"weights": ((1.0, 1.0),) * 10, "bias": (0.0,)},)}, "a row of other length"),
        ({"layers": ({"weights": ((1.0, 1.0),) * 10, "bias": (0.0,) * 2},)}, "2 outputs"),
        ({"layers": ({"weights": ((1e300,),) * 10, "bias": (0.0,)},)}, "less than or equal"),
    ],
)
def test_a_rule_that_cannot_be_computed_is_refused(change: dict[str, Any], found: str) -> None:
    with pytest.raises(ValidationError, match=found):
        MitosisRule.model_validate(rule().model_dump() | change)
