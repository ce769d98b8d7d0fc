"""What the experts' definitions say of single patterns."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from anascope.synthetic import MIVIA, STAINS, draw_field, draw_specimen
from anascope.synthetic.cells import Cell, Habit, Noise, Phase, Tile, draw_cells
from anascope.synthetic.stains import Stain
from anascope.synthetic.stains._dots import Centromere, FewNuclearDots, MultipleNuclearDots
from anascope.synthetic.stains._homogeneous import Homogeneous
from anascope.synthetic.stains._mitotic import Centrosome, IntercellularBridge, MitoticChromosomal
from anascope.synthetic.stains._negative import Negative
from anascope.synthetic.stains._organelles import RodsAndRings
from anascope.synthetic.stains._places import apart
from anascope.synthetic.stains._pleomorphic import CenpFLike, PcnaLike
from anascope.synthetic.stains._speckled import (
    FineSpeckled,
    MyriadSpeckled,
    SpeckledWithPlate,
    TopoisomeraseLike,
)
from anascope.words import pattern_named

PIXEL_UM = 0.04  # so fine that dots hardly touch


@cache
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


def plate_over_rest(stain: Stain, phase: Phase = Phase.METAPHASE) -> float:
    """Return how many times brighter chromatin is than the rest of a dividing cell."""
    place = around(cell(1, phase), 0, MIVIA.pixel_size_um)
    light = stain.mitosis(place)
    apart_from_it = (place.chromatin < 0.1) & (place.nucleus < 0.9)
    return float(light[place.chromatin > 0.5].mean() / light[apart_from_it].mean())


@pytest.mark.parametrize(
    ("leaf", "shines"),
    [(leaf, pattern_named(leaf).stains_chromatin) for leaf in STAINS if leaf != "negative"],
)
def test_chromatin_shines_where_the_stain_says_so(leaf: str, shines: bool | None) -> None:
    ratio = np.mean(
        [plate_over_rest(STAINS[leaf].draw(np.random.default_rng(seed))) for seed in range(2)]
    )
    if shines:
        assert ratio > 1.3
    elif shines is False and leaf not in ("spindle fibers", "numa-like"):  # fibres run over it
        assert ratio < 1.25


def nuclear_levels(stain: Stain, count: int = 16) -> NDArray[np.float64]:
    """Return the mean light of the nuclei of many cells, alike but for the draw of the stain."""
    one = cell(0)
    places = [around(one, seed, MIVIA.pixel_size_um) for seed in range(count)]
    return np.array([stain.nucleus(place)[place.nucleus < 0.8].mean() for place in places])


@pytest.mark.parametrize("stain", [PcnaLike(), CenpFLike()])
def test_cells_of_pleomorphic_patterns_differ(stain: Stain) -> None:
    levels, even = nuclear_levels(stain), nuclear_levels(Homogeneous())
    assert levels.std() / levels.mean() > 5 * even.std() / even.mean()
    assert levels.max() > 2 * levels.min()


def test_bright_cells_of_pcna_are_the_speckled_ones() -> None:
    one, stain = cell(0), PcnaLike()
    rows = []
    for seed in range(16):
        place = around(one, seed, MIVIA.pixel_size_um)
        inside = stain.nucleus(place)[place.nucleus < 0.7]
        rows.append((inside.mean(), inside.std() / inside.mean()))
    level, contrast = np.array(rows).T
    bright = level > 0.5
    assert 0 < bright.sum() < len(bright)
    assert contrast[bright].min() > contrast[~bright].mean()


def test_cenp_f_lies_in_line_in_metaphase_and_beside_the_bridge_in_telophase() -> None:
    metaphase = around(cell(1, Phase.METAPHASE), 0)
    light = CenpFLike(mitotic=0.0).mitosis(metaphase)
    mean = float((light * np.abs(metaphase.along)).sum() / light.sum())
    wide = float((light * np.abs(metaphase.across)).sum() / light.sum())
    assert mean < 0.5 < 2 < wide
    telophase = around(cell(1, Phase.TELOPHASE), 0)
    light = CenpFLike(mitotic=0.0).mitosis(telophase)
    axis = np.abs(telophase.across) < 0.2
    middle = light[axis & (np.abs(telophase.along) < 0.1)].mean()
    beside = light[axis & (np.abs(np.abs(telophase.along) - 0.7) < 0.1)].mean()
    assert beside > 5 * middle


def midzone_over_rest(stain: Stain, phase: Phase) -> float:
    place = around(cell(1, phase), 0, MIVIA.pixel_size_um)
    near = (np.abs(place.along) < 0.4) & (np.abs(place.across) < 1.0)
    rest = (place.nucleus < 0.8) & (np.abs(place.along) > 2) & (place.chromatin < 0.1)
    light = stain.mitosis(place)
    return float(light[near].mean() / light[rest].mean())


def test_a_bridge_shines_in_telophase_and_nothing_before_anaphase() -> None:
    stain = IntercellularBridge()
    assert midzone_over_rest(stain, Phase.TELOPHASE) > 4
    assert midzone_over_rest(stain, Phase.ANAPHASE) > 1.5
    for phase in (Phase.PROMETAPHASE, Phase.METAPHASE):
        assert stain.mitosis(around(cell(1, phase), 0)).max() <= 1.05 * stain.mitotic


@pytest.mark.parametrize(
    "stain", [IntercellularBridge(), MitoticChromosomal(), Centrosome(nuclear=0.2)]
)
def test_nuclei_stay_dark_where_only_dividing_cells_shine(stain: Stain) -> None:
    place = around(cell(0), 0, MIVIA.pixel_size_um)
    assert stain.nucleus(place).max() < 0.4 * stain.least_light


def test_only_chromosomes_shine_in_the_mitotic_chromosomal_pattern() -> None:
    stain = MitoticChromosomal()
    ratios = [plate_over_rest(stain, phase) for phase in (Phase.METAPHASE, Phase.TELOPHASE)]
    assert ratios[0] > 4
    assert ratios[0] > ratios[1] > 1.5


def test_centrosomes_are_one_or_two_dots_beside_the_nucleus_and_at_the_poles() -> None:
    stain, one = Centrosome(cytoplasm=0.0), cell(0)
    counts = []
    for seed in range(8):
        place = around(one, seed)
        light = stain.body(place)
        counts.append(peaks(light, 0.5))
        y, x = np.unravel_index(light.argmax(), light.shape)
        assert 0.8 < place.nucleus[y, x] < 1.5
    assert set(counts) == {1, 2}
    place = around(cell(1, Phase.METAPHASE), 0)
    light = Centrosome(mitotic=0.0).mitosis(place)
    assert peaks(light, 0.5) == 2
    assert light[place.chromatin > 0.5].max() < 0.1


def test_rods_are_long_and_thin_and_lie_in_a_share_of_the_cells() -> None:
    stain, one = RodsAndRings(cytoplasm=0.0, share=0.5, rings=0.0), cell(0)
    lengths = []
    for seed in range(16):
        bright = stain.body(around(one, seed)) > 0.6
        if bright.any():
            labels, _ = ndimage.label(bright)
            # Area over width: a line is as long as what it covers is to its width.
            area = np.bincount(labels.ravel())[1:].max() * PIXEL_UM**2
            lengths.append(area / 0.6)
    assert 3 < len(lengths) < 13
    assert min(lengths) > 1.5
    assert max(lengths) > 4


def test_rings_are_hollow() -> None:
    stain = RodsAndRings(cytoplasm=0.0, share=1.0, rings=1.0)
    hollow = 0
    for seed in range(6):
        bright = stain.body(around(cell(0), seed)) > 0.5
        hollow += bool((ndimage.binary_fill_holes(bright) & ~bright).sum() > 20)
    assert hollow >= 5


def test_topoisomerase_shows_nucleoli_in_dim_borders_and_dots_in_the_plate() -> None:
    one = cell(0)
    place = around(one, 0)
    light = TopoisomeraseLike(contrast=0.0, nucleolar=0.4, spared=0.4).nucleus(place)
    light /= np.maximum(place.profile, np.float32(1e-3))
    wide = place.blobs(one.nucleoli, 0.6)
    free = (wide < 0.01) & (place.nucleus < 0.8)
    core = wide > 0.98
    border = (wide > 0.4) & (wide < 0.6) & (place.nucleus < 0.8)
    assert light[core].mean() > light[free].mean() > light[border].mean()


def test_speckles_of_the_myriad_pattern_are_many_and_apart() -> None:
    place = around(cell(0), 0)
    inside = place.nucleus < 0.8
    myriad, fine = (
        kind(grain_um=0.17, contrast=contrast, spared=0.0).nucleus(place)
        for kind, contrast in ((MyriadSpeckled, 0.5), (SpeckledWithPlate, 0.1))
    )
    assert peaks(myriad * inside, 0.6) > 60  # more than centromeres are
    assert myriad[inside].std() > 2 * fine[inside].std()


def test_places_apart_keep_their_distance() -> None:
    place = around(cell(0), 3)
    found = apart(place, 20, 1.0)
    assert 10 < len(found) <= 20
    distances = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1))
    assert distances[~np.eye(len(found), dtype=bool)].min() >= 1.0
    assert apart(place, 0, 1.0).shape == (0, 2)


def test_cells_without_antibodies_show_their_body_and_divide_brighter() -> None:
    stain, one = Negative(cytoplasm=0.6, nuclear=0.8, granules=0.0), cell(0)
    rng = np.random.default_rng(0)
    reach = float(one.body.max()) + 1
    place = Tile.around(one, reach, MIVIA.pixel_size_um, Noise(rng, MIVIA.pixel_size_um), rng)
    body, nucleus = stain.body(place), stain.nucleus(place)
    around_it = (place.nucleus > 1.15) & (place.body < 0.7)
    assert body[around_it].mean() == pytest.approx(nucleus[place.nucleus < 0.7].mean(), rel=0.5)
    assert body[place.body > 1.1].max() < 0.05
    dividing = stain.mitosis(around(cell(1, Phase.METAPHASE), 0, MIVIA.pixel_size_um))
    assert np.quantile(dividing, 0.9) > np.quantile(nucleus[place.nucleus < 0.7], 0.9)


@pytest.mark.parametrize("leaf", ["mitotic chromosomal", "intercellular bridge", "rods and rings"])
def test_cells_that_the_pattern_leaves_dim_are_dim_on_the_field(leaf: str) -> None:
    def median(pattern: str) -> float:
        specimen = draw_specimen(np.random.default_rng(3), pattern, "positive", MIVIA)
        specimen = replace(specimen, strength=1.5, background=10.0)
        field = draw_field(np.random.default_rng(4), specimen, (300, 300))
        return float(np.median(field.image[field.instances > 0]) - 10)

    assert median(leaf) < 0.6 * median("homogeneous")
