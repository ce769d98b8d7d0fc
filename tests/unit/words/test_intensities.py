"""Intensity levels and the scale that a network tells."""

from __future__ import annotations

import pytest

from anascope.errors import InputError
from anascope.words import IntensityScale, intensity_levels, intensity_named


@pytest.mark.parametrize(
    ("label", "level"),
    [("Positive ", "positive"), ("POS", "positive"), ("weak", "intermediate"), ("neg", "negative")],
)
def test_spellings(label: str, level: str) -> None:
    assert intensity_named(label) == level


def test_an_unknown_intensity_names_place_and_nearest() -> None:
    with pytest.raises(InputError, match=r"row 2: unknown intensity 'positiv'; .*'positive'\?\)"):
        intensity_named("positiv", where="row 2")


def test_one_output_between_two_levels() -> None:
    scale = IntensityScale()
    assert scale.outputs == 1
    assert scale.above("intermediate") == (False,)
    assert scale.above("positive") == (True,)


def test_two_outputs_between_three_levels() -> None:
    scale = IntensityScale.covering(intensity_levels())
    assert [scale.above(level) for level in intensity_levels()] == [
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize("labels", [[], ["positive"], ["intermediate", "positive"]])
def test_few_labels_give_the_studys_scale(labels: list[str]) -> None:
    assert IntensityScale.covering(labels) == IntensityScale(("intermediate", "positive"))


@pytest.mark.parametrize(
    "levels", [(), ("positive",), ("positive", "intermediate"), ("positive", "bright")]
)
def test_a_scale_needs_two_levels_in_order(levels: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="expected at least two of negative, intermediate"):
        IntensityScale(levels)


def test_a_level_beyond_the_scale_is_refused() -> None:
    with pytest.raises(InputError, match="is not a level of the network; expected one of inter"):
        IntensityScale().above("negative")
