"""From a field to the size of its pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anascope.images import GreyImage
from anascope.models.engines import SmallNetwork
from anascope.reading.scale._combine import PLACES, combined
from anascope.reading.scale._levels import LEAST_SIDE, levels_of
from anascope.reading.scale._network import shipped_network

NUCLEUS_SEEN_UM = 14.3
"""Diameter of nuclei that an estimate takes for granted: between the medians of the outlines of
MIVIA (12.9 µm) and of I3A (15.8 µm), which are as far from it in either direction."""
LEAST_UM, MOST_UM = 0.03, 4.0
"""Micrometres a pixel that an estimate can be."""
LARGEST_ERROR = 0.6
"""Relative standard deviation from which on an estimate is none."""
WRONG_BY = 2.5
"""How many times too large or small a size must seem before it is said to be wrong."""
UNLIKELY = 0.002
"""Probability under which a size is ruled out."""

_LABORATORY = 0.25  # octaves by which laboratories that were left out are off beside
_NEAR = 0.4  # octaves around the likeliest that its mean is taken over
_ALIKE = 0.5  # octaves from a size to those that are like it


@dataclass(frozen=True, slots=True)
class PixelSizeEstimate:
    """How large a pixel seems to be.

    Attributes:
        pixel_size_um: Micrometres, such that a typical nucleus is 14.3 µm wide.
        error: Relative standard deviation: 0.1 is 10%.
        density: Probabilities of the sizes of :data:`SIZES_UM`.
    """

    pixel_size_um: float
    error: float
    density: NDArray[np.float64] = field(repr=False, compare=False)

    def contradicts(self, size_um: float) -> bool:
        """Return whether the picture contradicts a pixel size.

        It does if the size is more than :data:`WRONG_BY` times off the estimate, and the
        probability of sizes within half an octave of it is under :data:`UNLIKELY`.
        """
        times = max(size_um / self.pixel_size_um, self.pixel_size_um / size_um)
        alike = np.abs(np.log2(SIZES_UM / size_um)) <= _ALIKE
        return times >= WRONG_BY and float(self.density[alike].sum()) < UNLIKELY


SIZES_UM: NDArray[np.float64] = NUCLEUS_SEEN_UM / np.exp2(PLACES)
"""Pixel sizes that are distinguished, from large to small."""


def estimate_pixel_size(pixels: GreyImage) -> PixelSizeEstimate | None:
    """Estimate the pixel size of a field from its structures.

    The same pixels give the same estimate.

    Args:
        pixels: Axes (y, x), uint8 or uint16.

    Returns:
        The estimate with its error, however large that is; None if the field has one grey level,
        or is smaller than the smallest tile.
    """
    return estimate_with(shipped_network(), pixels)


def estimate_with(network: SmallNetwork, pixels: GreyImage) -> PixelSizeEstimate | None:
    """Estimate with another network than the shipped one; the rest is as there."""
    if min(pixels.shape) < LEAST_SIDE or pixels.min() == pixels.max():
        return None
    logits = (
        (octave, network(tiles[:, np.newaxis]).astype(np.float64))
        for octave, tiles in levels_of(pixels)
    )
    return estimate_of(combined(logits))


def estimate_of(diameters: NDArray[np.float64]) -> PixelSizeEstimate:
    """Return what a distribution over diameters (:data:`PLACES`) says of the pixel size."""
    spread = np.exp(-((np.arange(-18, 19) * (PLACES[1] - PLACES[0]) / _LABORATORY) ** 2) / 2)
    density = np.convolve(diameters, spread / spread.sum(), "same")
    density[(SIZES_UM < LEAST_UM) | (SIZES_UM > MOST_UM)] = 0
    density /= density.sum()
    near = np.abs(PLACES - PLACES[density.argmax()]) <= _NEAR
    mean = float((density * PLACES)[near].sum() / density[near].sum())
    octaves = float(np.sqrt((density * (PLACES - mean) ** 2).sum()))
    return PixelSizeEstimate(float(NUCLEUS_SEEN_UM / 2**mean), float(2**octaves - 1), density)
