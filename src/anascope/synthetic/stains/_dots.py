"""Patterns of discrete dots in the nucleus: centromere and nuclear dots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, rounded
from anascope.synthetic.stains._places import apart, in_chromatin


@dataclass(frozen=True)
class Centromere(Stain):
    """AC-3, antibodies to CENP-A and B: 40 to 60 dots, in mitosis in line in the chromatin.

    Attributes:
        dot_um: Width of a dot, as a deviation.
        nucleoplasm: Brightness between the dots.
    """

    leaf = "centromere"
    outline_um = 0.3
    dot_um: float = 0.22
    nucleoplasm: float = 0.15

    def nucleus(self, tile: Tile) -> Floats:
        rng = tile.rng
        centres = tile.points_inside(int(rng.integers(40, 61)), most=0.8)
        height = np.exp(rng.normal(0, 0.75, len(centres)))
        # A nucleus is 3 to 5 µm thick: a part of its dots lies over or under the plane of focus.
        deep = rng.random(len(centres)) < 0.12
        light = tile.dots(centres[~deep], self.dot_um, height[~deep])
        light += tile.dots(centres[deep], 2 * self.dot_um, 0.4 * height[deep])
        between = np.float32(self.nucleoplasm) * tile.profile
        return (light + between * (1 - 0.3 * tile.nucleoli)) * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        rng = tile.rng
        count = int(rng.integers(40, 61))
        centres = in_chromatin(tile, count)
        light = tile.dots(centres, self.dot_um, np.exp(rng.normal(0.5, 0.3, count)))
        dim = rounded(tile) * np.float32(self.cytoplasm + self.nucleoplasm)
        return light + dim


@dataclass(frozen=True)
class NuclearDots(Stain):
    """What the two nuclear-dot patterns have in common; in mitosis the dots leave the chromatin.

    Attributes:
        fewest, most: Dots in a nucleus.
        dot_um: Their width, as a deviation.
        nucleoplasm: Brightness between them.
    """

    outline_um = 0.3
    fewest: int = 1
    most: int = 6
    dot_um: float = 0.35
    nucleoplasm: float = 0.08

    def _count(self, tile: Tile) -> int:
        return int(tile.rng.integers(self.fewest, self.most + 1))

    def nucleus(self, tile: Tile) -> Floats:
        rng = tile.rng
        light = np.zeros(tile.shape, np.float32)
        for y, x in apart(tile, self._count(tile), 2.5 * self.dot_um):
            width = self.dot_um * float(np.exp(rng.normal(0, 0.2)))
            height = np.exp(rng.normal(0, 0.3, 1))
            light += tile.dots(np.array([(y, x)]), width, height)
        return (light + np.float32(self.nucleoplasm) * tile.profile) * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        rng, size = tile.rng, float(tile.cell.nucleus.mean())
        count = int(rng.integers(0, max(2, self.most // 2)))
        angle = rng.uniform(0, 2 * np.pi, count)
        away = size * rng.uniform(0.6, 0.85, count)
        centres = np.stack([away * np.sin(angle), away * np.cos(angle)], axis=1)
        light = tile.dots(centres, self.dot_um, np.full(count, 0.7))
        return light + rounded(tile) * np.float32(0.7 * self.nucleoplasm + self.cytoplasm)


@dataclass(frozen=True)
class MultipleNuclearDots(NuclearDots):
    """AC-6, antibodies to Sp100 and PML: 6 to 20 dots."""

    leaf = "multiple nuclear dots"
    fewest: int = 6
    most: int = 20


@dataclass(frozen=True)
class FewNuclearDots(NuclearDots):
    """AC-7, antibodies to coilin (Cajal bodies): 1 to 6 dots."""

    leaf = "few nuclear dots"
    least_light = 0.5

    def _count(self, tile: Tile) -> int:  # most cells show two or three
        return self.fewest + int(tile.rng.binomial(self.most - self.fewest, 0.3))
