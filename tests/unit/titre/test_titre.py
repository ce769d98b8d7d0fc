"""Titres worked out by hand."""

from __future__ import annotations

import pytest

from anascope.titre import DilutionReading, Titre, dilution_from, fit_curve, titre_of
from tests.refusals import refused


def serum(answers: dict[float, bool | None]) -> Titre:
    return titre_of(
        DilutionReading(dilution, positive, None if positive is None else float(positive))
        for dilution, positive in answers.items()
    )


def test_the_last_positive_dilution_is_the_end_point() -> None:
    titre = serum({640: False, 80: True, 320: True, 160: True})
    assert (titre.end_point, titre.relation, titre.text) == (320, "=", "1:320")
    assert titre.remarks == ()
    assert [well.dilution for well in titre.readings] == [80, 160, 320, 640]


def test_a_serum_that_is_positive_to_the_last_has_no_end_point_here() -> None:
    titre = serum({80: True, 160: True, 320: True})
    assert titre.text == ">= 1:320"
    assert titre.remarks == ("no higher dilution is negative",)
    assert titre.curve is None


def test_a_negative_serum_is_below_the_lowest_dilution() -> None:
    titre = serum({80: False, 160: False, 320: False})
    assert titre.text == "< 1:80"
    assert titre.remarks == ("no dilution is positive",)
    assert titre.curve is None


@pytest.mark.parametrize(("positive", "text"), [(True, ">= 1:160"), (False, "< 1:160")])
def test_one_dilution_is_said_to_show_no_end_point(positive: bool, text: str) -> None:
    titre = serum({160: positive})
    assert titre.text == text
    assert titre.remarks[0] == "one dilution only, which shows no end point"


def test_what_is_out_of_order_is_said() -> None:
    titre = serum({80: True, 160: False, 320: True, 640: False})
    assert titre.text == "1:320"
    assert titre.remarks == ("not in order: negative at 1:160, and positive at 1:320",)


def test_a_dilution_that_cannot_be_told_leaves_the_end_point_open() -> None:
    titre = serum({80: True, 160: True, 320: None, 640: False})
    assert titre.text == "1:160"
    assert titre.remarks == (
        "1:320 cannot be decided",
        "the end point may be higher: 1:320 cannot be decided",
    )


def test_nothing_told_is_no_titre() -> None:
    titre = serum({80: None, 160: None})
    assert (titre.text, titre.end_point, titre.relation) == ("not determined", None, None)
    assert titre_of([]).text == "not determined"


def test_a_lower_dilution_that_cannot_be_told_may_be_positive() -> None:
    titre = serum({80: None, 160: False})
    assert titre.text == "< 1:160"
    assert "a lower dilution may be positive: 1:80 cannot be decided" in titre.remarks


def test_wells_of_one_dilution_that_disagree_count_as_not_told() -> None:
    wells = [(80, True), (160, True), (160, False), (320, False)]
    titre = titre_of(DilutionReading(dilution, positive) for dilution, positive in wells)
    assert titre.text == "1:80"
    assert titre.remarks == (
        "wells at 1:160 disagree",
        "the end point may be higher: 1:160 cannot be decided",
    )


def test_patterns_that_differ_among_positive_wells_are_said() -> None:
    """A serum may have two patterns, of which the weaker is gone at a higher dilution."""
    wells = [(80, True, "homogeneous"), (160, True, "centromere"), (320, False, "golgi")]
    titre = titre_of(
        DilutionReading(dilution, positive, pattern=pattern)
        for dilution, positive, pattern in wells
    )
    assert titre.remarks == ("patterns differ: homogeneous at 1:80, centromere at 1:160",)


def test_the_curve_of_a_step_lies_in_the_middle_of_it() -> None:
    """By symmetry, at the geometric mean of 320 and 640: 452.5."""
    curve = fit_curve([80, 160, 320, 640, 1280, 2560], [1, 1, 1, 0, 0, 0])
    assert curve is not None
    assert curve.end_point == pytest.approx(320 * 2**0.5, rel=0.001)
    assert curve.low is not None
    assert curve.high is not None
    # In doublings as far to one side as to the other.
    assert curve.low * curve.high == pytest.approx(curve.end_point**2, rel=0.03)
    assert 80 < curve.low < 320 < 640 < curve.high < 2560


def test_the_curve_that_made_the_probabilities_is_found() -> None:
    """Middle 8.5 (1:362) and slope 2: their score is zero, so that they are the likeliest."""
    dilutions = [40.0 * 2**step for step in range(8)]
    from math import exp, log2

    probabilities = [1 / (1 + exp(2 * (log2(dilution) - 8.5))) for dilution in dilutions]
    curve = fit_curve(dilutions, probabilities)
    assert curve is not None
    assert curve.end_point == pytest.approx(2**8.5, rel=1e-3)
    assert curve.slope == pytest.approx(2, rel=1e-2)


def test_the_curve_never_rises() -> None:
    assert fit_curve([80, 160, 320, 640], [0.1, 0.3, 0.7, 0.9]) is None


def test_few_dilutions_bound_the_end_point_on_one_side_at_most() -> None:
    curve = fit_curve([80, 160, 320], [0.9, 0.7, 0.3])
    assert curve is not None
    assert 160 < curve.end_point < 320
    assert curve.high is None


@pytest.mark.parametrize(
    ("dilutions", "probabilities"), [([80, 160], [1, 0]), ([80, 80, 160], [1, 1, 0]), ([], [])]
)
def test_two_dilutions_have_no_curve(dilutions: list[float], probabilities: list[float]) -> None:
    assert (fit_curve(dilutions, probabilities) if dilutions else None) is None


def test_the_words_of_a_curve_say_its_interval() -> None:
    titre = serum({80: True, 160: True, 320: True, 640: False, 1280: False})
    assert titre.curve_text.startswith("1:453 by the curve (95% interval 1:")


@pytest.mark.parametrize(
    ("text", "dilution"), [("1:80", 80), ("1/160", 160), (" 1 : 320 ", 320), ("80", 80), ("1", 1)]
)
def test_dilutions_as_they_are_written(text: str, dilution: float) -> None:
    assert dilution_from(text) == dilution


@pytest.mark.parametrize("text", ["", "1:", "2:80", "0", "0.5", "1:1,280", "-80", "1:80:2", "inf"])
def test_what_is_no_dilution_is_refused(text: str) -> None:
    with refused("dilution", f"dilution '{text}'", "a dilution of 1 or more, such as 1:80 or 80"):
        dilution_from(text)
