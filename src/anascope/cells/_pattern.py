"""What a network with a dense head says of each cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import let_go
from anascope.cells._boxes import cell_boxes


def cell_logits(
    labels: NDArray[np.int32],
    place_logits: NDArray[np.float32],
    place_size: tuple[float, float],
) -> NDArray[np.float64]:
    """Return the mean logits of each cell's positions, (cells, classes), by number from 1.

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
    width = place_logits.shape[2]
    whose, where, pixels = [], [], []
    for number, box in cell_boxes(labels):
        # How many pixels of the cell lie at each place: counting sorts nothing.
        own = labels[box] == number
        down, right = rows[box[0]], columns[box[1]]
        near = (down - down[0])[:, np.newaxis] * width + (right - right[0])
        counts = np.bincount(near[own])
        places = np.flatnonzero(counts)
        whose.append(np.full(len(places), number - 1))
        where.append(places + down[0] * width + right[0])
        pixels.append(counts[places])
    let_go(labels)
    if not whose:
        return np.zeros((0, len(place_logits)))
    cell, at, weight = (np.concatenate(arrays) for arrays in (whose, where, pixels))
    logits = place_logits.reshape(len(place_logits), -1)[:, at] * weight
    sums = np.stack([np.bincount(cell, weights=row) for row in logits], axis=1)
    return sums / np.maximum(np.bincount(cell, weights=weight), 1)[:, np.newaxis]
