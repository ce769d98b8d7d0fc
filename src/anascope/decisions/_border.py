"""Where the people of a laboratory put the border between two intensities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def fit_border(logits: Floats, above: NDArray[np.bool_]) -> float | None:
    """Return the logit from which a specimen is above a level, from specimens that people graded.

    This logit has the fewest errors. If the network's own border, 0, has no more errors than any
    other, it stays: a few specimens are no reason to move it. Otherwise the border lies in the
    middle between the two logits that enclose it; of several such borders, the one nearest to 0 is
    taken.

    Args:
        logits: Logits of being above the level, for specimens on which the network was not trained,
            (N,).
        above: Whether people graded them as above the level, (N,).

    Returns:
        None if 0 stays, or if all specimens are on one side, because they do not show where that
        side ends.

    Raises:
        ValueError: if the shapes are not equal and (N,).

    >>> fit_border(np.array([1.0, 2.0, 4.0, 5.0]), np.array([False, False, True, True]))
    3.0
    """
    if logits.shape != above.shape or logits.ndim != 1:
        raise ValueError(f"logits {logits.shape} and above {above.shape} must be alike, (N,)")
    if above.all() or not above.any():
        return None
    order = np.unique(logits)
    limits = np.concatenate([[0.0], (order[:-1] + order[1:]) / 2])
    errors = ((logits >= limits[:, None]) != above).sum(axis=1)
    best = limits[errors == errors.min()]
    border = float(best[np.argmin(np.abs(best))])
    return None if border == 0 else border
