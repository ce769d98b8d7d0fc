"""Temperature scaling: one number that makes a network as sure as it should be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[np.floating[Any]]

_RANGE = (0.05, 20.0)


def fit_temperature(logits: Floats, allowed: NDArray[np.bool_]) -> float:
    """Return the temperature with the smallest negative log-likelihood.

    Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), with labels that may be sets
    of classes: the likelihood of a set is the sum of its classes' probabilities.

    Args:
        logits: Logits of rows on which the network was not trained, (N, classes).
        allowed: For each row, which classes its label leaves possible, (N, classes).

    Returns:
        A number between 0.05 and 20; 1 if there are no rows, or all labels leave everything
        possible.

    Raises:
        ValueError: if the shapes are not equal, or a row allows no class.
    """
    from scipy.optimize import minimize_scalar  # slow to import, and reading does not fit

    if logits.shape != allowed.shape or logits.ndim != 2:
        raise ValueError(f"logits {logits.shape} and allowed {allowed.shape} must be alike")
    if not allowed.any(axis=1).all():
        raise ValueError("a row allows no class")
    labelled = ~allowed.all(axis=1)
    if not labelled.any():
        return 1.0
    logits, allowed = np.asarray(logits[labelled], np.float64), allowed[labelled]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        inside = logsumexp(np.where(allowed, scaled, -np.inf), axis=1)
        return float((logsumexp(scaled, axis=1) - inside).mean())

    low, high = np.log(_RANGE)
    best = minimize_scalar(loss, bounds=(low, high), method="bounded")
    return float(np.exp(best.x))
