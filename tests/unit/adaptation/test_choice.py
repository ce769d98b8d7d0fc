"""A model is changed where that is shown to be a gain, and only there."""

from __future__ import annotations

import pytest

from anascope.adaptation import Figures, Kept, candidates, choose, difference
from anascope.adaptation._choice import sentence_of
from anascope.decisions import Judgement
from anascope.training.calibration import fit_judgement
from tests.unit.adaptation.specimens import card_with, predicted

FITTING = fit_judgement(
    predicted(400, right=0.8, sure=4.0, seed=9), card_with(), "many", border=True
)
"""A judgement that many specimens of the same kind have given."""


def kept(rows: object, tuned: object, judgement: Judgement | None = None) -> Kept:
    card = card_with(judgement)
    return choose(candidates(rows, tuned, card), card)  # type: ignore[arg-type]


def test_a_model_that_nobody_has_calibrated_is() -> None:
    assert kept(predicted(20, right=0.8, sure=4.0), None) == "calibrated"


def test_a_judgement_that_fits_already_stays() -> None:
    card = card_with(FITTING)
    answers = candidates(predicted(40, right=0.8, sure=4.0, seed=5), None, card)
    assert choose(answers, card) == "before"
    assert choose({**answers, "calibrated": answers["before"]}, card) == "before"


def test_a_judgement_of_another_laboratory_is_replaced() -> None:
    far_too_sure = FITTING.model_copy(update={"temperature": 0.05})
    assert kept(predicted(20, right=0.7, sure=4.0), None, far_too_sure) == "calibrated"


def test_a_network_that_has_learned_much_is_kept() -> None:
    assert (
        kept(predicted(40, right=0.5, sure=4.0), predicted(40, right=0.95, sure=6.0))
        == "fine_tuned"
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_network_that_has_learned_nothing_is_not(seed: int) -> None:
    """It names as many right, of other specimens: what is better of it is chance."""
    rows = predicted(40, right=0.75, sure=4.0, seed=seed)
    assert kept(rows, rows) != "fine_tuned"
    assert kept(rows, predicted(40, right=0.75, sure=4.0, seed=seed + 7)) != "fine_tuned"


def test_what_was_pulled_back_need_not_be_better_by_more_than_chance() -> None:
    card = card_with()
    rows, tuned = predicted(20, right=0.7, sure=4.0), predicted(20, right=0.75, sure=4.5)
    answers = candidates(rows, tuned, card)
    gain = difference(answers["calibrated"], answers["fine_tuned"], "loss")
    assert gain.estimate < 0 < gain.high
    assert choose(answers, card) == "calibrated"
    assert choose(answers, card, pulled_back=True) == "fine_tuned"
    turned = candidates(tuned, rows, card)
    assert choose(turned, card, pulled_back=True) == "calibrated"


def test_a_network_that_grades_worse_is_not() -> None:
    rows, tuned = predicted(40, right=0.5, sure=4.0), predicted(40, right=0.95, sure=6.0)
    order = rows["logit_above_intermediate"].to_numpy()
    tuned["intensity"] = rows["intensity"]
    tuned["logit_above_intermediate"] = -order
    assert kept(rows, tuned) == "calibrated"
    tuned["logit_above_intermediate"] = order
    assert kept(rows, tuned) == "fine_tuned"


def test_patients_whom_no_fold_reads_are_left_out_of_the_comparison() -> None:
    rows, tuned = predicted(40, right=0.5, sure=4.0), predicted(40, right=0.95, sure=6.0)
    answers = candidates(rows, tuned[5:].sample(frac=1, random_state=0), card_with())
    for each in answers.values():
        assert each["patient"].tolist() == rows["patient"][5:].tolist()


def test_the_sentence_says_what_has_learned() -> None:
    card = card_with(FITTING)
    answers = candidates(
        predicted(40, right=0.5, sure=4.0), predicted(40, right=0.95, sure=6.0), card
    )
    figures = {name: Figures.of(rows, card) for name, rows in answers.items()}
    for learner in ("network", "field head"):
        sentence = sentence_of("fine_tuned", figures, "", learner=learner)
        assert sentence.startswith(f"The fine-tuned {learner} is kept: of 40 specimens of ")
