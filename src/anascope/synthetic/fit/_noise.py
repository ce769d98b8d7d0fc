"""The noise of an image where no cell is: how strong, how grained, how it grows with the light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import minimize

from anascope.synthetic.fit._appearance import Shown, blocks_of

Floats = NDArray[np.float64]

_ROUNDING = 1 / 12  # variance that rounding to whole levels adds
_QUIET = 0.4  # share of the blocks of an image that counts, those with the least structure
_STRUCTURE = 0.14  # cycles per pixel; below, light and haze vary and noise cannot be told
_FEWEST = 12  # blocks of a group


@dataclass(frozen=True)
class NoiseGroup:
    """Noise at one level of light: of an image, or of many cut-outs.

    Attributes:
        level: Mean grey level.
        power: (side, side), power of the squares by frequency; white noise of variance 1 has
            about 1 everywhere.
    """

    level: float
    power: Floats


def noise_of(shown: Shown, side: int) -> tuple[Floats, Floats]:
    """Return levels (N) and powers (N, side, side) of the squares that lie outside cells."""
    rows, columns = (length // side for length in shown.image.shape)
    cut = np.s_[: rows * side, : columns * side]
    free = blocks_of(shown.outside[cut], side).all(axis=1)
    flat = blocks_of(shown.image[cut], side)[free].astype(np.float64)
    rest = (flat @ _rest(side).T).reshape(-1, side, side) * _window(side)
    return flat.mean(axis=1), np.abs(np.fft.fft2(rest)) ** 2 / (_window(side) ** 2).sum()


def group(levels: Floats, powers: Floats) -> NoiseGroup | None:
    """Return the noise of squares of one level, from those with the least structure."""
    if len(levels) < _FEWEST:
        return None
    side = powers.shape[1]
    structure = powers[:, _radius(side) < _STRUCTURE].mean(axis=1)
    quiet = structure <= np.quantile(structure, _QUIET)
    return NoiseGroup(float(levels[quiet].mean()), powers[quiet].mean(axis=0))


def groups_by_level(levels: Floats, powers: Floats, count: int) -> list[NoiseGroup]:
    """Return groups of squares of about one level each, for cut-outs too small for a group."""
    limits = np.quantile(levels, np.linspace(0, 1, count + 1)[1:-1])
    bins = np.digitize(levels, limits)
    groups = [group(levels[bins == p], powers[bins == p]) for p in range(count)]
    return [noise_group for noise_group in groups if noise_group is not None]


def fit_noise(groups: Sequence[NoiseGroup]) -> dict[str, float]:
    """Return the noise of a camera that best explains the groups.

    The grain is the Gaussian under which white noise, rounded to whole levels, gets the spectrum
    seen, all groups together; under 0.25 pixels it cannot be told from none. The variance before
    that blur is, for each group, what its spectrum asks for; over the level it is the line
    ``read_noise² + level / electrons_per_level``, fitted by the median of slopes (Theil and Sen)
    for single images may have structure. ``gain_spread`` is the deviation of the logarithm of
    variance over level between the groups, ``unexplained`` the mean deviation of the spectra from
    the fit (logarithm): about 0.05 if the grain is a Gaussian.
    """
    levels = np.array([noise_group.level for noise_group in groups])
    side = groups[0].power.shape[0]
    measured = np.array([noise_group.power[_counted(side)] for noise_group in groups])
    rounding = _expected(side, 0.0, 0.0) * _ROUNDING

    def strengths(plain: Floats) -> Floats:
        """Return each group's variance, from where the grain leaves most of it."""
        strong = plain >= np.median(plain)
        return np.maximum(np.median(((measured - rounding) / plain)[:, strong], axis=1), 1e-3)

    def off(grain: Floats) -> float:
        plain = _expected(side, *np.abs(grain))
        expected = strengths(plain)[:, np.newaxis] * plain + rounding
        return float(np.abs(np.log(measured / expected)).mean())

    fit = minimize(off, (0.5, 0.5), method="Nelder-Mead", options={"xatol": 0.01, "fatol": 1e-4})
    down, across = (float(value) for value in np.abs(fit.x))
    variances = strengths(_expected(side, down, across))
    slope = np.median(
        [
            (variances[b] - variances[a]) / (levels[b] - levels[a])
            for a in range(len(levels))
            for b in range(a)
            if abs(levels[a] - levels[b]) > 0.5
        ]
        or [np.nan]
    )
    offset = float(np.median(variances - slope * levels))
    if offset < 0:  # more than shot noise alone can explain: a line through zero
        offset, slope = 0.0, np.median(variances / levels)
    return {
        "grain_down": down,
        "grain_across": across,
        "read_noise": offset**0.5,
        "electrons_per_level": float(1 / max(slope, 1e-6)),
        "variance_10": float(np.quantile(variances, 0.1)),
        "variance_50": float(np.median(variances)),
        "variance_90": float(np.quantile(variances, 0.9)),
        "gain_spread": float(np.log(variances / levels).std()),
        "unexplained": float(fit.fun),
    }


