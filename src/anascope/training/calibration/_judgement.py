"""How logits become probabilities that can be believed: fitted and measured on held-out fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, softmax

from anascope.decisions import (
    ChromatinVote,
    Judgement,
    fit_border,
    fit_chromatin_vote,
    fit_limits,
    fit_mixture_cutoff,
    fit_negative_cutoff,
    fit_temperature,
)
from anascope.metrics import calibration
from anascope.models import ModelCard
from anascope.records import PLUS
from anascope.words import NEGATIVE, patterns_in

MIXED_LOGIT = "logit_mixed"
"""The column of what a network says of several patterns in one serum."""

CHROMATIN_TOLD = ("dividing_stained", "dividing_unstained")
"""The columns of how many dividing cells have their chromatin told so."""

_BINS = 10
_DRAWS = 1000  # of answers, for the error that exact probabilities would show

Floats = NDArray[np.float64]


def fit_judgement(
    rows: pd.DataFrame,
    card: ModelCard,
    measured_on: str,
    *,
    border: bool = False,
    apart: str | None = None,
) -> Judgement:
    """Return how logits become decisions, from specimens on which no network was trained.

    Temperature, limits and the cut-off of mixed sera come from sera of one pattern, the cut-off of
    negative ones from all that are not negative.

    Args:
        rows: One row for each specimen, with one specimen for each patient, so that rows are
            independent: ``pattern`` and ``intensity``, None if not known, ``logit_<class>``,
            ``logit_above_<level>`` and, if the network predicts it, ``logit_mixed``; if it predicts
            phases, ``dividing_stained`` and ``dividing_unstained``, numbers of cells.
        card: The model's card.
        measured_on: The patients, in words.
        border: Whether the border between intensities is moved to where the readers of these
            specimens set it; for the use of one laboratory.
        apart: Column that names the laboratory of each specimen: sets of patterns then keep their
            coverage, and the cut-off of mixed sera its share, in each of them: the limits are the
            lowest of all, the cut-off is the highest. That of negative sera is of all together, for
            the share of which one laboratory has too few. If None, the specimens are of one.

    Raises:
        ValueError: if no row has one pattern.
    """
    labelled = rows[rows["pattern"].notna() & ~is_mixed(rows)]
    if labelled.empty:
        raise ValueError("no row has a pattern")
    logits, allowed = _logits(labelled, card)
    temperature = fit_temperature(logits, allowed)
    chromatin = _chromatin_vote(labelled, card, temperature)
    mixture_cutoff = None
    if MIXED_LOGIT in rows:
        mixed = expit(labelled[MIXED_LOGIT].to_numpy(np.float64))
        mixture_cutoff = _mixture_cutoff(mixed, _laboratories(labelled, apart))
    graded, above = _graded(rows, card)
    moved = fit_border(graded, above) if border else None
    return Judgement(
        temperature=temperature,
        intensity_temperature=_intensity_temperature(graded - (moved or 0.0), above),
        intensity_border=moved,
        limits=_limits(
            _probabilities(labelled, card, temperature, chromatin),
            allowed,
            _laboratories(labelled, apart),
        ),
        mixture_cutoff=mixture_cutoff,
        negative_cutoff=_negative_cutoff(
            rows[rows["pattern"].notna()], card, temperature, chromatin
        ),
        chromatin=chromatin,
        measured_on=measured_on,
        specimens=len(labelled),
    )


def _laboratories(rows: pd.DataFrame, apart: str | None) -> NDArray[Any]:
    """Return the laboratory of each row; all are of one if no column names it."""
    return np.zeros(len(rows)) if apart is None else rows[apart].to_numpy()


def _mixture_cutoff(mixed: Floats, laboratories: NDArray[Any]) -> float | None:
    """Return the cut-off of mixed sera for all laboratories, and for each with enough sera.

    None if all together have too few.
    """
    by_laboratory = [mixed[laboratories == name] for name in np.unique(laboratories)]
    cutoffs = map(fit_mixture_cutoff, (mixed, *by_laboratory))
    return max((cutoff for cutoff in cutoffs if cutoff is not None), default=None)


def _limits(
    probabilities: Floats, allowed: NDArray[np.bool_], laboratories: NDArray[Any]
) -> dict[str, float]:
    """Return the limits of sets that keep their coverage in each laboratory."""
    by_laboratory = [
        fit_limits(probabilities[laboratories == name], allowed[laboratories == name])
        for name in np.unique(laboratories)
    ]
    return {
        coverage: min(limits[coverage] for limits in by_laboratory) for coverage in by_laboratory[0]
    }


def is_mixed(rows: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows are of sera of several patterns."""
    mixed = [isinstance(label, str) and PLUS in label for label in rows["pattern"]]
    return pd.Series(mixed, index=rows.index, dtype=bool)


