"""From a field to the size of its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from anascope.errors import InputError
from anascope.images import GreyImage
from anascope.reading.scale._network import NucleusNetworks
from anascope.reading.scale._profile import scale_profile
from anascope.words import NUCLEUS_UM

LARGEST_ERROR = 0.6
"""Relative standard deviation from which on an estimate is none."""
_LABORATORY = 0.3  # octaves by which laboratories that were left out of the fit are off beside


@dataclass(frozen=True, slots=True)
class PixelSizeEstimate:
    """How large a pixel seems to be.

    Attributes:
        pixel_size_um: Micrometres, such that a typical nucleus is 13 µm wide.
        error: Relative standard deviation: 0.1 is 10%.
    """

    pixel_size_um: float
    error: float


def estimate_pixel_size(pixels: GreyImage) -> PixelSizeEstimate:
    """Estimate the pixel size of a field from its structures.

    The same pixels give the same estimate. It takes about a tenth of a second, whatever the size.

    Args:
        pixels: Axes (y, x), uint8 or uint16.

    Returns:
        The estimate with its error, however large that is.

    Raises:
        InputError: if the field has one grey level, or none of its structures is large or small
            enough to be looked at; the message is of "image".
    """
    return estimate_with(_shipped(), pixels)


def estimate_with(networks: NucleusNetworks, pixels: GreyImage) -> PixelSizeEstimate:
    """Estimate with other networks than the shipped ones; the rest is as there."""
    if pixels.min() == pixels.max():
        raise InputError("image", "one grey level", "structures that show their scale")
    profile, shrunk = scale_profile(pixels)
    octaves, deviation = networks.diameter(profile)
    error = float(np.expm1(np.log(2) * np.hypot(deviation, _LABORATORY)))
    return PixelSizeEstimate(float(NUCLEUS_UM / (np.exp2(octaves) * shrunk)), error)


@cache
def _shipped() -> NucleusNetworks:
    return NucleusNetworks.shipped()