@cache
def _radius(side: int) -> Floats:
    frequency = np.fft.fftfreq(side)
    return np.asarray(np.hypot(frequency[:, np.newaxis], frequency))


@cache
def _counted(side: int) -> NDArray[np.bool_]:
    """Return which frequencies tell of noise."""
    return np.asarray((_radius(side) >= _STRUCTURE) & (_radius(side) <= 0.5))


@cache
def _window(side: int) -> Floats:
    return np.asarray(np.outer(np.hanning(side + 2)[1:-1], np.hanning(side + 2)[1:-1]))


@cache
def _rest(side: int) -> Floats:
    """Return the matrix that takes a quadratic surface out of a square."""
    y, x = (axis.ravel() / side for axis in np.mgrid[:side, :side])
    surface = np.stack([np.ones_like(x), x, y, x * y, x**2, y**2], axis=1)
    return np.asarray(np.eye(side * side) - surface @ np.linalg.pinv(surface))


@cache
def _transform(side: int) -> NDArray[np.complex128]:
    """Return the matrix from a square to what :func:`noise_of` squares, counted frequencies."""
    square = (_window(side).reshape(-1, 1) * _rest(side)).reshape(side, side, -1)
    return np.asarray(np.fft.fft2(square, axes=(0, 1))[_counted(side)])


def _expected(side: int, down: float, across: float) -> Floats:
    """Return the power that white noise of variance 1 has after a blur, as it is measured."""
    alike = [_correlation(sigma, side) for sigma in (down, across)]
    transform = _transform(side)
    power = np.einsum("fp,pq,fq->f", transform, np.kron(*alike), transform.conj(), optimize=True)
    return np.asarray(power.real / (_window(side) ** 2).sum())


def _correlation(sigma: float, side: int) -> Floats:
    """Return the covariance of a line of blurred white noise, (side, side)."""
    point = np.zeros(2 * side + 1)
    point[side] = 1
    weights = ndimage.gaussian_filter1d(point, sigma, truncate=2) if sigma > 0.1 else point
    lags = [float((weights[lag:] * weights[: len(weights) - lag]).sum()) for lag in range(side)]
    distance = np.abs(np.subtract.outer(np.arange(side), np.arange(side)))
    return np.asarray(np.array(lags)[distance])


def pairing(shown: Shown) -> dict[str, float]:
    """Return how much alike neighbours are by their place: 1 where the place does not matter.

    A camera that records colour at a lower resolution than brightness leaves columns, or rows,
    that are alike two by two or four by four: the mean step between them over that within them.
    ``across_2`` and ``across_4`` are for columns, ``down_2`` and ``down_4`` for rows; the lowest
    and highest mean step are compared, whatever place the pattern begins at.
    """
    image, free = shown.image.astype(np.float64), shown.outside
    ratios = {}
    for axis, name in ((1, "across"), (0, "down")):
        steps = np.abs(np.diff(image, axis=axis))
        both = np.logical_and(
            *(np.take(free, range(a, free.shape[axis] - 1 + a), axis) for a in (0, 1))
        )
        for period in (2, 4):
            means = []
            for start in range(period):
                lines = (slice(None), slice(start, None, period))[:: 1 if axis else -1]
                means.append(steps[lines][both[lines]].mean() if both[lines].any() else np.nan)
            ratios[f"{name}_{period}"] = float(max(means) / min(means)) if min(means) else np.nan
    return ratios
