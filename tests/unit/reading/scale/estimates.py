"""Estimates that say what a test wants."""

from __future__ import annotations

import numpy as np

from anascope.reading.scale import NUCLEUS_SEEN_UM, PLACES, PixelSizeEstimate, estimate_of


def bell(octaves: float, width: float) -> np.ndarray:
    """Return a distribution over diameters around one, whose base-2 logarithm is ``octaves``."""
    density: np.ndarray = np.exp(-(((PLACES - octaves) / width) ** 2) / 2)
    density /= density.sum()
    return density


def estimated(size_um: float, octaves: float = 0.1) -> PixelSizeEstimate:
    """Return an estimate of a pixel size, whose diameters are spread by ``octaves``."""
    return estimate_of(bell(float(np.log2(NUCLEUS_SEEN_UM / size_um)), octaves))