def _chromatin_vote(
    rows: pd.DataFrame, card: ModelCard, temperature: float
) -> ChromatinVote | None:
    """Return how much dividing cells say, None of a network that does not tell their phases."""
    if not set(CHROMATIN_TOLD) <= set(rows):
        return None
    logits, allowed = _logits(rows, card)
    dividing = rows[list(CHROMATIN_TOLD)].to_numpy(np.float64)
    patterns = rows["pattern"].tolist()
    return fit_chromatin_vote(logits / temperature, allowed, dividing, patterns, card.pattern_space)


def _probabilities(
    rows: pd.DataFrame, card: ModelCard, temperature: float, chromatin: ChromatinVote | None
) -> Floats:
    """Return the probabilities of the patterns, as decisions make them."""
    logits = _pattern_logits(rows, card) / temperature
    if chromatin is not None:
        dividing = rows[list(CHROMATIN_TOLD)].to_numpy(np.float64)
        space = card.pattern_space
        logits = logits + np.stack([chromatin.logarithms(space, *cells) for cells in dividing])
    return np.asarray(softmax(logits, axis=1), np.float64)


def _negative_cutoff(
    rows: pd.DataFrame, card: ModelCard, temperature: float, chromatin: ChromatinVote | None
) -> float | None:
    """Return the cut-off of negative sera, None of a network that does not tell them."""
    if NEGATIVE not in card.patterns:
        return None
    index = card.patterns.index(NEGATIVE)
    is_positive = [
        not any(card.pattern_space.allowed(name)[index] for name in patterns_in(label))
        for label in rows["pattern"]
    ]
    positive = rows[np.array(is_positive, bool)]
    probabilities = _probabilities(positive, card, temperature, chromatin)[:, index]
    return fit_negative_cutoff(probabilities)


def calibration_error(
    rows: pd.DataFrame, card: ModelCard, labels: Sequence[str]
) -> dict[str, float]:
    """Return expected calibration errors of the pattern among the labels of a cohort.

    ``before`` and ``after`` a temperature, which for the rows of a field comes from all other
    fields. ``if_exact`` is what as many probabilities as after it would show on average if they
    were exact: few rows cannot show less.

    Args:
        rows: With ``field``, ``pattern`` and ``logit_<class>``: fields, or cells.
        card: The model's.
        labels: The possible answers; leaves that belong to no label are left out.
    """
    groups = np.array([card.pattern_space.allowed(label) for label in labels])
    within = groups.any(axis=0)
    logits, allowed = (values[:, within] for values in _logits(rows, card))
    groups = groups[:, within]
    divided = logits.copy()
    for field in rows["field"].unique():
        of_field = (rows["field"] == field).to_numpy()
        divided[of_field] /= fit_temperature(logits[~of_field], allowed[~of_field])
    truth = rows["pattern"].to_numpy()
    errors = {}
    for stage, values in (("before", logits), ("after", divided)):
        probabilities = softmax(values, axis=1) @ groups.T
        confidence = probabilities.max(axis=1)
        right = np.array(labels)[probabilities.argmax(axis=1)] == truth
        errors[stage] = calibration(confidence, right, bins=_BINS).error
    answers = np.random.default_rng(0).random((_DRAWS, len(confidence))) < confidence
    exact = [calibration(confidence, drawn, bins=_BINS).error for drawn in answers]
    return {**errors, "if_exact": float(np.mean(exact))}


def _logits(fields: pd.DataFrame, card: ModelCard) -> tuple[Floats, NDArray[np.bool_]]:
    allowed = np.array([card.pattern_space.allowed(p) for p in fields["pattern"]])
    return _pattern_logits(fields, card), allowed


def pattern_columns(card: ModelCard) -> list[str]:
    """Return the columns of the logits of the patterns."""
    return [f"logit_{name}" for name in card.patterns]


def _pattern_logits(rows: pd.DataFrame, card: ModelCard) -> Floats:
    return rows[pattern_columns(card)].to_numpy(np.float64)


def _graded(rows: pd.DataFrame, card: ModelCard) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the logits of all borders of graded specimens, and whether these are above, (N,)."""
    scale = card.intensity_scale
    rated = rows[rows["intensity"].notna()]
    names = [f"logit_above_{level}" for level in scale.levels[: scale.outputs]]
    above = np.array([scale.above(level) for level in rated["intensity"]], bool)
    return rated[names].to_numpy(np.float64).ravel(), above.ravel()


def _intensity_temperature(logits: Floats, above: NDArray[np.bool_]) -> float:
    """Return the temperature of all borders between levels together; 1 without a label."""
    return fit_temperature(
        np.stack([-logits / 2, logits / 2], axis=1), np.stack([~above, above], axis=1)
    )
