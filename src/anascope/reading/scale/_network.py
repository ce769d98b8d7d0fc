"""The small networks that say from a scale profile how large a nucleus is."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from anascope.reading.scale._profile import MEASURES, STEPS

Floats = NDArray[np.float32]

REACH = 8
"""Places of a profile to each side of one that are looked at with it."""
FIRST = 1.0
"""Of the first place: logarithm (base 2) of the diameter in pixels of the shrunken field."""
WIDEST = 0.75
"""Octaves by which a place may answer beside its own diameter."""
NARROWEST = 0.03
"""Octaves: the least width of an answer."""
PARAMETERS = "nucleus.npz"

_GRID = np.arange(1.0, 10.0, 0.02)  # logarithms (base 2) of diameters
_NEAR = 0.4  # octaves around the likeliest that its mean is taken over


@dataclass(frozen=True)
class NucleusNetworks:
    """Networks of one shape, each fitted from another start; their answers are averaged.

    A network sees each place of a profile with its neighbours and says how likely it is the
    nuclei's, by how much they are larger or smaller, and how wide its answer is. It is the same for
    every place: a field at half the size has the same profile two places on, and gets half the
    diameter.

    Attributes:
        mean, spread: Of each measure, (measures,).
        weights: Of each layer, (networks, inputs, outputs).
        offsets: Of each layer, (networks, outputs).
    """

    mean: Floats
    spread: Floats
    weights: tuple[Floats, ...]
    offsets: tuple[Floats, ...]

    @classmethod
    def shipped(cls) -> NucleusNetworks:
        """Return those of the package."""
        with resources.files(__package__).joinpath(PARAMETERS).open("rb") as file:
            return cls.load(file)

    @classmethod
    def load(cls, file: IO[bytes] | Path) -> NucleusNetworks:
        """Return those that :meth:`save` has written."""
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name].astype(np.float32) for name in stored.files}
        layers = range(sum(name.startswith("weights") for name in arrays))
        return cls(
            arrays["mean"],
            arrays["spread"],
            tuple(arrays[f"weights{layer}"] for layer in layers),
            tuple(arrays[f"offsets{layer}"] for layer in layers),
        )

    def save(self, path: Path) -> None:
        """Write them as half floats, whose rounding is far below what noise does to a profile."""
        arrays: dict[str, Any] = {"mean": self.mean, "spread": self.spread}
        for layer, pair in enumerate(zip(self.weights, self.offsets, strict=True)):
            arrays[f"weights{layer}"], arrays[f"offsets{layer}"] = pair
        halves: dict[str, Any] = {name: each.astype(np.float16) for name, each in arrays.items()}
        np.savez_compressed(path, **halves)

    def diameter(self, profile: Floats) -> tuple[float, float]:
        """Return how large nuclei are, and how sure that is.

        Args:
            profile: Of a field (:func:`~anascope.reading.scale.scale_profile`).

        Returns:
            The logarithm (base 2) of their diameter in pixels of the shrunken field, and its
            standard deviation in octaves.
        """
        said = windows_of(profile[np.newaxis], self.mean, self.spread)
        last = len(self.weights) - 1
        for layer, (weights, offsets) in enumerate(zip(self.weights, self.offsets, strict=True)):
            said = said @ weights + offsets[:, np.newaxis]
            if layer < last:
                said = np.maximum(said, 0)
        likely, places, widths = as_answers(said)
        apart = (_GRID - places[..., np.newaxis]) / widths[..., np.newaxis]
        density = np.exp(-np.sqrt(1 + apart**2)) * (likely / widths)[..., np.newaxis]
        density = density.sum(axis=(0, 1))
        density /= density.sum()
        near = np.abs(_GRID - _GRID[density.argmax()]) < _NEAR
        mean = float((density * _GRID)[near].sum() / density[near].sum())
        return mean, float(np.sqrt((density * (_GRID - mean) ** 2).sum()))


def windows_of(profiles: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return for each place of profiles all that a network sees there.

    Args:
        profiles: (fields, :data:`STEPS`, measures).
        mean, spread: Of each measure, (measures,).

    Returns:
        (fields, :data:`STEPS`, inputs); 0 where a profile is not measured.
    """
    there = profiles[..., -1:] > 0
    scaled = np.where(there, (profiles - mean) / spread, 0)
    scaled[..., -1] = there[..., 0]
    padded = np.pad(scaled, ((0, 0), (REACH, REACH), (0, 0)))
    seen = [padded[:, step : step + 2 * REACH + 1] for step in range(STEPS)]
    stacked = np.stack(seen, axis=1).reshape(len(profiles), STEPS, -1)
    windows: Floats = stacked.astype(np.float32)
    assert windows.shape[-1] == (2 * REACH + 1) * len(MEASURES)
    return windows


def as_answers(said: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what networks say as probabilities, places and widths, the last two in octaves.

    Args:
        said: (networks, :data:`STEPS`, 3).
    """
    likely: Floats = np.exp(said[..., 0] - said[..., 0].max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    own = FIRST + np.arange(STEPS, dtype=np.float32) / 2
    widths: Floats = (NARROWEST + np.logaddexp(0, said[..., 2] - 2)).astype(np.float32)
    places: Floats = (own + WIDEST * np.tanh(said[..., 1])).astype(np.float32)
    return likely, places, widths
