"""The even pattern of the nucleoplasm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, around_chromatin


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
        return around_chromatin(tile, 0.12 + 0.9 * self.cytoplasm, self.plate) * grains
