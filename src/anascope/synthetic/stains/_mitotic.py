"""Patterns that the mitotic cells show: the spindle ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Phase, Tile, threads
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, rounded


@dataclass(frozen=True)
class Spindle(Stain):
    """What both have in common: bright poles and fibres between them.

    Attributes:
        fibres: Brightness of the fibres.
        poles: Brightness of the poles.
        nuclear: Brightness of nuclei in interphase.
    """

    fibres: float = 0.8
    poles: float = 1.2
    nuclear: float = 0.2

    def mitosis(self, tile: Tile) -> Floats:
        size = np.float32(tile.cell.nucleus.mean())
        poles = tile.poles
        distance = np.float32(np.hypot(*poles[0]))
        along = tile.along / distance
        width = 0.45 * size * np.sqrt(np.clip(1 - along**2, 0.02, 1))
        if tile.cell.phase is Phase.TELOPHASE:
            width = 0.18 * size + 0.3 * np.abs(tile.along)
        across = tile.across / width
        spindle = np.exp(-(across**2)) * (np.abs(along) < 1)
        bundles = 0.5 + threads(tile.noise.along(across * size, tile.along, (0.35, 6.0)), 0.6)
        caps = tile.dots(poles, 0.11 * float(size), np.full(2, self.poles))
        light = np.float32(self.fibres) * spindle * bundles * (1 - 0.5 * tile.chromatin)
        return light + caps + np.float32(0.15 + self.cytoplasm) * rounded(tile)


@dataclass(frozen=True)
class SpindleFibres(Spindle):
    """AC-25, antibodies to HsEg5: spindle and poles; interphase cells are negative."""

    leaf = "spindle fibers"

    def nucleus(self, tile: Tile) -> Floats:
        return np.float32(self.nuclear) * tile.profile * tile.inside


@dataclass(frozen=True)
class NumaLike(Spindle):
    """AC-26, antibodies to NuMA: spindle poles, and fine speckles in interphase nuclei."""

    leaf = "numa-like"

    def nucleus(self, tile: Tile) -> Floats:
        grains = np.exp(0.18 * tile.noise.grains(tile.shape, 0.3))
        spared = 1 - 0.4 * tile.nucleoli
        return np.float32(self.nuclear) * tile.profile * grains * spared * tile.inside
