"""What a model answers of specimens that neither it nor its judgement has seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.decisions import Decision
from anascope.metrics import Interval, Jackknife, exact_share
from anascope.models import ModelCard
from anascope.records import PLUS
from anascope.training.calibration import decisions_on, fit_judgement

_LEAST = 1e-3  # a probability that counts: one specimen alone must not decide over all others
MOST_LOSS = -math.log(_LEAST)
"""The largest loss of a specimen: it is called with all but certainty what it is not."""
_PARTS = 20  # that specimens are left out in, where there are more
_SEED = 0  # of who is left out together

Floats = NDArray[np.float64]


def labelled(rows: pd.DataFrame, card: ModelCard) -> pd.Series[bool]:
    """Return which specimens have one pattern, of which the network knows more than one.

    Args:
        rows: As :meth:`~anascope.training.calibration.HeldOut.rows` gives them.
        card: Of the network.
    """
    known = [_allowed(label, card) is not None for label in rows["pattern"]]
    return pd.Series(known, index=rows.index, dtype=bool)


def answers_of(rows: pd.DataFrame, decisions: Sequence[Decision], card: ModelCard) -> pd.DataFrame:
    """Return what was right of each specimen, NaN where that is not known.

    Args:
        rows: As :meth:`~anascope.training.calibration.HeldOut.rows` gives them.
        decisions: One a row.
        card: Of the networks.

    Returns:
        In the order of the rows: ``patient``; ``pattern_right``, 1 where the likeliest pattern is
        one that the label allows; ``loss``, the negative natural logarithm of the probability of
        the label, in which no probability counts as less than 1/1000; ``held``, 1 where the set of
        the decision's coverage has a pattern that the label allows, NaN of a model that is not
        calibrated; ``set_size``, patterns in it; ``intensity_right``.
    """
    found: list[dict[str, Any]] = []
    for (_, row), decision in zip(rows.iterrows(), decisions, strict=True):
        answer: dict[str, Any] = {"patient": row["patient"]}
        allowed = _allowed(row["pattern"], card)
        if allowed is not None and decision.patterns:
            likelihood = sum(decision.patterns[name] for name in allowed)
            answer["pattern_right"] = float(decision.likeliest in allowed)
            answer["loss"] = -math.log(min(max(likelihood, _LEAST), 1.0))
            if decision.calibrated:
                answer["held"] = float(any(name in allowed for name in decision.pattern_set))
                answer["set_size"] = float(len(decision.pattern_set))
        if isinstance(row["intensity"], str) and decision.intensity is not None:
            above = card.intensity_scale.above
            answer["intensity_right"] = float(above(decision.intensity) == above(row["intensity"]))
        found.append(answer)
    columns = ["patient", "pattern_right", "loss", "held", "set_size", "intensity_right"]
    return pd.DataFrame(found, columns=columns)


def left_out_answers(rows: pd.DataFrame, card: ModelCard) -> pd.DataFrame:
    """Return :func:`answers_of` specimens, each judged by what is fitted to all others.

    More than 20 specimens are left out in 20 parts, several at once.

    Args:
        rows: One a patient, of networks that have not seen them; ten or more with one pattern.
        card: Of the networks.
    """
    parts = np.arange(len(rows)) % _PARTS
    if len(rows) > _PARTS:
        np.random.default_rng(_SEED).shuffle(parts)
    answers = []
    for part in np.unique(parts):
        left_out = rows[parts == part]
        judgement = fit_judgement(rows[parts != part], card, "the others", border=True)
        found = answers_of(left_out, decisions_on(left_out, card, judgement), card)
        answers.append(found.set_index(left_out.index))
    return pd.concat(answers).loc[rows.index].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a model on specimens, one a patient, with intervals over these.

    Attributes:
        specimens: How many have one known pattern.
        right: Of how many the likeliest pattern is right.
        pattern_right: Their share.
        loss: Mean negative log-likelihood of the pattern, natural logarithm.
        coverage: Share of the sets at 0.8 that hold the right pattern; NaN where none are given.
        set_size: Mean number of patterns in them.
        graded: Of how many specimens intensities are compared.
        intensities_right: Of how many the intensity is right.
        intensity_right: Their share.
    """

    specimens: int
    right: int
    pattern_right: Interval
    loss: Interval
    coverage: Interval
    set_size: Interval
    graded: int
    intensities_right: int
    intensity_right: Interval

    @classmethod
    def of(cls, answers: pd.DataFrame, card: ModelCard) -> Figures:
        """Return the figures of answers (:func:`answers_of`)."""
        right, held, graded = (
            answers[key].dropna() for key in ("pattern_right", "held", "intensity_right")
        )
        sizes = Jackknife.of_values(_values(answers, "set_size"))
        return cls(
            specimens=len(right),
            right=int(right.sum()),
            pattern_right=exact_share(int(right.sum()), len(right)),
            loss=Jackknife.of_values(_values(answers, "loss")).interval(0, MOST_LOSS),
            coverage=exact_share(int(held.sum()), len(held)),
            set_size=sizes.interval(1, max(len(card.patterns), 2)),
            graded=len(graded),
            intensities_right=int(graded.sum()),
            intensity_right=exact_share(int(graded.sum()), len(graded)),
        )

    def as_plain(self) -> dict[str, Any]:
        """Return them as results hold them: an interval as ``mean``, ``low`` and ``high``."""
        found: dict[str, Any] = {}
        for key in self.__slots__:
            value = getattr(self, key)
            if isinstance(value, Interval):
                ends = {"mean": value.estimate, "low": value.low, "high": value.high}
                value = {name: None if math.isnan(end) else end for name, end in ends.items()}
            found[key] = value
        return found


def difference(old: pd.DataFrame, new: pd.DataFrame, key: str) -> Interval:
    """Return by how much a column of answers is higher of the new ones, paired by specimen.

    Args:
        old, new: Answers on the same specimens, in one order.
        key: ``loss``, or a column of ones and zeros.
    """
    highest = MOST_LOSS if key == "loss" else 1.0
    gains = Jackknife.of_values(_values(new, key) - _values(old, key))
    return gains.interval(-highest, highest)


def _values(answers: pd.DataFrame, key: str) -> Floats:
    return answers[key].to_numpy(np.float64)


def _allowed(label: object, card: ModelCard) -> frozenset[str] | None:
    """Return the classes that a label allows; None of no pattern, of several, or of any at all."""
    if not isinstance(label, str) or PLUS in label:
        return None
    allowed = card.pattern_space.allowed(label)
    if all(allowed):
        return None
    return frozenset(name for name, inside in zip(card.patterns, allowed, strict=True) if inside)
