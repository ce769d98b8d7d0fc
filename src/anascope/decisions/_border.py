"""Where the people of a laboratory put the border between two intensities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def fit_border(logits: Floats, above: NDArray[np.bool_]) -> float | None:
    """Return the logit from which a specimen is above a level, as people have graded some.

    It has the fewest errors. Where the network's own border, 0, has no more than any other, it
    stays: a few specimens are no reason to move it. Else it lies in the middle between the two
    logits that enclose it, as near to 0 as there is a choice.

    Args:
        logits: Of being above the level, of specimens that the network was not trained on, (N,).
        above: Whether people say that they are, (N,).

    Returns:
        None where 0 stays, or where all specimens are on one side: they do not show where it ends.

    Raises:
        ValueError: if the shapes are not alike and (N,).

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
