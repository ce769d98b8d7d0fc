"""Fit what tells a field of HEp-2 cells from other pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.decisions._likeness import LIKENESS_MEASURES, Likeness, standardised

_FOLDS = 5
_FEWEST = 10  # pictures of each kind
_LEAST_SCALE = 1e-3


@dataclass(frozen=True)
class LikenessPicture:
    """A picture to fit the rule to.

    Attributes:
        is_field: Whether it is a field of HEp-2 cells.
        source: What it was made from: in cross-validation pictures of one source stay together.
        measured: :data:`~anascope.decisions.LIKENESS_MEASURES` of it, by name.
    """

    is_field: bool
    source: str
    measured: Mapping[str, float] = field(default_factory=dict)


def fit_likeness(
    pictures: Sequence[LikenessPicture],
    *,
    measures: Sequence[str] = LIKENESS_MEASURES,
    penalty: float = 3.0,
    gamma: float = 0.1,
    clip: float = 3.0,
    seed: int = 0,
    fitted_on: str = "",
) -> Likeness:
    """Return a rule that tells fields of HEp-2 cells from other pictures.

    It is a support-vector machine with a radial kernel (Cortes and Vapnik, Machine Learning 1995),
    in which both sides weigh the same. The limit, which is part of the bias, is put where the
    shares of refused fields and of named others are least in sum, by scores that each come from a
    fit without that picture's source; where that leaves room, in the middle of it.

    Args:
        pictures: At least ten fields and ten others, of at least five sources each.
        measures: Which measures the rule takes.
        penalty: What a picture on the wrong side costs.
        gamma, clip: As the rule has them. These three were chosen by cross-validation over the half
            of the sources that the shipped rule is fitted to.
        seed: Of how sources are parted for cross-validation.
        fitted_on: What the rule says of itself.

    Raises:
        ValueError: if there are too few.
    """
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.svm import SVC

    truth = np.array([picture.is_field for picture in pictures])
    if min(truth.sum(), (~truth).sum()) < _FEWEST:
        raise ValueError(
            f"{truth.sum()} fields of {len(truth)}; expected {_FEWEST} and as many others"
        )
    values = np.array(
        [[picture.measured[name] for name in measures] for picture in pictures], np.float64
    )
    mean = tuple(values.mean(axis=0).tolist())
    scale = tuple(np.maximum(values.std(axis=0), _LEAST_SCALE).tolist())
    standard = standardised(values, mean, scale, clip)
    machine: Any = SVC(C=penalty, gamma=gamma, class_weight="balanced")
    unseen = cross_val_predict(
        machine,
        standard,
        truth,
        groups=np.array([picture.source for picture in pictures]),
        cv=StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed),
        method="decision_function",
    )
    machine.fit(standard, truth)
    return Likeness(
        measures=tuple(measures),
        mean=mean,
        scale=scale,
        clip=clip,
        vectors=tuple(map(tuple, machine.support_vectors_.tolist())),
        weights=tuple(machine.dual_coef_[0].tolist()),
        gamma=gamma,
        bias=float(machine.intercept_[0]) - _best_limit(unseen, truth),
        fitted_on=fitted_on,
    )


def _best_limit(scores: NDArray[np.float64], is_field: NDArray[np.bool_]) -> float:
    """Return the limit of the fewest mistakes; of several, the middle of the widest gap."""
    ranked = np.sort(scores)
    between = (ranked[1:] + ranked[:-1]) / 2
    refused = (scores[is_field] < between[:, np.newaxis]).mean(axis=1)
    named = (scores[~is_field] >= between[:, np.newaxis]).mean(axis=1)
    mistakes = refused + named
    best = mistakes <= mistakes.min() + 1e-12
    widest = np.where(best, np.diff(ranked), -1.0)
    return float(between[int(widest.argmax())])
