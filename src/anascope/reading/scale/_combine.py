"""What the tiles of all levels say together: one distribution over the diameter of nuclei."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRID: Floats = np.arange(2.0, 8.51, 0.25)
"""Base-2 logarithms of diameters in pixels of a tile, of which a network gives probabilities. The
first and the last stand for everything that is smaller or larger, too."""
PLACES: Floats = np.arange(1.0, 9.51, 0.05)
"""The same in pixels of a field, for which levels are combined."""


@dataclass(frozen=True, slots=True)
class Combining:
    """How levels are weighed.

    Attributes:
        floor: Least probability that a tile gives to a diameter: no tile rules one out alone.
        temperature: By which the sum of logarithms is divided, since levels show the same cells:
            likeliest for laboratories that a network did not learn from.
    """

    floor: float = 1e-3
    temperature: float = 2.0


COMBINING = Combining()


def combined(levels: Iterable[tuple[float, Floats]], how: Combining = COMBINING) -> Floats:
    """Return how likely each diameter of :data:`PLACES` is.

    Args:
        levels: The octave of each and the logits of its tiles, (tiles, :data:`GRID`).
        how: How they are weighed; a level counts the same with many tiles and with one.

    Returns:
        Probabilities that add up to 1; all alike if there is no level.
    """
    total = np.zeros(len(PLACES))
    for octave, logits in levels:
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        mean_log = np.log(np.maximum(likely, how.floor)).mean(axis=0)
        total += np.interp(PLACES - octave, GRID, mean_log)
    total /= how.temperature
    density: Floats = np.exp(total - total.max())
    density /= density.sum()
    return density
