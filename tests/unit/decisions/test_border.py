"""The border between intensities, as people put it."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.decisions import Judgement, decide, fit_border
from anascope.words import IntensityScale, PatternSpace


def border_of(below: list[float], above: list[float]) -> float | None:
    logits = np.array([*below, *above])
    return fit_border(logits, np.array([False] * len(below) + [True] * len(above)))


@pytest.mark.parametrize(
    ("below", "above", "border"),
    [
        ([-2, -1], [1, 2], None),  # the network's own is as good as any
        ([-1, 1], [3, 4], 2),
        ([-5, -4], [-2, -1], -3),
        ([1, 2, 6], [4, 5, 7], 3),  # one error at 3, and as few at 6.5: the nearer
        ([-1, 1], [-2, 2], 1.5),  # one error instead of two
        ([1, 1], [1, 3], 2),
        ([], [1, 2], None),
        ([1, 2], [], None),
    ],
)
def test_it_has_the_fewest_errors_and_moves_no_further_than_it_must(
    below: list[float], above: list[float], border: float | None
) -> None:
    assert border_of(below, above) == border


def test_decisions_are_taken_from_it() -> None:
    space, scale = PatternSpace(("homogeneous", "nucleolar")), IntensityScale()
    logits = np.array([2.0, 0.0]), np.array([1.0])
    assert decide(*logits, space, scale, Judgement()).intensity == "positive"
    moved = decide(*logits, space, scale, Judgement(intensity_border=2.0, intensity_temperature=2))
    assert moved.intensity == "intermediate"
    assert moved.intensities["positive"] == pytest.approx(1 / (1 + np.exp(0.5)))


def test_shapes_must_be_alike() -> None:
    with pytest.raises(ValueError, match="must be alike"):
        fit_border(np.zeros(2), np.zeros(3, bool))
