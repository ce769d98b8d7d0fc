"""Light of cells that no antibody of the serum gives: their own, and that of a counterstain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from anascope.synthetic.cells import Tile
from anascope.synthetic.optics import Floats, Microscope

# How bright a counterstain makes the parts of a cell: cytoplasm, nucleus, condensed chromatin; and
# how much more (less, if negative) the nucleoli. Evans blue stains proteins, propidium iodide DNA
# and RNA, DAPI DNA.
_PARTS = {
    "none": (0.0, 0.0, 0.0, 0.0),
    "evans blue": (1.0, 0.55, 0.6, 0.2),
    "propidium iodide": (0.15, 0.8, 1.2, 0.35),
    "dapi": (0.0, 0.75, 1.3, -0.5),
}
_SPREAD = 0.25  # log-deviation of a specimen's own light in a laboratory
_DIVIDING = 1.3  # rounded cells are thicker


@dataclass(frozen=True)
class Unspecific:
    """The light of a specimen's cells without any serum, in grey levels of 8 bits.

    Attributes:
        own: Of the cytoplasm where it is thick: vitamins and fixed protein.
        spared: How much darker it is in the nucleus.
        counterstain: One of ``Microscope.counterstain``.
        level: How bright that is where it is brightest.
    """

    own: float
    spared: float
    counterstain: str
    level: float

    @classmethod
    def draw(cls, rng: np.random.Generator, microscope: Microscope) -> Self | None:
        """Draw that of one specimen; None where the microscope sees none, and nothing is drawn."""
        counterstained = microscope.counterstain != "none" and microscope.counterstain_level > 0
        if not (microscope.autofluorescence or counterstained):
            return None
        own = microscope.autofluorescence * microscope.border_level
        return cls(
            own=own * float(np.exp(rng.normal(0, _SPREAD))),
            spared=float(rng.uniform(0.0, 0.5)),
            counterstain=microscope.counterstain,
            level=microscope.counterstain_level if counterstained else 0.0,
        )

    def body(self, tile: Tile) -> Floats:
        """Paint the cytoplasm of a cell in interphase, and what of it lies over the nucleus."""
        thick = np.clip(1 - tile.body, 0, 1) * np.exp(-np.maximum(tile.beyond, 0) / np.float32(5))
        spread = np.clip(3 * (1 - tile.body), 0, 1)
        grains = 1 + 0.2 * tile.noise.grains(tile.shape, 0.7)
        nucleus = tile.beyond < 0
        light = self.own * (1 - np.float32(self.spared) * nucleus)
        light = light + self.level * self._parts[0] * (1 - 0.7 * nucleus)
        return np.asarray(light * (0.35 * spread + 0.9 * thick) * grains, np.float32)

    def nucleus(self, tile: Tile) -> Floats:
        """Paint what shines in the nucleus itself."""
        _, bright, _, nucleoli = self._parts
        if not bright:
            return np.zeros(tile.shape, np.float32)
        light = np.float32(self.level * bright) * tile.profile * tile.inside
        return light * (1 + np.float32(nucleoli) * tile.nucleoli)

    def mitosis(self, tile: Tile) -> Floats:
        """Paint the whole of a cell in division."""
        cytoplasm, _, chromatin, _ = self._parts
        around = self.own + self.level * cytoplasm
        light = np.float32(_DIVIDING * around) * np.clip(1 - tile.nucleus**2, 0, 1) ** 0.35
        return np.asarray(light + self.level * chromatin * tile.chromatin, np.float32)

    @property
    def _parts(self) -> tuple[float, float, float, float]:
        return _PARTS[self.counterstain]
