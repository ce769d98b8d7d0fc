"""Cut-offs that keep their word, and what is decided by them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from anascope.decisions import (
    NEVER,
    UNDECIDED,
    Decision,
    Judgement,
    decide,
    decide_anew,
    decide_together,
    fit_mixture_cutoff,
    fit_negative_cutoff,
)
from anascope.words import IntensityScale, PatternSpace

SPACE = PatternSpace(("negative", "homogeneous", "centromere", "golgi"))
LIMITS = {"0.8": 0.3}
MIXTURE = Judgement(limits=LIMITS, mixture_cutoff=0.7)
NEGATIVE = Judgement(limits=LIMITS, negative_cutoff=0.6)


def decided(shares: list[float], judgement: Judgement, *, mixed: float | None = None) -> Decision:
    """Return what is decided of calibrated probabilities."""
    mixture = None if mixed is None else np.log([mixed / (1 - mixed)])
    logits = np.log(np.array(shares))
    return decide(logits, np.zeros(1), SPACE, IntensityScale(), judgement, mixture=mixture)


def test_the_cutoff_by_hand() -> None:
    """20 sera, 5%: ceil(0.95 · 21) = 20, the highest of all; 40 sera: the 39th of 40."""
    scores = np.arange(20) / 20
    assert fit_mixture_cutoff(scores) == np.nextafter(0.95, 1)
    scores = np.arange(40) / 40
    assert fit_mixture_cutoff(scores) == np.nextafter(38 / 40, 1)
    assert fit_negative_cutoff(scores, share=0.5) == np.nextafter(20 / 40, 1)


def test_too_few_sera_give_no_cutoff() -> None:
    assert fit_mixture_cutoff(np.zeros(18)) is None
    assert fit_mixture_cutoff(np.zeros(19)) is not None
    assert fit_negative_cutoff(np.zeros(48)) is None
    assert fit_negative_cutoff(np.zeros(49)) is not None


def test_certainty_is_not_enough_where_certain_sera_were_wrong() -> None:
    assert fit_mixture_cutoff(np.ones(30)) == NEVER
    assert NEVER > 1
    judgement = Judgement(limits=LIMITS, mixture_cutoff=NEVER)
    assert Judgement.model_validate_json(judgement.model_dump_json()) == judgement


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_share_is_between_0_and_1(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit_mixture_cutoff(np.zeros(30), share)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.2])
def test_cutoffs_keep_their_word(share: float) -> None:
    """Over many draws of 100 held-out sera no more of the next ones are over them than was said."""
    rng = np.random.default_rng(4)
    over = []
    for _ in range(400):
        cutoff = fit_mixture_cutoff(rng.beta(1, 5, 100), share)
        assert cutoff is not None
        over.append(np.mean(rng.beta(1, 5, 500) >= cutoff))
    assert np.mean(over) <= share + 0.004
    assert np.mean(over) >= share - 0.015


def test_two_patterns_are_named() -> None:
    found = decided([0.02, 0.5, 0.4, 0.08], MIXTURE, mixed=0.8)
    assert found.pattern == "homogeneous + centromere"
    assert found.present == found.pattern_set == ("homogeneous", "centromere")
    assert found.codes == ("AC-1", "AC-3")
    assert found.likeliest == "homogeneous"
    assert found.mixed == found.probability == pytest.approx(0.8)
    likelier = decided([0.02, 0.08, 0.4, 0.5], MIXTURE, mixed=0.8)
    assert likelier.pattern == "golgi + centromere"
    assert likelier.codes == ("AC-3", "AC-22")


def test_the_second_pattern_stains_another_part_of_the_cell() -> None:
    """Fine speckles are what homogeneous nuclei are taken for, so they come second without a serum
    that shows both.
    """
    space = PatternSpace(("homogeneous", "fine speckled", "nucleolar", "golgi"))
    logits = np.log([0.5, 0.3, 0.05, 0.15])
    mixture = np.log([0.8 / 0.2])
    found = decide(logits, None, space, IntensityScale(), MIXTURE, mixture=mixture)
    assert found.present == ("homogeneous", "golgi")
    assert found.likeliest == "homogeneous"


def test_without_a_pattern_of_another_part_none_is_added() -> None:
    space = PatternSpace(("fine speckled", "coarse speckled"))
    mixture = np.log([0.8 / 0.2])
    found = decide(np.log([0.9, 0.1]), None, space, IntensityScale(), MIXTURE, mixture=mixture)
    alone = decide(np.log([0.9, 0.1]), None, space, IntensityScale(), MIXTURE)
    assert found == replace(alone, mixed=found.mixed)


@pytest.mark.parametrize(
    ("judgement", "mixed"),
    [(MIXTURE, 0.69), (MIXTURE, None), (Judgement(limits=LIMITS), 0.99), (Judgement(), 0.99)],
)
def test_otherwise_a_serum_is_read_as_before(judgement: Judgement, mixed: float | None) -> None:
    shares = [0.02, 0.6, 0.3, 0.08]
    before = decided(shares, Judgement(limits=judgement.limits))
    found = decided(shares, judgement, mixed=mixed)
    assert replace(found, mixed=None) == before
    assert found.mixed == (None if mixed is None else pytest.approx(mixed))


def test_a_negative_serum_shows_no_two_patterns() -> None:
    found = decided([0.9, 0.06, 0.03, 0.01], MIXTURE, mixed=0.99)
    assert (found.pattern, found.codes) == ("negative", ("AC-0",))


def test_fields_are_mixed_together() -> None:
    """Means of logits: 0.95 and 0.6 give sigmoid((2.94 + 0.41) / 2) = 0.84."""
    fields = [decided([0.1, 0.5, 0.3, 0.1], MIXTURE, mixed=mixed) for mixed in (0.95, 0.6)]
    assert fields[1].pattern != "homogeneous + centromere"
    together = decide_together(fields, MIXTURE)
    assert together.pattern == "homogeneous + centromere"
    assert together.mixed == pytest.approx(0.8423, abs=1e-4)
    assert decide_together(fields[1:], MIXTURE).present != together.present
    again = decide_anew(together, MIXTURE, 0.9)
    assert (again.pattern, again.mixed) == (together.pattern, together.mixed)


def test_negative_is_decided_at_its_cutoff() -> None:
    found = decided([0.6, 0.35, 0.03, 0.02], NEGATIVE)
    assert (found.pattern, found.codes) == ("negative", ("AC-0",))
    assert found.pattern_set == ("negative", "homogeneous")
    assert found.probability == pytest.approx(0.6)


def test_a_low_cutoff_calls_negative_what_is_likelier_something_else() -> None:
    judgement = Judgement(limits=LIMITS, negative_cutoff=0.2)
    found = decided([0.25, 0.7, 0.03, 0.02], judgement)
    assert (found.pattern, found.codes) == ("negative", ("AC-0",))
    assert found.pattern_set == ("negative", "homogeneous")
    assert found.likeliest == "homogeneous"


@pytest.mark.parametrize("shares", [[0.59, 0.2, 0.15, 0.06], [0.55, 0.4, 0.03, 0.02]])
def test_under_its_cutoff_negative_is_never_decided(shares: list[float]) -> None:
    """The set keeps it, for the set must hold the right one; alone it would be a decision."""
    found = decided(shares, NEGATIVE)
    assert found.pattern == UNDECIDED
    assert found.pattern_set == ("negative", "homogeneous")
    assert found.codes == ("AC-0", "AC-1")
    assert found.likeliest == "negative"
    assert found.present == ()


def test_without_a_cutoff_negative_is_told_as_any_pattern() -> None:
    assert decided([0.59, 0.2, 0.15, 0.06], Judgement(limits=LIMITS)).pattern == "negative"


def test_negative_comes_before_mixed() -> None:
    judgement = Judgement(limits=LIMITS, negative_cutoff=0.2, mixture_cutoff=0.5)
    assert decided([0.3, 0.4, 0.2, 0.1], judgement, mixed=0.9).pattern == "negative"
    assert decided([0.1, 0.5, 0.3, 0.1], judgement, mixed=0.9).present == (
        "homogeneous",
        "centromere",
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"mixture_cutoff": 0.5},
        {"negative_cutoff": 0.5},
        {"limits": LIMITS, "negative_cutoff": 1.1},
        {"limits": LIMITS, "mixture_cutoff": -0.1},
        {"limits": LIMITS, "mixture_cutoff": float("nan")},
    ],
)
def test_cutoffs_that_nobody_measured_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Judgement.model_validate(keys)
