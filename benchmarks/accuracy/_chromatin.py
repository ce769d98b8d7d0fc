"""Stained or unstained chromatin of dividing cells, and whether it helps to name the pattern."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp
from sklearn.metrics import roc_auc_score

from anascope.cells import STAINED_FROM
from anascope.decisions import fit_chromatin_vote
from anascope.words import PatternSpace

Floats = NDArray[np.float64]


class DividingCell(NamedTuple):
    """A dividing cell that people annotated and the network found.

    Attributes:
        fold: In which it was tested.
        contrast: As :func:`anascope.cells.chromatin_contrast` measures it.
        stained: Whether its chromatin is, as the annotators say.
    """

    fold: str
    contrast: float
    stained: bool


class ReadPattern(NamedTuple):
    """What was read of a field whose pattern is known.

    Attributes:
        fold: In which it was tested.
        pattern: The true one.
        space: What the network tells apart.
        logits: Of the pattern, one a class.
        told: Contrasts of the cells that the network says divide.
    """

    fold: str
    pattern: str
    space: PatternSpace
    logits: NDArray[np.float32]
    contrasts: Floats


def limits(cells: list[DividingCell]) -> dict[str, Any]:
    """Return how many cells are told right, by the limit in use and by one from other folds."""
    contrasts = np.array([cell.contrast for cell in cells])
    stained = np.array([cell.stained for cell in cells])
    folds = np.array([cell.fold for cell in cells])
    others = {fold: _best_limit(contrasts[folds != fold], stained[folds != fold]) for fold in folds}
    from_others = np.array([others[fold] for fold in folds])
    return {
        "cells": len(cells),
        "stained": int(stained.sum()),
        "auroc": float(roc_auc_score(stained, contrasts)),
        "limit": STAINED_FROM,
        "right": int(((contrasts >= STAINED_FROM) == stained).sum()),
        "limits_from_other_folds": {str(fold): limit for fold, limit in others.items()},
        "right_by_limits_from_other_folds": int(((contrasts >= from_others) == stained).sum()),
    }


def decisions(fields: list[ReadPattern]) -> dict[str, Any]:
    """Return how patterns are named with and without a vote of each dividing cell.

    What a cell says comes from the fields of the other folds
    (:func:`anascope.decisions.fit_chromatin_vote`). The mean logarithmic loss is in nats.
    """
    others = {
        fold: [field for field in fields if field.fold != fold]
        for fold in {field.fold for field in fields}
    }
    alone = [_logs(field.logits) for field in fields]
    together = [_voted(field, others[field.fold]) for field in fields]
    return {
        "fields": len(fields),
        "with_dividing_cells": sum(bool(len(field.contrasts)) for field in fields),
        "network": _named(fields, alone),
        "network_and_chromatin": _named(fields, together),
    }


def _logs(logits: NDArray[Any]) -> Floats:
    return np.asarray(log_softmax(logits), np.float64)


def _named(fields: list[ReadPattern], logs: list[Floats]) -> dict[str, float]:
    """Return how many fields are named right, and the mean loss, by logarithms a class."""
    right, losses = 0, []
    for field, each in zip(fields, logs, strict=True):
        allowed = np.array(field.space.allowed(field.pattern))
        right += bool(allowed[each.argmax()])
        losses.append(-float(logsumexp(each[allowed])))
    return {"right": right, "log_loss": float(np.mean(losses))}


def _counts(field: ReadPattern) -> tuple[int, int]:
    """Return of how many cells said to divide the chromatin is stained, and of how many not."""
    stained = int((field.contrasts >= STAINED_FROM).sum())
    return stained, len(field.contrasts) - stained


def _voted(field: ReadPattern, others: list[ReadPattern]) -> Floats:
    """Return the logarithms of the probabilities of a field with the vote of its dividing cells."""
    space = field.space
    vote = fit_chromatin_vote(
        np.stack([other.logits for other in others]),
        np.array([space.allowed(other.pattern) for other in others]),
        np.array([_counts(other) for other in others], np.float64),
        [other.pattern for other in others],
        space,
    )
    if vote is None:
        return _logs(field.logits)
    return _logs(field.logits + vote.logarithms(space, *_counts(field)))


def _best_limit(contrasts: Floats, stained: NDArray[np.bool_]) -> float:
    """Return the limit that tells most right, half way between the two values beside it."""
    if not len(contrasts):
        return STAINED_FROM
    ranked = np.unique(contrasts)
    between = np.concatenate([ranked[:1], (ranked[1:] + ranked[:-1]) / 2])
    right = [int(((contrasts >= limit) == stained).sum()) for limit in between]
    return float(between[int(np.argmax(right))])
