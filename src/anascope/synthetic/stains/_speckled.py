"""Patterns of speckles all over the nucleoplasm, with and without stained chromatin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile, soft_step
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import RARE, Stain, around_chromatin
from anascope.synthetic.stains._places import in_chromatin


@dataclass(frozen=True)
class DenseFineSpeckled(Stain):
    """AC-2, antibodies to DFS70: dense uneven speckles; mitotic chromatin is speckled and bright.

    Attributes:
        contrast: Of the speckles.
        plate: Brightness of condensed chromatin.
    """

    leaf = "dense fine speckled"
    contrast: float = 0.3
    plate: float = 1.6

    def _speckles(self, tile: Tile) -> Floats:
        fine, coarse = (tile.noise.grains(tile.shape, size) for size in (0.24, 0.7))
        return np.exp(np.float32(self.contrast) * (fine + 0.6 * coarse))

    def nucleus(self, tile: Tile) -> Floats:
        spared = 1 - np.float32(0.2) * tile.nucleoli
        return 0.75 * tile.profile * self._speckles(tile) * spared * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        dim = 0.1 + 0.8 * self.cytoplasm
        return around_chromatin(tile, dim, self.plate) * self._speckles(tile)


@dataclass(frozen=True)
class Speckled(Stain):
    """What the other speckled patterns have in common: grains that spare the nucleoli.

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

    def _grains(self, tile: Tile) -> Floats:
        fine = tile.noise.grains(tile.shape, self.grain_um)
        cloud = tile.noise.grains(tile.shape, 4 * self.grain_um)
        return np.exp(np.float32(self.contrast) * (fine + 0.3 * cloud))

    def nucleus(self, tile: Tile) -> Floats:
        spared = 1 - np.float32(self.spared) * tile.nucleoli
        return 0.7 * tile.profile * self._grains(tile) * spared * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        grains = 1 + 0.1 * tile.noise.grains(tile.shape, 1.3 * self.grain_um)
        return around_chromatin(tile, self.mitotic, 0.45 * self.mitotic) * grains


@dataclass(frozen=True)
class FineSpeckled(Speckled):
    """AC-4, antibodies to SS-A and others: tiny speckles."""

    leaf = "fine speckled"


@dataclass(frozen=True)
class CoarseSpeckled(Speckled):
    """AC-5, antibodies to Sm and RNP: large speckles that run together, black nucleoli."""

    leaf = "coarse speckled"

    def _grains(self, tile: Tile) -> Floats:
        grain = tile.noise.grains(tile.shape, self.grain_um)
        lump = tile.noise.grains(tile.shape, 2.2 * self.grain_um)
        return np.exp(np.float32(self.contrast) * (0.8 * grain + 0.6 * lump))


@dataclass(frozen=True)
class MyriadSpeckled(Speckled):
    """AC-31, antibodies to Ro60: countless small dots, each apart, that spare the nucleoli.

    Known as AC-4a before it had a number of its own (Röber et al., Frontiers in Immunology
    12:730102, 2021). Dividing cells as in AC-4, their chromatin dark; what is published on those
    is little, and the two reference pictures that were looked at show it.
    """

    leaf = "myriad discrete fine speckled"
    frequency = RARE

    def _grains(self, tile: Tile) -> Floats:
        dots = soft_step(tile.noise.grains(tile.shape, self.grain_um) - np.float32(0.35), 0.5)
        between = np.float32(1 - self.contrast)
        return between + np.float32(1.6 * self.contrast) * dots

    def mitosis(self, tile: Tile) -> Floats:
        dots = np.float32(0.5) + 0.5 * self._grains(tile)
        return around_chromatin(tile, self.mitotic, 0.45 * self.mitotic) * dots


@dataclass(frozen=True)
class SpeckledWithPlate(Speckled):
    """AC-30: fine even speckles as in AC-4, and a mitotic plate that shines as in AC-2.

    For sera that fit neither, as the seventh workshop of ICAP separated them (Andrade et al.,
    Autoimmunity Reviews 23:103608, 2024). Its definition says little of later phases: separated
    chromosomes are drawn as bright as the plate.

    Attributes:
        plate: Brightness of condensed chromatin.
    """

    leaf = "fine speckled with mitotic plate"
    frequency = RARE
    plate: float = 1.4

    def mitosis(self, tile: Tile) -> Floats:
        grains = np.exp(0.08 * tile.noise.grains(tile.shape, self.grain_um))
        return around_chromatin(tile, 0.5 * self.mitotic, self.plate) * grains


@dataclass(frozen=True)
class TopoisomeraseLike(Speckled):
    """AC-29, antibodies to DNA topoisomerase I: five places are stained at once.

    The nucleus is filled by grains so fine that it looks nearly even, nucleoli shine within a dim
    border, the chromatin of dividing cells is bright with some brighter dots (nucleolar organising
    regions), and the cytoplasm is weakly stained (Dellavance et al., Rheumatology 48:632, 2009;
    Andrade et al., Clinical Chemistry and Laboratory Medicine 56:1783, 2018).

    Attributes:
        nucleolar: Excess of the nucleoli over the nucleoplasm.
        plate: Brightness of condensed chromatin.
    """

    leaf = "topo i-like"
    frequency = RARE
    nucleolar: float = 0.3
    plate: float = 1.5

    def nucleus(self, tile: Tile) -> Floats:
        around = tile.blobs(tile.cell.nucleoli, 0.6)
        border = 4 * around * (1 - around)
        core = np.float32(self.nucleolar) * around**2
        light = self._grains(tile) * (1 - np.float32(self.spared) * border) + core
        return 0.75 * tile.profile * light * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        count = int(tile.rng.integers(4, 9))
        organisers = tile.dots(in_chromatin(tile, count), 0.28, np.full(count, 0.6 * self.plate))
        dim = self.mitotic * 0.3 + 0.6 * self.cytoplasm
        return around_chromatin(tile, dim, self.plate) + organisers
