"""Patterns of the nucleoli."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile, soft_step
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, around_chromatin, rounded
from anascope.synthetic.stains._places import in_chromatin

_HOLLOW_UM = 0.9  # radius from which a nucleolus can be seen to be hollow


@dataclass(frozen=True)
class Nucleolar(Stain):
    """What the nucleolar patterns have in common: bright nucleoli in a dim nucleus.

    Attributes:
        nucleoplasm: Brightness of the rest of the nucleus.
        mitotic: Brightness of a cell in mitosis.
        hollow: How much darker large nucleoli are inside.
    """

    outline_um = 0.4
    nucleoplasm: float = 0.2
    mitotic: float = 0.4
    hollow: float = 0.0

    def _dim(self, tile: Tile) -> Floats:
        grains = 1 + 0.1 * tile.noise.grains(tile.shape, 0.4)
        return np.float32(self.nucleoplasm) * tile.profile * grains

    def _shapes(self, tile: Tile, ragged: float) -> Floats:
        """Return the nucleoli, 0 to 1, grown together and uneven in outline."""
        wobble = np.float32(ragged) * tile.noise.grains(tile.shape, 0.35)
        total = np.zeros(tile.shape, np.float32)
        for y, x, radius in tile.cell.nucleoli:
            near = np.hypot(tile.y - np.float32(y), tile.x - np.float32(x))
            depth = np.float32(radius) + wobble - near
            shape = soft_step(depth, 0.2)
            if radius > _HOLLOW_UM:
                shape = shape - np.float32(self.hollow) * soft_step(depth - 0.6, 0.3)
            np.maximum(total, shape, out=total)
        return total


@dataclass(frozen=True)
class HomogeneousNucleolar(Nucleolar):
    """AC-8, antibodies to PM/Scl and Th/To: even nucleoli; mitotic cells dim."""

    leaf = "homogeneous nucleolar"

    def nucleus(self, tile: Tile) -> Floats:
        return (self._shapes(tile, 0.12) + self._dim(tile)) * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        return around_chromatin(tile, self.mitotic, 0.7 * self.mitotic)


@dataclass(frozen=True)
class ClumpyNucleolar(Nucleolar):
    """AC-9, antibodies to fibrillarin: clumps; in mitosis a coat around the chromatin."""

    leaf = "clumpy nucleolar"

    def nucleus(self, tile: Tile) -> Floats:
        rng = tile.rng
        clumps = []  # each nucleolus is a heap of lumps, some of which stand off it
        for y, x, radius in tile.cell.nucleoli:
            count = int(rng.integers(3, 8))
            angle, away = rng.uniform(0, 2 * np.pi, count), radius * rng.uniform(0.3, 1.2, count)
            size = np.maximum(radius * rng.uniform(0.3, 0.65, count), 0.3)
            clumps.append(
                np.stack([y + away * np.sin(angle), x + away * np.cos(angle), size], axis=1)
            )
        uneven = np.exp(0.3 * tile.noise.grains(tile.shape, 0.4))
        heaps = tile.blobs(np.concatenate(clumps), 0.2) * uneven
        return (heaps + self._dim(tile)) * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        plate = tile.chromatin
        coat = 4 * plate * (1 - plate)
        light = rounded(tile) * np.float32(0.5 * self.mitotic)
        return light + coat * np.float32(1.2 * self.mitotic)


@dataclass(frozen=True)
class PunctateNucleolar(Nucleolar):
    """AC-10, antibodies to RNA polymerase I and NOR-90: dots in the nucleoli, and in the plate."""

    leaf = "punctate nucleolar"

    def nucleus(self, tile: Tile) -> Floats:
        rng = tile.rng
        centres = []
        for y, x, radius in tile.cell.nucleoli:
            count = int(rng.integers(3, 9))
            angle = rng.uniform(0, 2 * np.pi, count)
            away = radius * np.sqrt(rng.uniform(0, 1.1, count))
            centres.append(np.stack([y + away * np.sin(angle), x + away * np.cos(angle)], axis=1))
        where = np.concatenate(centres)
        light = tile.dots(where, 0.25, np.exp(rng.normal(0, 0.3, len(where))))
        return (light + self._dim(tile)) * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        count = int(tile.rng.integers(6, 11))
        centres = in_chromatin(tile, count, long=0.5)
        return tile.dots(centres, 0.28, np.ones(count)) + rounded(tile) * np.float32(
            0.4 * self.mitotic
        )
