"""No pattern: what cells show by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import rounded
from anascope.synthetic.stains._cytoplasmic import Cytoplasmic
from anascope.synthetic.stains._places import in_cytoplasm


@dataclass(frozen=True)
class Negative(Cytoplasmic):
    """AC-0: no antibody; cells are faint by their own light (ICAP; two reference pictures).

    Flavins of the mitochondria make the cytoplasm granular and brighter at the nucleus, which is
    about as bright and even; some cells hold brighter granules (lysosomes). Cells in mitosis are
    thicker and brighter, their chromatin a little darker.

    Attributes:
        granules: Brightness of the granules.
    """

    leaf = "negative"
    whole_cell = False
    granules: float = 0.3

    def _detail(self, tile: Tile) -> Floats:
        count = int(tile.rng.poisson(3))
        height = self.granules * tile.rng.random(count)
        return tile.dots(in_cytoplasm(tile, count), 0.3, height)

    def nucleus(self, tile: Tile) -> Floats:
        return super().nucleus(tile) * (1 - 0.2 * tile.nucleoli)

    def mitosis(self, tile: Tile) -> Floats:
        grains = np.exp(0.15 * tile.noise.grains(tile.shape, 0.4))
        return np.float32(self.mitotic) * rounded(tile) * grains * (1 - 0.3 * tile.chromatin)
