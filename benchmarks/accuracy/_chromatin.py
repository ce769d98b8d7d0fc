"""Stained or unstained chromatin of dividing cells, and whether it helps to name the pattern."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp
from sklearn.metrics import roc_auc_score

from anascope.cells import STAINED_FROM
from anascope.synthetic import STAINS
from anascope.words import Pattern, PatternSpace, pattern_named

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
    told: Floats


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

    A dividing cell multiplies the probability of a pattern by how often one of its kind (chromatin
    stained or not) was told stained, or was not, in fields of the other folds. The mean logarithmic
    loss is in nats.
    """
    others = {
        fold: [field for field in fields if field.fold != fold]
        for fold in {field.fold for field in fields}
    }
    alone = [_logs(field.logits) for field in fields]
    together = [
        _logs(logs + _votes(field, others[field.fold]))
        for field, logs in zip(fields, alone, strict=True)
    ]
    return {
        "fields": len(fields),
        "with_dividing_cells": sum(bool(len(field.told)) for field in fields),
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


def stains_chromatin(pattern: str) -> bool | None:
    """Return whether a pattern stains condensed chromatin, None where its leaves do not agree."""
    kinds = {STAINS[leaf.name].stains_chromatin for leaf in _drawn(pattern)}
    return kinds.pop() if len(kinds) == 1 else None


def _drawn(pattern: str) -> list[Pattern]:
    return [leaf for leaf in pattern_named(pattern).leaves if leaf.name in STAINS]


def _votes(field: ReadPattern, others: list[ReadPattern]) -> Floats:
    """Return the logarithm of what dividing cells multiply the probability of each class by."""
    shares = {kind: _share_stained(others, kind) for kind in (True, False)}
    undecided = (shares[True] + shares[False]) / 2
    share = np.array(
        [
            undecided if (kind := stains_chromatin(name)) is None else shares[kind]
            for name in field.space.classes
        ]
    )
    stained = int((field.told >= STAINED_FROM).sum())
    votes: Floats = stained * np.log(share) + (len(field.told) - stained) * np.log(1 - share)
    return votes


def _share_stained(fields: list[ReadPattern], kind: bool) -> float:
    """Return the share of cells told stained, in fields whose pattern is of a kind."""
    told = [f.told for f in fields if stains_chromatin(f.pattern) is kind]
    contrasts = np.concatenate([*told, np.zeros(0)])
    return float(((contrasts >= STAINED_FROM).sum() + 1) / (len(contrasts) + 2))


def _best_limit(contrasts: Floats, stained: NDArray[np.bool_]) -> float:
    """Return the limit that tells most right, half way between the two values beside it."""
    ranked = np.unique(contrasts)
    between = np.concatenate([ranked[:1], (ranked[1:] + ranked[:-1]) / 2])
    right = [int(((contrasts >= limit) == stained).sum()) for limit in between]
    return float(between[int(np.argmax(right))])
