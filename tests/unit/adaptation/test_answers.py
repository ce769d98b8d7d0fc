"""Every specimen is judged by others, and what is not known of it does not count."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from anascope.adaptation import MOST_LOSS, Figures, answers_of, labelled, left_out_answers
from anascope.decisions import Judgement
from anascope.training.calibration import decisions_on, fit_judgement
from tests.unit.adaptation.specimens import card_with, predicted

CARD = card_with()


def as_it_is(rows: pd.DataFrame, judgement: Judgement | None = None) -> pd.DataFrame:
    return answers_of(rows, decisions_on(rows, CARD, judgement or Judgement()), CARD)


def test_a_judgement_of_the_laboratory_lowers_the_loss_on_others() -> None:
    """The network is right in three of four, and says it with 0.999."""
    rows = predicted(20, right=0.75, sure=9.0, border=2.0)
    before, after = as_it_is(rows), left_out_answers(rows, CARD)
    assert after["loss"].mean() < 0.6 * before["loss"].mean()
    assert (after["pattern_right"] == before["pattern_right"]).all()
    old, new = Figures.of(before, CARD), Figures.of(after, CARD)
    assert math.isnan(old.coverage.estimate)
    assert new.coverage.estimate >= 0.8
    assert new.intensities_right > old.intensities_right
    assert new.right == old.right == 15


def test_who_is_answered_for_has_no_say() -> None:
    rows = predicted(12, right=0.8, sure=4.0)
    answers = left_out_answers(rows, CARD)
    for place in (0, 5, 11):
        others = fit_judgement(rows.drop(index=place), CARD, "the others", border=True)
        one = as_it_is(rows[place : place + 1], others)
        pd.testing.assert_frame_equal(
            answers[place : place + 1].reset_index(drop=True), one.reset_index(drop=True)
        )


def test_many_are_left_out_in_parts_and_stay_in_their_order() -> None:
    rows = predicted(60, right=0.8, sure=4.0)
    answers = left_out_answers(rows, CARD)
    assert answers["patient"].tolist() == rows["patient"].tolist()
    assert (answers["pattern_right"] == as_it_is(rows)["pattern_right"]).all()


def test_what_is_not_known_does_not_count() -> None:
    rows = predicted(10, right=1.0, sure=5.0)
    rows.loc[0, "pattern"] = None
    rows.loc[1, "pattern"] = "homogeneous+golgi"
    rows.loc[2, "intensity"] = None
    assert labelled(rows, CARD).tolist() == [False, False, *[True] * 8]
    answers = as_it_is(rows)
    figures = Figures.of(answers, CARD)
    assert (figures.specimens, figures.right, figures.graded) == (8, 8, 9)
    assert answers["loss"].isna().tolist() == [True, True, *[False] * 8]


def test_a_label_of_several_classes_is_right_with_each_of_them() -> None:
    rows = predicted(8, right=1.0, sure=5.0)
    rows["pattern"] = "cytoplasmic"  # the family of golgi and mitochondrial
    assert as_it_is(rows)["pattern_right"].tolist() == [0, 1, 0, 1] * 2


def test_no_specimen_weighs_more_than_all_others() -> None:
    rows = predicted(10, right=0.0, sure=500.0)
    assert as_it_is(rows)["loss"].tolist() == pytest.approx([MOST_LOSS] * 10)


def test_figures_are_plain_for_a_card() -> None:
    plain = Figures.of(as_it_is(predicted(8, right=0.5, sure=3.0)), CARD).as_plain()
    assert plain["coverage"] == {"mean": None, "low": None, "high": None}
    assert plain["pattern_right"]["mean"] == 0.5
    assert plain["right"] == 4
