"""What the experts' definitions say of single patterns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from anascope.synthetic import MIVIA
from anascope.synthetic.cells import Cell, Habit, Noise, Phase, Tile, draw_cells
from anascope.synthetic.stains._dots import Centromere, FewNuclearDots, MultipleNuclearDots
from anascope.synthetic.stains._nuclear import FineSpeckled, Homogeneous

PIXEL_UM = 0.04  # so fine that dots hardly touch


def cell(mitotic: float, phase: Phase = Phase.INTERPHASE) -> Cell:
    rng = np.random.default_rng(2)
    habit = replace(Habit.draw(rng, MIVIA), mitotic=mitotic, per_mm2=2500.0, bare=0.0)
    return next(c for c in draw_cells(rng, habit, (200.0, 200.0), 1.0) if c.phase is phase)


def around(one: Cell, seed: int, pixel_um: float = PIXEL_UM) -> Tile:
    rng = np.random.default_rng(seed)
    reach = float(one.nucleus.max()) + 1
    return Tile.around(one, reach, pixel_um, Noise(rng, pixel_um), rng)


def peaks(light: NDArray[np.float32], least: float) -> int:
    """Return the number of local maxima over ``least``."""
    highest = ndimage.maximum_filter(light, 7)
    return int(ndimage.label((light == highest) & (light > least))[1])


def test_centromeres_are_forty_to_sixty_dots() -> None:
    stain = Centromere(dot_um=0.05, nucleoplasm=0.0)
    counts = [peaks(stain.nucleus(around(cell(0), seed)), 0.03) for seed in range(6)]
    assert min(counts) >= 36  # a few lie on one another
    assert max(counts) <= 60
    assert np.mean(counts) > 40


@pytest.mark.parametrize(
    ("stain", "fewest", "most"),
    [(MultipleNuclearDots(nucleoplasm=0.0), 6, 20), (FewNuclearDots(nucleoplasm=0.0), 1, 6)],
)
def test_nuclear_dots_are_as_many_as_defined(
    stain: MultipleNuclearDots, fewest: int, most: int
) -> None:
    counts = [peaks(stain.nucleus(around(cell(0), seed)), 0.2) for seed in range(8)]
    assert min(counts) >= fewest - 1
    assert max(counts) <= most
    assert len(set(counts)) > 1


def test_chromatin_of_dividing_cells_tells_homogeneous_from_speckled() -> None:
    one = cell(1, Phase.METAPHASE)
    place = around(one, 0, MIVIA.pixel_size_um)
    plate = place.chromatin > 0.5
    apart = (place.chromatin < 0.1) & (place.nucleus < 0.9)
    homogeneous, speckled = (kind().mitosis(place) for kind in (Homogeneous, FineSpeckled))
    assert homogeneous[plate].mean() > 1.5 * homogeneous[apart].mean()
    assert speckled[plate].mean() < 0.8 * speckled[apart].mean()
