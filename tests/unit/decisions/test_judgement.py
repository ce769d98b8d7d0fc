"""Calibrated probabilities, sets that keep their word, and decisions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import softmax

from anascope.decisions import (
    UNDECIDED,
    Judgement,
    decide,
    decide_together,
    fit_limits,
    fit_temperature,
)
from anascope.decisions import pattern_set as set_of
from anascope.words import IntensityScale, PatternSpace

SPACE = PatternSpace(("homogeneous", "fine speckled", "coarse speckled", "mitochondrial"))
SCALE = IntensityScale()


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.asarray(np.arange(classes) == labels[:, np.newaxis])


def drawn(rows: int, seed: int, *, too_sure: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return logits, so many times too sure, and labels that the true ones give."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (rows, 4))
    labels = (softmax(logits, axis=1).cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1)
    return too_sure * logits, np.minimum(labels, 3)


@pytest.mark.parametrize("too_sure", [0.5, 1.0, 3.0])
def test_temperature_undoes_how_much_too_sure_the_network_is(too_sure: float) -> None:
    logits, labels = drawn(20_000, 1, too_sure=too_sure)
    assert fit_temperature(logits, one_hot(labels, 4)) == pytest.approx(too_sure, rel=0.05)


def test_temperature_of_one_row_is_at_an_end() -> None:
    """Right, it wants to be surer still; wrong, it wants to know nothing."""
    logits = np.array([[2.0, 0.0, 0.0]])
    assert fit_temperature(logits, np.array([[True, False, False]])) < 0.1
    assert fit_temperature(logits, np.array([[False, True, False]])) > 19


def test_labels_may_be_sets() -> None:
    """A row that may be anything says nothing; one that may be two is scored by their sum."""
    logits, labels = drawn(4_000, 2, too_sure=2.0)
    allowed = one_hot(labels, 4)
    silent = np.ones((50, 4), bool)
    more = np.concatenate([logits, np.full((50, 4), 9.0)])
    both = fit_temperature(more, np.concatenate([allowed, silent]))
    assert both == pytest.approx(fit_temperature(logits, allowed), rel=1e-6)
    assert fit_temperature(logits[:3], np.ones((3, 4), bool)) == 1.0


def test_limit_by_hand() -> None:
    """Nine rows, coverage 0.8: floor(0.2 · 10) = 2, so the second smallest score."""
    scores = np.array([0.9, 0.3, 0.8, 0.7, 0.95, 0.5, 0.6, 0.85, 0.4])
    probabilities = np.stack([scores, 1 - scores], axis=1)
    allowed = np.tile([True, False], (9, 1))
    limits = fit_limits(probabilities, allowed, (0.8, 0.9, 0.95))
    assert limits == {"0.8": 0.4, "0.9": 0.3, "0.95": 0.0}


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_sets_keep_their_word(coverage: float) -> None:
    """Over many draws of 60 held-out rows, the next rows are covered as often as was said."""
    hits, seen = 0, 0
    for seed in range(60):
        logits, labels = drawn(260, 100 + seed, too_sure=2.0)
        probabilities = softmax(logits, axis=1)
        limits = fit_limits(probabilities[:60], one_hot(labels[:60], 4), (coverage,))
        for row, label in zip(probabilities[60:], labels[60:], strict=True):
            hits += int(label in set_of(row, limits, coverage))
            seen += 1
    assert coverage - 0.015 < hits / seen < coverage + 0.04


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=8), st.floats(0.05, 0.99))
def test_a_set_is_never_empty_and_begins_with_the_likeliest(
    weights: list[float], coverage: float
) -> None:
    probabilities = np.array(weights) / sum(weights)
    for limits in ({}, {f"{coverage:g}": 0.99}, {f"{coverage:g}": 0.0}):
        found = set_of(probabilities, limits, coverage)
        assert found[0] == probabilities.argmax()
        assert len(set(found)) == len(found)
        if not limits:
            assert probabilities[list(found)].sum() >= coverage - 1e-6


def test_without_a_limit_the_set_sums_to_the_coverage() -> None:
    assert set_of(np.array([0.5, 0.3, 0.15, 0.05]), {}, 0.8) == (0, 1)


def test_without_calibration_the_likeliest_is_named_and_no_set_given() -> None:
    found = decide(np.array([0.0, 3.0, 2.9, 0.0]), np.array([0.3]), SPACE, SCALE, Judgement())
    assert not found.calibrated
    assert found.pattern_set == ()
    assert found.pattern == found.likeliest == "fine speckled"
    assert found.codes == ("AC-4",)
    assert decide_together([found, found], Judgement()).pattern_set == ()
    assert decide(np.zeros(4), np.zeros(1), SPACE, SCALE, Judgement(limits={"0.8": 0.2})).calibrated


def test_a_set_within_a_family_is_called_by_it() -> None:
    judgement = Judgement(limits={"0.8": 0.2})
    found = decide(np.array([0.0, 3.0, 3.0, 0.0]), np.array([0.3]), SPACE, SCALE, judgement)
    assert found.pattern == "speckled"
    assert found.probability == pytest.approx(
        found.patterns["fine speckled"] + found.patterns["coarse speckled"]
    )
    assert found.pattern_set == ("fine speckled", "coarse speckled")
    assert found.codes == ("AC-4", "AC-5")
    assert found.likeliest == "fine speckled"
    assert found.families["nuclear"] == pytest.approx(1 - found.patterns["mitochondrial"])
    assert sum(found.patterns.values()) == pytest.approx(1)
    assert sum(found.families.values()) == pytest.approx(1)


def test_a_set_that_only_a_top_family_holds_is_undecided() -> None:
    judgement = Judgement(limits={"0.8": 0.2})
    found = decide(np.array([3.0, 3.0, -9.0, -9.0]), np.array([0.3]), SPACE, SCALE, judgement)
    assert found.pattern == UNDECIDED
    assert found.probability == max(found.patterns.values())
    assert found.pattern_set == SPACE.classes[:2]
    assert found.codes == ("AC-1", "AC-4")


def test_levels_of_crossing_outputs_are_probabilities() -> None:
    scale = IntensityScale(("negative", "intermediate", "positive"))
    found = decide(np.zeros(4), np.array([-1.0, 2.0]), SPACE, scale, Judgement())
    assert list(found.intensities.values()) == pytest.approx([1 - 0.2689414, 0.0, 0.2689414])
    assert found.intensity == "negative"


def test_temperature_makes_less_sure_and_never_changes_the_likeliest() -> None:
    logits = np.array([2.0, 0.5, 0.0, -1.0])
    sharp = decide(logits, np.zeros(1), SPACE, SCALE, Judgement())
    soft = decide(logits, np.zeros(1), SPACE, SCALE, Judgement(temperature=4))
    assert soft.likeliest == sharp.likeliest == "homogeneous"
    assert soft.patterns["homogeneous"] < sharp.patterns["homogeneous"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: fit_temperature(np.zeros((2, 3)), np.zeros((2, 3), bool)),
        lambda: fit_temperature(np.zeros((2, 3)), np.ones((2, 2), bool)),
        lambda: fit_limits(np.zeros((2, 3)), np.ones((3, 3), bool)),
        lambda: fit_limits(np.zeros((2, 3)), np.ones((2, 3), bool), (1.0,)),
    ],
)
def test_what_does_not_fit_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"alike|allows no class|not between"):
        call()  # type: ignore[operator]


@pytest.mark.parametrize("temperature", [0, -1, 1e-300, 1e300, float("inf"), float("nan")])
@pytest.mark.parametrize("key", ["temperature", "intensity_temperature"])
def test_temperatures_that_leave_nothing_to_tell_are_refused(key: str, temperature: float) -> None:
    with pytest.raises(ValidationError, match=key):
        Judgement.model_validate({key: temperature})


@pytest.mark.parametrize(
    ("coverage", "limit"),
    [("0.9", 1.5), ("0.9", -0.1), ("0.9", float("nan")), ("0.90", 0.5), ("90%", 0.5), ("1", 0.5)],
)
def test_limits_that_no_set_can_have_are_refused(coverage: str, limit: float) -> None:
    """A limit under another spelling of its coverage would never be found."""
    with pytest.raises(ValidationError, match="limits"):
        Judgement(limits={coverage: limit})


@given(st.floats(0.001, 0.999))
def test_every_coverage_that_is_fitted_is_taken(coverage: float) -> None:
    limits = fit_limits(np.full((5, 2), 0.5), np.ones((5, 2), bool), (coverage,))
    assert Judgement(limits=limits).calibrated
