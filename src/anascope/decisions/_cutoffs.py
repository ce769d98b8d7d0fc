"""Cut-offs with a stated share of errors: for several patterns in one serum, and for none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.decisions._judgement import NEVER
from anascope.defaults import POSITIVES_CALLED_NEGATIVE, SINGLES_CALLED_MIXED

Floats = NDArray[np.floating[Any]]


def fit_mixture_cutoff(mixed: Floats, share: float = SINGLES_CALLED_MIXED) -> float | None:
    """Return the probability at or over which a serum is reported with several patterns.

    Args:
        mixed: Probabilities of several patterns, for sera of one pattern on which the network was
            not trained, (N,).
        share: Share of the sera of one pattern that may be called mixed.

    Returns:
        As :func:`_over` does.

    Raises:
        ValueError: if the share is not between 0 and 1.
    """
    return _over(mixed, share)


def fit_negative_cutoff(negative: Floats, share: float = POSITIVES_CALLED_NEGATIVE) -> float | None:
    """Return the probability at or over which a serum is reported as negative.

    The sensitivity for positive sera is 1 minus the share.

    Args:
        negative: Probabilities of ``negative``, for sera of any other pattern on which the network
            was not trained, (N,).
        share: Share of these sera that may be called negative.

    Returns:
        As :func:`_over` does.

    Raises:
        ValueError: if the share is not between 0 and 1.
    """
    return _over(negative, share)


def _over(scores: Floats, share: float) -> float | None:
    """Return the least cut-off that a new score reaches with at most that probability.

    As for the limits of sets (split conformal prediction): among ``n`` scores the
    ``ceil((1 - share)(n + 1))``-th smallest is exceeded by one more like them with probability
    ``share`` at most; the cut-off is the next number over it, so that scores as high as it do not
    reach it. For a share of 0.05 that takes 19 scores, for one of 0.02 it takes 49.

    Returns:
        None if there are too few: no cut-off keeps such a promise.
    """
    if not 0 < share < 1:
        raise ValueError(f"share {share} is not between 0 and 1")
    # A whisker less than the product, which is to be whole where it is meant to be.
    rank = math.ceil((1 - share) * (len(scores) + 1) - 1e-9)
    if rank > len(scores):
        return None
    reached = float(np.sort(np.asarray(scores, np.float64))[rank - 1])
    return min(math.nextafter(reached, NEVER), NEVER)
