"""Patterns of the fibres of the cytoplasm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile, soft_step, threads
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._cytoplasmic import Cytoplasmic


@dataclass(frozen=True)
class Fibrillar(Cytoplasmic):
    """What the three have in common: fibres lie over and under the nucleus, too.

    Attributes:
        over: Share of the fibres that is seen over the nucleus.
    """

    over: float = 0.5

    def nucleus(self, tile: Tile) -> Floats:
        light = self._detail(tile) * np.float32(self.over) + np.float32(0.4 * self.nuclear)
        return light * tile.inside


def _bundle(tile: Tile, turned: float, thin_um: float, long_um: float, bend: float) -> Floats:
    """Return fibres that lie ``turned`` from the cell's axis, bent so many micrometres."""
    cosine, sine = np.float32(np.cos(turned)), np.float32(np.sin(turned))
    across = tile.across * cosine - tile.along * sine
    along = tile.along * cosine + tile.across * sine
    across = across + np.float32(bend) * tile.noise.grains(tile.shape, 4.0)
    return threads(tile.noise.along(across, along, (thin_um, long_um)), 0.3)


@dataclass(frozen=True)
class FibrillarLinear(Fibrillar):
    """AC-15, antibodies to actin: straight parallel stress fibres across the cell."""

    leaf = "cytoplasmic fibrillar linear"

    def _detail(self, tile: Tile) -> Floats:
        turned = float(tile.rng.normal(0, 0.15))
        fibres = _bundle(tile, turned, 0.26, 16.0, 0.35)
        crossing = _bundle(tile, turned + float(tile.rng.choice([-0.3, 0.3])), 0.26, 9.0, 0.35)
        cortex = np.exp(-(((tile.body - 0.9) / np.float32(0.07)) ** 2))
        return np.float32(0.85) * fibres + np.float32(0.4) * crossing + 0.25 * cortex


@dataclass(frozen=True)
class FibrillarFilamentous(Fibrillar):
    """AC-16, antibodies to vimentin and keratins: wavy threads that part around the nucleus."""

    leaf = "cytoplasmic fibrillar filamentous"

    def _detail(self, tile: Tile) -> Floats:
        size = np.float32(tile.cell.nucleus.mean())
        # Threads run from one end of the cell to the other and bow out around its nucleus.
        bow = 1 + 0.7 * np.exp(-((tile.along / (1.6 * size)) ** 2))
        wave = np.float32(0.8) * tile.noise.grains(tile.shape, 3.5)
        total = np.zeros(tile.shape, np.float32)
        for _ in range(3):
            across = tile.across / bow + wave + np.float32(0.2 * tile.rng.normal()) * tile.along
            total += threads(tile.noise.along(across, tile.along, (0.17, 9.0)), 0.25)
        ring = np.exp(-((tile.beyond / np.float32(1.2)) ** 2))
        near = np.exp(-np.maximum(tile.beyond, 0) / np.float32(6))
        cloud = np.float32(0.3) * near
        return np.asarray(cloud + total * (0.15 + 0.35 * near + 0.2 * ring), np.float32)


@dataclass(frozen=True)
class FibrillarSegmental(Fibrillar):
    """AC-17, antibodies to alpha-actinin and vinculin: short bright segments on faint fibres.

    Most lie towards the outline of the cell, where fibres are fastened.
    """

    leaf = "cytoplasmic fibrillar segmental"

    def _detail(self, tile: Tile) -> Floats:
        fibres = threads(tile.noise.along(tile.across, tile.along, (0.34, 9.0)), 0.3)
        patches = soft_step(tile.noise.along(tile.along, tile.across, (0.8, 0.5)) - 0.5, 0.35)
        outwards = np.clip(tile.body, 0.15, 1)
        return np.asarray(fibres * (0.12 + 1.5 * patches * outwards), np.float32)
