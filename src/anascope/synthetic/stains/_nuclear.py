"""Patterns of the nucleoplasm: homogeneous, the speckled ones, negative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, around_chromatin, rounded


@dataclass(frozen=True)
class Negative(Stain):
    """AC-0: no antibody; cells are faint shapes of unspecific light."""

    leaf = "negative"
    contrast: float = 0.3

    def nucleus(self, tile: Tile) -> Floats:
        return np.float32(self.cytoplasm * (1 + self.contrast)) * tile.profile * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        return np.float32(self.cytoplasm) * rounded(tile)


@dataclass(frozen=True)
class Homogeneous(Stain):
    """AC-1, antibodies to DNA and histones: an even stain; condensed chromatin shines.

    Attributes:
        grain: Contrast of its slight texture.
        spared: How dark nucleoli are, 0 is not at all.
        rim: Excess at the nuclear border, as antibodies to double-stranded DNA give it.
        plate: Brightness of condensed chromatin.
    """

    leaf = "homogeneous"
    stains_chromatin = True
    grain: float = 0.06
    spared: float = 0.0
    rim: float = 0.0
    plate: float = 1.8

    def nucleus(self, tile: Tile) -> Floats:
        grains = 1 + np.float32(self.grain) * (
            tile.noise.grains(tile.shape, 0.25)
            + tile.noise.grains(tile.shape, 0.45)
            + tile.noise.grains(tile.shape, 1.6)
        )
        light = tile.profile * grains * (1 - np.float32(self.spared) * tile.nucleoli)
        if self.rim:
            light = light + np.float32(self.rim) * np.exp(-(((tile.beyond + 0.45) / 0.5) ** 2))
        return 0.8 * light * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        grains = 1 + 0.08 * tile.noise.grains(tile.shape, 0.4)
        return around_chromatin(tile, 0.25 + self.cytoplasm, self.plate) * grains


@dataclass(frozen=True)
class DenseFineSpeckled(Stain):
    """AC-2, antibodies to DFS70: dense uneven speckles; mitotic chromatin is speckled and bright.

    Attributes:
        contrast: Of the speckles.
        plate: Brightness of condensed chromatin.
    """

    leaf = "dense fine speckled"
    stains_chromatin = True
    contrast: float = 0.3
    plate: float = 1.4

    def _speckles(self, tile: Tile) -> Floats:
        fine, coarse = (tile.noise.grains(tile.shape, size) for size in (0.24, 0.7))
        return np.exp(np.float32(self.contrast) * (fine + 0.6 * coarse))

    def nucleus(self, tile: Tile) -> Floats:
        spared = 1 - np.float32(0.3) * tile.nucleoli
        return 0.75 * tile.profile * self._speckles(tile) * spared * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        return around_chromatin(tile, 0.2 + self.cytoplasm, self.plate) * self._speckles(tile)


@dataclass(frozen=True)
class Speckled(Stain):
    """What fine and coarse speckled have in common: grains that spare the nucleoli.

    In mitosis the chromatin is dark in a cell that is bright all over.

    Attributes:
        grain_um: Width of a grain, as a deviation.
        contrast: Of the grains.
        spared: How dark nucleoli are.
        mitotic: Brightness of a cell in mitosis.
    """

    grain_um: float = 0.3
    contrast: float = 0.3
    spared: float = 0.6
    mitotic: float = 0.7

    def nucleus(self, tile: Tile) -> Floats:
        fine = tile.noise.grains(tile.shape, self.grain_um)
        cloud = tile.noise.grains(tile.shape, 4 * self.grain_um)
        grains = np.exp(np.float32(self.contrast) * (fine + 0.3 * cloud))
        spared = 1 - np.float32(self.spared) * tile.nucleoli
        return 0.7 * tile.profile * grains * spared * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        grains = 1 + 0.1 * tile.noise.grains(tile.shape, 1.3 * self.grain_um)
        return around_chromatin(tile, self.mitotic, 0.45 * self.mitotic) * grains


@dataclass(frozen=True)
class FineSpeckled(Speckled):
    """AC-4, antibodies to SS-A and others: tiny speckles."""

    leaf = "fine speckled"


@dataclass(frozen=True)
class CoarseSpeckled(Speckled):
    """AC-5, antibodies to Sm and RNP: large speckles, black nucleoli."""

    leaf = "coarse speckled"
