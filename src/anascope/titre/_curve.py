"""A falling logistic curve through the probabilities of being positive.

The curve is one of the logarithm of the dilution: ``q(x) = 1 / (1 + exp(slope * (x - middle)))``
with ``x = log2(dilution)`` and ``slope >= 0``, so that it never rises. It is fitted by greatest
likelihood, a well of probability ``p`` counting as ``p`` of a positive one and ``1 - p`` of a
negative one. The interval is that of the profile likelihood: all middles at which the best slope
is less likely by no more than half of the chi-squared quantile. A well is one observation, so that
with few wells the interval is as wide as the one or two steps by which repeated titres differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95
"""Confidence level of the interval of the end point."""

_FEWEST = 3  # dilutions; two have a curve through them whatever they are
_STEEPEST = 8.0  # logits for each doubling: from 0.98 to 0.02 in one, which is a step
_BEYOND = 2.0  # doublings beyond the outermost dilutions in which the end point is looked for
_PER_DOUBLING = 100
_SLOPES = 161


@dataclass(frozen=True, slots=True)
class Curve:
    """A fitted curve.

    Attributes:
        end_point: The dilution at which positive is as likely as negative.
        low, high: Its interval; None where these dilutions do not bound it.
        slope: Logits that are lost with each doubling.
    """

    end_point: float
    low: float | None
    high: float | None
    slope: float


def fit_curve(dilutions: Sequence[float], probabilities: Sequence[float]) -> Curve | None:
    """Return the falling curve through wells, or None if they do not determine one.

    None if they have fewer than three dilutions, if no probability is over and none under a half,
    or if they do not fall.

    Args:
        dilutions: Of each well, 1 or more.
        probabilities: Of each being positive, 0 to 1.
    """
    from scipy.optimize import minimize
    from scipy.stats import chi2

    x, p = np.log2(np.asarray(dilutions, float)), np.asarray(probabilities, float)
    if len(set(dilutions)) < _FEWEST or p.max() < 0.5 or p.min() > 0.5:
        return None
    count = round((x.max() - x.min() + 2 * _BEYOND) * _PER_DOUBLING) + 1
    middles = np.linspace(x.min() - _BEYOND, x.max() + _BEYOND, count)
    slopes = np.linspace(0, _STEEPEST, _SLOPES)
    likelihood = _log_likelihood(middles[:, None], slopes[None, :], x, p)
    profile = likelihood.max(axis=1)
    best = int(profile.argmax())
    start = np.array([middles[best], slopes[likelihood[best].argmax()]])
    bounds = [(float(middles[0]), float(middles[-1])), (0.0, _STEEPEST)]

    def unlikely(both: Floats) -> float:
        return -float(_log_likelihood(both[0], both[1], x, p))

    fitted: Any = minimize(unlikely, start, method="L-BFGS-B", bounds=bounds)
    middle, slope = map(float, fitted.x)
    if slope < 1 / _PER_DOUBLING or not x.min() - 1 <= middle <= x.max() + 1:
        return None
    within = np.flatnonzero(profile >= -fitted.fun - chi2.ppf(LEVEL, 1) / 2)
    low, high = int(within[0]), int(within[-1])
    return Curve(
        end_point=2**middle,
        low=None if low == 0 else float(2 ** middles[low]),
        high=None if high == count - 1 else float(2 ** middles[high]),
        slope=slope,
    )


def _log_likelihood(middle: Any, slope: Any, x: Floats, p: Floats) -> Floats:
    """Return the log likelihood of curves; axes as ``middle`` and ``slope`` have them together."""
    logits = np.asarray(slope)[..., None] * (np.asarray(middle)[..., None] - x)
    total: Floats = (p * logits - np.logaddexp(0, logits)).sum(axis=-1)
    return total
