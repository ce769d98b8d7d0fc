"""From light to grey levels: shot noise, read noise, stuck pixels, offset, gamma, quantisation."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.synthetic.optics._light import Floats
from anascope.synthetic.optics._microscope import Microscope

_FEW = 15.0  # electrons; above, a normal distribution stands for Poisson's
_COLUMNS = 4  # that share their colour in 4:1:1 video


def photograph(
    rng: np.random.Generator, light: Floats, microscope: Microscope, gain: float = 1.0
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return the image that the camera makes of ``light``.

    Args:
        rng: Where chance comes from.
        light: Expected 8-bit grey levels, not clipped, axes (y, x).
        microscope: Gives electrons, noise, stuck pixels, offset, gamma and bits.
        gain: How many times the microscope's usual electrons make a level.

    Returns:
        uint8, or uint16 at its full scale, 65535: with 257 levels for one of 8 bits, or, of a
        camera of 12 bits, 4096 levels in all.
    """
    if microscope.video_lines:
        lines = _stretched(light, round(light.shape[0] * microscope.video_lines / 100))
        grey = _stretched(lines + _noise(rng, lines, microscope, gain), light.shape[0])
    else:
        grey = light + _noise(rng, light, microscope, gain)
    rows, columns, bright = _stuck(microscope, light.shape)
    grey[rows, columns] = np.maximum(grey[rows, columns], bright)
    if microscope.offset:
        grey += np.float32(microscope.offset)
    if microscope.gamma != 1:
        share = np.clip(grey / 255, 0, 1)
        grey = np.asarray(255 * share ** np.float32(microscope.gamma), np.float32)
    return _whole(grey, microscope.bits)


def _whole(grey: Floats, bits: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return grey levels of 8 bits as whole numbers of so many bits, at the type's full scale."""
    if bits == 8:
        return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    if bits == 16:
        return np.clip(np.rint(grey * 257), 0, 65535).astype(np.uint16)
    most = 2**bits - 1
    levels = np.clip(np.rint(grey * np.float32(most / 255)), 0, most).astype(np.uint32)
    return ((levels * 65535 + most // 2) // most).astype(np.uint16)  # as importing does


def _noise(rng: np.random.Generator, light: Floats, microscope: Microscope, gain: float) -> Floats:
    """Draw shot and read noise in grey levels."""
    per_level = np.float32(microscope.electrons_per_level * gain)
    electrons = np.maximum(light, 0) * per_level
    noise = rng.standard_normal(light.shape, np.float32)
    share = np.float32(microscope.chroma_noise)
    if share:
        common = rng.standard_normal((light.shape[0], -(-light.shape[1] // _COLUMNS)), np.float32)
        common = np.repeat(common, _COLUMNS, axis=1)[:, : light.shape[1]]
        noise = np.sqrt(1 - share) * noise + np.sqrt(share) * common
    noise *= np.sqrt(electrons)
    few = electrons < _FEW
    if few.any():
        noise[few] = rng.poisson(electrons[few]) - electrons[few]
    noise /= per_level
    noise += np.float32(microscope.read_noise) * rng.standard_normal(light.shape, np.float32)
    if any(microscope.noise_grain):
        noise = ndimage.gaussian_filter(noise, microscope.noise_grain, truncate=2)
    return noise


def _stretched(image: Floats, lines: int) -> Floats:
    """Return an image of so many lines, interpolated between the nearest two."""
    places = np.clip((np.arange(lines) + 0.5) * image.shape[0] / lines - 0.5, 0, image.shape[0] - 1)
    first = places.astype(int)
    second = np.minimum(first + 1, image.shape[0] - 1)
    share = (places - first).astype(np.float32)[:, np.newaxis]
    return image[first] * (1 - share) + image[second] * share


def _stuck(
    microscope: Microscope, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return rows, columns and levels of the stuck pixels: of a camera, always the same."""
    rng = np.random.default_rng(zlib.crc32(microscope.name.encode()))
    count = microscope.stuck_pixels
    rows, columns = (rng.integers(0, side, count) for side in shape)
    levels = rng.uniform(30, 180, count).astype(np.float32)
    # Two by two, as interpolation of colours leaves them.
    return (
        np.concatenate([rows, rows]),
        np.concatenate([columns, np.minimum(columns + 1, shape[1] - 1)]),
        np.concatenate([levels, levels]),
    )
