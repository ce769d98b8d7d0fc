"""What is inside a nucleus: how many dots, blobs and holes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from anascope.synthetic._staining import STAININGS, Nuclei, centromere, nucleolar, speckled

DIAMETER = 200


@pytest.fixture
def discs() -> Nuclei:
    """Eight round nuclei, so big that dots hardly touch."""
    axis = np.arange(-140, 141, dtype=np.float32) / (DIAMETER / 2)
    v, u = (np.repeat(w[np.newaxis], 8, axis=0) for w in np.meshgrid(axis, axis, indexing="ij"))
    half = np.full(8, DIAMETER / 2)
    return Nuclei(u, v, half, half, np.zeros(8), float(DIAMETER))


def pieces(mask: NDArray[np.bool_]) -> int:
    return int(ndimage.label(mask)[1])


@pytest.mark.parametrize("name", STAININGS)
def test_stain_is_a_brightness(name: str, discs: Nuclei) -> None:
    stain = STAININGS[name](np.random.default_rng(0), discs)[discs.inside]
    assert stain.min() > 0
    assert 0.3 < np.quantile(stain, 0.99) < 2


def test_centromeres_are_forty_to_sixty_dots(discs: Nuclei) -> None:
    stain = centromere(np.random.default_rng(1), discs)
    peaks = (stain == ndimage.maximum_filter(stain, (0, 9, 9))) & (stain > 0.3)
    counts = [pieces(one) for one in peaks]
    assert min(counts) >= 34  # a few lie on one another
    assert max(counts) <= 60
    assert not (peaks & ~discs.inside).any()


def test_nucleoli_are_few_and_big(discs: Nuclei) -> None:
    bright = nucleolar(np.random.default_rng(2), discs) > 0.6
    counts = [pieces(one) for one in bright]
    assert min(counts) >= 1
    assert max(counts) <= 5
    assert 0.03 < bright[discs.inside].mean() < 0.4


def test_speckles_are_more_than_nucleoli_and_spare_the_nucleoli(discs: Nuclei) -> None:
    stain = speckled(np.random.default_rng(3), discs)
    grains = [pieces((one > 0.8) & inside) for one, inside in zip(stain, discs.inside, strict=True)]
    assert np.mean(grains) > 8  # peaks far over the mean; nucleoli are 5 at the most
    smooth = ndimage.gaussian_filter(stain, (0, 8, 8))
    spared = (smooth < 0.25) & discs.inside
    assert all(pieces(one) for one in spared)
