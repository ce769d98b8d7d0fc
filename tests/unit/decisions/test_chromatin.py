"""What dividing cells say of the pattern by their chromatin."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from anascope.decisions import ChromatinVote, Judgement, decide, fit_chromatin_vote
from anascope.words import IntensityScale, PatternSpace

# Stains chromatin; does not; its leaves differ.
SPACE = PatternSpace(("homogeneous", "fine speckled", "nucleolar"))
NAMES = SPACE.classes


def allowed(patterns: list[str]) -> NDArray[np.bool_]:
    return np.array([SPACE.allowed(name) for name in patterns])


def test_cells_multiply_probabilities_by_how_often_they_are_told_so() -> None:
    """Two cells told stained and one told unstained, worked by hand; the middle share is 0.5."""
    votes = ChromatinVote(stained=0.8, unstained=0.2).logarithms(SPACE, 2, 1)
    np.testing.assert_allclose(np.exp(votes), [0.8**2 * 0.2, 0.2**2 * 0.8, 0.5**3])
    half = ChromatinVote(stained=0.8, unstained=0.2, weight=0.5).logarithms(SPACE, 2, 1)
    np.testing.assert_allclose(half, votes / 2)
    assert not ChromatinVote(stained=0.8, unstained=0.2).logarithms(SPACE, 0, 0).any()


def test_a_decision_takes_the_vote_where_it_was_measured() -> None:
    logits = np.array([0.0, 0.5, -9.0]), np.array([0.0])
    measured = Judgement(limits={"0.8": 0.4}, chromatin=ChromatinVote(stained=0.8, unstained=0.2))

    def likeliest(judgement: Judgement, dividing: tuple[float, float] | None) -> str | None:
        found = decide(*logits, SPACE, IntensityScale(), judgement, chromatin=dividing)
        return found.likeliest

    assert likeliest(measured, (1, 0)) == "homogeneous"
    assert likeliest(measured, (0, 1)) == "fine speckled"
    assert likeliest(measured, None) == likeliest(measured, (0, 0)) == "fine speckled"
    assert likeliest(Judgement(limits={"0.8": 0.4}), (9, 0)) == "fine speckled"


def test_shares_are_those_of_cells_with_one_of_either_kind_added() -> None:
    patterns = ["homogeneous", "homogeneous", "fine speckled", "nucleolar"]
    dividing = np.array([[3.0, 0.0], [2.0, 1.0], [1.0, 4.0], [7.0, 7.0]])
    vote = fit_chromatin_vote(np.zeros((4, 3)), allowed(patterns), dividing, patterns, SPACE)
    assert vote is not None
    assert (vote.stained, vote.unstained) == (6 / 8, 2 / 7)


def test_cells_that_help_weigh_and_cells_that_mislead_do_not() -> None:
    patterns = ["homogeneous", "fine speckled"] * 10
    dividing = np.array([[2.0, 0.0], [0.0, 2.0]] * 10)
    unsure = np.zeros((20, 3))
    helps = fit_chromatin_vote(unsure, allowed(patterns), dividing, patterns, SPACE)
    assert helps is not None
    assert helps.weight == 1
    # As many cells, but all in one serum of each kind: what they say is wrong in the others.
    rows = np.array([[20.0, 0.0], [0.0, 20.0], *[[0.0, 1.0], [1.0, 0.0]] * 9])
    misleads = fit_chromatin_vote(unsure, allowed(patterns), rows, patterns, SPACE)
    assert misleads is not None
    assert misleads.stained > 0.6 > 0.4 > misleads.unstained
    assert misleads.weight < 0.2


def test_without_dividing_cells_of_both_kinds_nothing_is_fitted() -> None:
    patterns = ["homogeneous", "fine speckled"]
    dividing = np.array([[2.0, 0.0], [0.0, 0.0]])
    logits = np.zeros((2, 3))
    assert fit_chromatin_vote(logits, allowed(patterns), dividing, patterns, SPACE) is None


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_card_may_not_be_certain_of_what_cells_say(share: float) -> None:
    with pytest.raises(ValidationError):
        ChromatinVote(stained=share, unstained=0.5)
