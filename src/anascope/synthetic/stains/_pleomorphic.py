"""Patterns that change with the cell cycle: hardly two neighbours are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Phase, Tile
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, around_chromatin
from anascope.synthetic.stains._mitotic import midzone
from anascope.synthetic.stains._places import in_chromatin

# Where in the cycle of an interphase cell, 0 to 1, its DNA begins and ends to double: an assumption
# about a growing culture, of which some 40% are before it and as many in it.
_DOUBLING = (0.4, 0.8)


@dataclass(frozen=True)
class PcnaLike(Stain):
    """AC-13, antibodies to PCNA: bright speckles while DNA doubles, dim before and after.

    The foci of replication are small and everywhere at first, few and large at the end; cells that
    rest are dim and even (ICAP; Celis and Celis, PNAS 82:3262, 1985). Dividing cells are dim with
    dark chromatin.

    Attributes:
        resting: Brightness of cells that do not double their DNA.
        contrast: Of the foci.
        mitotic: Brightness of a cell in mitosis.
    """

    leaf = "pcna-like"
    resting: float = 0.3
    contrast: float = 0.6
    mitotic: float = 0.4

    def nucleus(self, tile: Tile) -> Floats:
        begin, end = _DOUBLING
        done = (tile.rng.random() - begin) / (end - begin)
        if not 0 < done < 1:
            level = self.resting * tile.rng.uniform(0.6, 1.4)
            grains = 1 + 0.08 * tile.noise.grains(tile.shape, 0.4)
            return np.float32(level) * tile.profile * grains * tile.inside
        small, large = (tile.noise.grains(tile.shape, size) for size in (0.26, 0.5))
        foci = np.float32(1 - done) * small + np.float32(done) * large
        grains = np.exp(np.float32(self.contrast * (0.6 + 0.8 * done)) * foci)
        spared = 1 - np.float32(0.5 * (1 - done)) * tile.nucleoli
        level = 0.45 + 0.5 * np.sin(np.pi * done)
        return np.float32(level) * tile.profile * grains * spared * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        grains = 1 + 0.1 * tile.noise.grains(tile.shape, 0.4)
        return around_chromatin(tile, self.mitotic, 0.5 * self.mitotic) * grains


@dataclass(frozen=True)
class CenpFLike(Stain):
    """AC-14, antibodies to CENP-F: nuclei brighten from G1, where they are dark, to G2.

    In prometaphase and metaphase paired dots lie in line in a bright cell, as with centromeres; in
    anaphase and telophase the poles and then the sides of the midbody shine (ICAP; Casiano et al.,
    Journal of Cell Science 106:1045, 1993; Rattner et al., Cell Motility 26:214, 1993).

    Attributes:
        resting: Brightness of cells in G1.
        mitotic: Brightness of a cell in mitosis.
    """

    leaf = "cenp-f-like"
    resting: float = 0.12
    mitotic: float = 0.8

    def nucleus(self, tile: Tile) -> Floats:
        grown = np.clip((tile.rng.random() - 0.35) / 0.5, 0, 1) ** 2
        level = self.resting + (0.9 - self.resting) * grown
        grains = np.exp(0.2 * tile.noise.grains(tile.shape, 0.28))
        spared = 1 - np.float32(0.75) * tile.nucleoli
        return np.float32(level) * tile.profile * grains * spared * tile.inside

    def mitosis(self, tile: Tile) -> Floats:
        rng, phase = tile.rng, tile.cell.phase
        light = around_chromatin(tile, self.mitotic, 0.6 * self.mitotic)
        if phase in (Phase.PROMETAPHASE, Phase.METAPHASE):
            count = int(rng.integers(40, 61))
            sisters = rng.choice([-0.25, 0.25], count)
            places = in_chromatin(tile, count, thick=0.03)
            places = places + tile.turned(sisters, np.zeros(count))
            return light + tile.dots(places, 0.2, np.full(count, 0.6))
        poles = tile.dots(tile.poles, 0.5, np.full(2, 0.4))
        if phase is Phase.ANAPHASE:
            return 0.6 * light + poles + midzone(tile, 1.2, 0.4) * np.float32(0.3)
        # The middle of the bridge itself stays dark.
        sides = midzone(tile, 1.0, 0.3) - midzone(tile, 0.35, 0.3)
        return 0.4 * light + poles + np.maximum(sides, 0) * np.float32(1.2)
