"""What networks say of specimens that they have not seen, and how far that may be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import confusion_matrix

from anascope.decisions import Judgement, fit_border
from anascope.metrics import Interval, calibration, exact_share
from anascope.models import ModelCard
from anascope.training.calibration import decisions_on
from anascope.words import PATTERN_TREE, pattern_named

FIVE, DRAWS = 5, 200
"""Fields that a threshold is set on, and how often they are drawn."""
_BINS = 10


def named_of(rows: pd.DataFrame, card: ModelCard, labels: Sequence[str]) -> NDArray[np.str_]:
    """Return the label that each specimen is taken for: whose leaves are likeliest together.

    Args:
        rows: As :meth:`~anascope.training.calibration.HeldOut.rows` gives them.
        card: Of the networks.
        labels: The patterns of the set.
    """
    logits = rows[[f"logit_{name}" for name in card.patterns]].to_numpy(np.float64)
    groups = np.array([card.pattern_space.allowed(label) for label in labels])
    named: NDArray[np.str_] = np.array(labels)[(softmax(logits, axis=1) @ groups.T).argmax(axis=1)]
    return named


def named_right(rows: pd.DataFrame, card: ModelCard, labels: Sequence[str]) -> dict[str, Any]:
    """Return how many specimens have the right one of a set's patterns.

    Args:
        rows: As :meth:`~anascope.training.calibration.HeldOut.rows` gives them.
        card: Of the networks.
        labels: The patterns of the set.
    """
    named = named_of(rows, card, labels)
    right = named == rows["pattern"].to_numpy()
    by_class = pd.Series(right).groupby(rows["pattern"].to_numpy()).mean()
    return {
        "specimens": len(rows),
        "right": int(right.sum()),
        "accuracy": plain(exact_share(int(right.sum()), len(rows))),
        "mean_class_accuracy": float(by_class.mean()),
        "class_accuracy": by_class.to_dict(),
        "confusion": {
            "labels": list(labels),
            "rows": confusion_matrix(rows["pattern"], named, labels=list(labels)).tolist(),
        },
    }


def believed(rows: pd.DataFrame, card: ModelCard, judgement: Judgement) -> dict[str, Any]:
    """Return how often sets hold the right pattern, how large they are, and how sure is right.

    Args:
        rows: Specimens that neither the networks nor the judgement have seen.
        card: Of the networks.
        judgement: How their logits are read.
    """
    decisions = decisions_on(rows, card, judgement)
    truth = rows["pattern"].tolist()
    held = [
        any(
            pattern_named(name).leaves & pattern_named(true).leaves for name in decision.pattern_set
        )
        for decision, true in zip(decisions, truth, strict=True)
    ]
    likeliest = [max(decision.families.items(), key=lambda item: item[1]) for decision in decisions]
    right = np.array(
        [name == family_of(true) for (name, _), true in zip(likeliest, truth, strict=True)]
    )
    sure = np.array([min(probability, 1.0) for _, probability in likeliest])
    return {
        "specimens": len(rows),
        "judged_on": judgement.measured_on,
        "temperature": judgement.temperature,
        "limits": judgement.limits,
        "coverage": plain(exact_share(sum(held), len(held))),
        "mean_size": float(np.mean([len(decision.pattern_set) for decision in decisions])),
        "family_right": plain(exact_share(int(right.sum()), len(right))),
        "family_calibration_error": calibration(sure, right, bins=_BINS).error,
    }


def family_of(pattern: str) -> str:
    """Return the top family of the pattern tree that a pattern is of, or itself if none."""
    leaves = pattern_named(pattern).leaves
    homes = [node.name for node in PATTERN_TREE.children if leaves <= node.leaves]
    return homes[0] if homes else pattern


def with_a_threshold(rows: pd.DataFrame, seed: int = 0) -> dict[str, float]:
    """Return how many intensities are right when one threshold is set on five labelled specimens.

    Args:
        rows: Specimens, ``intermediate`` or ``positive``.
        seed: Of the draws of five.

    Returns:
        ``as_it_is``, ``mean`` over the draws, and the shares of the draws' worst and best tenth:
        ``low`` and ``high``; all of the specimens that the threshold was not set on.
    """
    score = rows["logit_above_intermediate"].to_numpy(np.float64)
    positive = (rows["intensity"] == "positive").to_numpy()
    rng = np.random.default_rng(seed)
    shares: list[float] = []
    while len(shares) < DRAWS:
        five = rng.permutation(len(rows))[:FIVE]
        if positive[five].all() or not positive[five].any():
            continue  # one threshold needs specimens on either side of it
        others = np.setdiff1d(np.arange(len(rows)), five)
        called = score[others] >= (fit_border(score[five], positive[five]) or 0.0)
        shares.append(float((called == positive[others]).mean()))
    return {
        "as_it_is": float(((score >= 0) == positive).mean()),
        "mean": float(np.mean(shares)),
        "low": float(np.quantile(shares, 0.1)),
        "high": float(np.quantile(shares, 0.9)),
    }


def plain(share: Interval) -> dict[str, float]:
    """Return a share with its interval, as results hold it."""
    return {"mean": share.estimate, "low": share.low, "high": share.high}
