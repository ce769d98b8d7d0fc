"""What the objective does to light: diffraction, glare, defocus, uneven illumination."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from anascope.synthetic.optics._microscope import Microscope

Floats = NDArray[np.float32]


def through_objective(light: Floats, microscope: Microscope) -> Floats:
    """Return the image that an ideal objective makes of ``light``, with its glare.

    The transfer function is that of a circular aperture in incoherent light,
    ``2/π (acos ν − ν √(1 − ν²))`` with ``ν`` the frequency over ``2 NA / λ`` (Goodman,
    Introduction to Fourier Optics, chapter 6), mixed with a wide Gaussian for scattered and
    out-of-focus light. It is applied by its closed form in the Fourier domain, so no sampled
    point-spread function is cut off anywhere.

    Args:
        light: Axes (y, x).
        microscope: Gives aperture, wavelength, pixel size and glare.

    Returns:
        Of the same shape.
    """
    pad = int(2.5 * microscope.glare_um / microscope.pixel_size_um)
    height, width = (fft.next_fast_len(side + pad, real=True) for side in light.shape)
    spectrum = fft.rfft2(light, (height, width))
    spectrum *= transfer_function((height, width), microscope)
    image: Floats = fft.irfft2(spectrum, (height, width))[: light.shape[0], : light.shape[1]]
    return image


def transfer_function(shape: tuple[int, int], microscope: Microscope) -> Floats:
    """Return the transfer function on the grid of ``scipy.fft.rfft2``: 1 at frequency 0."""
    down = fft.fftfreq(shape[0], microscope.pixel_size_um).astype(np.float32)[:, np.newaxis]
    across = fft.rfftfreq(shape[1], microscope.pixel_size_um).astype(np.float32)
    square = down**2 + across**2
    cutoff = 2 * microscope.numerical_aperture / (microscope.wavelength_nm / 1000)  # 1/µm
    nu = np.minimum(np.sqrt(square) / np.float32(cutoff), 1)
    sharp = 2 / np.pi * (np.arccos(nu) - nu * np.sqrt(1 - nu**2))
    wide = np.exp(-2 * (np.pi * microscope.glare_um) ** 2 * square)
    return np.asarray((1 - microscope.glare) * sharp + microscope.glare * wide, np.float32)


def defocus_sigma_um(distance_um: float, microscope: Microscope) -> float:
    """Return the deviation of the blur of something that far from the plane of focus.

    By geometrical optics a point fills a disc of radius ``z tan(asin(NA / n))``; a disc has half
    its radius as deviation along an axis.
    """
    sine = min(microscope.numerical_aperture / microscope.immersion_index, 0.95)
    return 0.5 * abs(distance_um) * sine / float(np.sqrt(1 - sine**2))


def blurred(light: Floats, sigma: float) -> Floats:
    """Return ``light`` blurred by a Gaussian; ``sigma`` in pixels, under 0.3 without effect."""
    if sigma < 0.3:
        return light
    return np.asarray(
        ndimage.gaussian_filter(light, sigma, truncate=2.5, mode="constant"), np.float32
    )


def thinned(light: Floats, step: int) -> Floats:
    """Return ``light`` at every ``step``-th row and column, each with what is near it.

    A pixel as wide as the step gathers the light of its own area. What lies at a place that is kept
    stays there: the grid is that of ``image[::step, ::step]``.

    Args:
        light: Axes (y, x).
        step: 1, which changes nothing, or 2.
    """
    if step == 1:
        return light
    weights = np.array([0.25, 0.5, 0.25], np.float32)  # areas of a pixel two wide, on three
    rows = ndimage.convolve1d(light, weights, axis=0, mode="nearest")[::step]
    return np.asarray(
        ndimage.convolve1d(rows, weights, axis=1, mode="nearest")[:, ::step], np.float32
    )


def illumination(rng: np.random.Generator, shape: tuple[int, int], depth: float) -> Floats:
    """Draw uneven light, mean 1: a lamp that is off the middle and a fall-off to the corners.

    Args:
        rng: Where chance comes from.
        shape: Height and width.
        depth: How much darker the far corner is, as a share, at most.
    """
    down, across = rng.uniform(-0.6, 0.6, 2)
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, np.newaxis] - np.float32(down)
    x = np.linspace(-1, 1, shape[1], dtype=np.float32) - np.float32(across)
    light = 1 - np.float32(depth * rng.uniform(0.3, 1) / 3) * (y**2 + x**2)
    return np.asarray(light / light.mean(), np.float32)
