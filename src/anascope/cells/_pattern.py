"""What a network with a dense head says of each cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cell_logits(
    labels: NDArray[np.int32],
    place_logits: NDArray[np.float32],
    place_size: tuple[float, float],
) -> NDArray[np.float64]:
    """Return the mean logits of each cell's places, (cells, classes), by number from 1.

    A pixel's place is the one that its centre lies in, or the last one before it.

    Args:
        labels: 0 is background, else the number of the cell, axes (y, x).
        place_logits: Axes (class, y, x); the first place begins where the image does.
        place_size: Height and width of a place in pixels.
    """
    rows, columns = (
        np.minimum(((np.arange(side) + 0.5) / length).astype(np.intp), count - 1)
        for side, length, count in zip(
            labels.shape, place_size, place_logits.shape[1:], strict=True
        )
    )
    index = rows[:, np.newaxis] * place_logits.shape[2] + columns
    inside = labels > 0
    cell, at = labels[inside].astype(np.int64) - 1, index[inside]
    count = int(cell.max(initial=-1)) + 1
    total = place_logits.shape[1] * place_logits.shape[2]
    # How many pixels of each cell lie at each place: few are not zero, and counting sorts nothing.
    counts = np.bincount(cell * total + at, minlength=1)
    pairs = np.flatnonzero(counts)
    pixels = counts[pairs]
    whose, where = np.divmod(pairs, total)
    logits = place_logits.reshape(len(place_logits), -1)[:, where] * pixels
    sums = np.stack([np.bincount(whose, weights=row, minlength=count) for row in logits], axis=1)
    return sums / np.maximum(np.bincount(whose, weights=pixels, minlength=count), 1)[:, np.newaxis]
