"""Patterns of the nuclear envelope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, around_chromatin


@dataclass(frozen=True)
class Envelope(Stain):
    """What both have in common: a bright rim; in mitosis the envelope is gone, chromatin dark.

    Attributes:
        inner: Brightness of the nucleus inside: the envelope over and under the plane of focus.
        rim: Brightness of the rim over that.
        mitotic: Brightness of a cell in mitosis.
    """

    inner: float = 0.45
    rim: float = 0.7
    mitotic: float = 0.5

    def _rim(self, tile: Tile) -> Floats:
        across = (tile.beyond + np.float32(0.25)) / np.float32(0.28)
        return np.float32(self.rim) * np.exp(-0.5 * across**2)

    def _lid(self, tile: Tile) -> Floats:
        """Return the envelope over and under the plane of focus: as bright up to its sides."""
        return (0.6 + 0.4 * tile.profile) * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        grains = 1 + 0.1 * tile.noise.grains(tile.shape, 0.4)
        return around_chromatin(tile, self.mitotic, 0.4 * self.mitotic) * grains


@dataclass(frozen=True)
class SmoothEnvelope(Envelope):
    """AC-11, antibodies to lamins: an even rim."""

    leaf = "smooth nuclear envelope"

    def nucleus(self, tile: Tile) -> Floats:
        uneven = 1 + 0.15 * tile.noise.grains(tile.shape, 1.2)
        inner = np.float32(self.inner) * (1 + 0.07 * tile.noise.grains(tile.shape, 0.4))
        return self._rim(tile) * uneven + inner * self._lid(tile)


@dataclass(frozen=True)
class PunctateEnvelope(Envelope):
    """AC-12, antibodies to gp210 and p62: a rim of dots."""

    leaf = "punctate nuclear envelope"

    def nucleus(self, tile: Tile) -> Floats:
        dots = np.maximum(np.exp(0.5 * tile.noise.grains(tile.shape, 0.25)) - np.float32(0.25), 0)
        inner = np.float32(self.inner) * np.exp(0.25 * tile.noise.grains(tile.shape, 0.25))
        return self._rim(tile) * dots + inner * self._lid(tile)
