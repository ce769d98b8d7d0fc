"""Random textures, made once a field and sampled by every cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from anascope.synthetic.optics import Floats

_SIDE = 512  # pixels


class Noise:
    """Smooth noise of mean 0 and deviation 1, by grain.

    To draw noise for each cell anew would cost more than all the rest; a cell takes a piece of a
    bigger texture at a random place, mirrored at random.

    Args:
        rng: Where chance comes from.
        pixel_size_um: Size of a pixel.
    """

    def __init__(self, rng: np.random.Generator, pixel_size_um: float) -> None:
        self._rng = rng
        self._pixel = pixel_size_um
        self._textures: dict[tuple[float, float], Floats] = {}

    def grains(self, shape: tuple[int, int], size_um: float) -> Floats:
        """Return a piece of noise whose grains are ``size_um`` wide (deviation of the blur)."""
        texture = self.texture(size_um, size_um)
        y, x = self._rng.integers(0, _SIDE, 2)
        rows = (y + np.arange(shape[0])) % _SIDE
        columns = (x + np.arange(shape[1])) % _SIDE
        if self._rng.random() < 0.5:
            rows = rows[::-1]
        if self._rng.random() < 0.5:
            texture = texture.T
        return texture[rows[:, np.newaxis], columns]

    def along(self, first_um: Floats, second_um: Floats, size_um: tuple[float, float]) -> Floats:
        """Return noise at coordinates of the caller's own, in µm, such as distance and angle.

        Args:
            first_um, second_um: Coordinates, of one shape.
            size_um: Grain along the first and the second.
        """
        texture = self.texture(*size_um)
        y, x = self._rng.integers(0, _SIDE, 2)
        first = (first_um / np.float32(self._pixel)).astype(np.int32) + y
        second = (second_um / np.float32(self._pixel)).astype(np.int32) + x
        return texture[first % _SIDE, second % _SIDE]

    def texture(self, down_um: float, across_um: float) -> Floats:
        """Return the whole texture of a grain, (512, 512), periodic."""
        key = (round(down_um, 2), round(across_um, 2))
        if key not in self._textures:
            white = self._rng.standard_normal((_SIDE, _SIDE), np.float32)
            down = fft.fftfreq(_SIDE, self._pixel)[:, np.newaxis] * down_um
            across = fft.rfftfreq(_SIDE, self._pixel) * across_um
            gaussian = np.exp(-2 * np.pi**2 * (down**2 + across**2)).astype(np.float32)
            smooth = fft.irfft2(fft.rfft2(white) * gaussian, (_SIDE, _SIDE))
            smooth -= smooth.mean()
            self._textures[key] = np.asarray(smooth / smooth.std(), np.float32)
        return self._textures[key]


def threads(noise: Floats, width: float) -> Floats:
    """Return bright lines where ``noise`` crosses zero: curly threads, 1 in their middle.

    >>> threads(np.array([-1.0, 0.0, 0.2], np.float32), 0.2).round(2).tolist()
    [0.0, 1.0, 0.3700000047683716]
    """
    return np.exp(-((noise / np.float32(width)) ** 2))


def soft_step(values: NDArray[np.float32], width: float) -> Floats:
    """Return 0 below ``-width``, 1 above ``width``, a straight rise between."""
    return np.clip(0.5 + values / np.float32(2 * width), 0, 1)
